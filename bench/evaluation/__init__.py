"""Scores and labels to numbers: metrics and threshold policies; no plugin and no file."""
