"""Engines run a plan's trials: `local` on this machine's cores, `ray` on a cluster. `registry` lists them."""
