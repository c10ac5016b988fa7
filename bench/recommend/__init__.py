"""Recommending a detector for a person's own table, with few labels or none."""
