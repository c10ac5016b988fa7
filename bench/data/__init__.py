"""Real data: what is known of it, where it lies on this machine, and fetching what is not here.

What dataset plugins use: npz files and tables of OpenML that are on this machine, by name.
"""

from bench.data.folders import find_npz, npz_names
from bench.data.openml import find_openml, kept_openml, key_of_uci, read_openml, uci_tables

__all__ = ["find_npz", "find_openml", "kept_openml", "key_of_uci", "npz_names", "read_openml", "uci_tables"]
