"""Diagnostics of one trial: how its scores part the classes, what it missed, and what it cannot rebuild."""

from bench.inspect.inspection import Inspection, inspect_trial
from bench.inspect.page import reasons, summary, write_diagnostics

__all__ = ["Inspection", "inspect_trial", "reasons", "summary", "write_diagnostics"]
