"""Entries: a run as one archive that someone submits to a board, and what proves or refutes it."""
