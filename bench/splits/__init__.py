"""Rows with labels, how they are split, what may be done to them, and what is to be known of them."""
