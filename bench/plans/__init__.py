"""Suites, what a person asks of one, and the ordered trials of that."""
