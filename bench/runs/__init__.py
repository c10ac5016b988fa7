"""Runs on disk: reading, writing, packing, what is pending, judging again."""
