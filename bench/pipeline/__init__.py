"""From a chosen detector to next month's file: a fitted model, saved, and the rows of a file scored by it."""
