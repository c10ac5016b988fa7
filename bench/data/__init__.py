"""Real data: what is known of it, where it lies on this machine, and fetching what is not here.

What dataset plugins use: npz files, tables of OpenML and files of series that are on this machine, by name.
"""

from bench.data.folders import find_npz, npz_names
from bench.data.layouts import find_series, series_files
from bench.data.oddbench import find_odd, odd_names
from bench.data.openml import find_openml, kept_openml, key_of_uci, read_openml, uci_tables
from bench.data.series import tsb_ad_sources

__all__ = [
    "find_npz",
    "find_odd",
    "find_openml",
    "find_series",
    "kept_openml",
    "key_of_uci",
    "npz_names",
    "odd_names",
    "read_openml",
    "series_files",
    "tsb_ad_sources",
    "uci_tables",
]
