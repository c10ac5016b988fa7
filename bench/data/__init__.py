"""Real data: what is known of it, where it lies on this machine, and fetching what is not here."""
