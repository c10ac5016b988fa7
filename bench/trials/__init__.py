"""One trial: what it is, how it runs, and the record that it leaves."""
