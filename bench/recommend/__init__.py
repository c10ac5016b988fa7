"""Recommending a detector for a user's own table, with few labels or none."""

from bench.recommend.candidates import CANDIDATES, TRUSTED
from bench.recommend.weighting import fit_weights, log_odds

__all__ = ["CANDIDATES", "TRUSTED", "fit_weights", "log_odds"]
