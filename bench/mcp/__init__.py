"""A server of the Model Context Protocol: what an agent may ask of the harness about files in one folder.

It reads and recommends; it runs no suite, writes no file below the folder and reads none outside of it.
"""
