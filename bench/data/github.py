"""Files of public repositories that are known: where they are published, and what identifies them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from bench.data.folders import cache_folder

# What stands in for GitHub's raw files, with OWNER/NAME/COMMIT/ folders below it.
MIRROR_VARIABLE = "BENCH_GITHUB_URL"
COMMITS = {
    "numenta/NAB": "ea702d75cc2258d9d7dd35ca8e5e2539d71f3140",
    "imperial-qore/TranAD": "7ffb98d0c18189cc3d9ab732b4cb0278200a0af0",
    "khundman/telemanom": "2e6c5b6c3558e7835601519b7bdef37c649bdbdc",
    "psorus/Outformer": "99aebce03692d1a21a4e9ccaac097fe2cc73eceb",
}


@dataclass(frozen=True)
class KnownFile:
    """A file of a public repository; ``size`` is in bytes, ``cache`` the folder in the cache that has it."""

    repository: str
    path: str
    size: int
    sha256: str
    cache: str

    @property
    def url(self) -> str:
        mirror = os.environ.get(MIRROR_VARIABLE, "https://raw.githubusercontent.com").rstrip("/")
        return f"{mirror}/{self.repository}/{COMMITS[self.repository]}/{self.path}"

    @property
    def place(self) -> Path:
        """Where it lies in the cache once it was fetched: as in its repository."""
        return cache_folder(self.cache) / self.repository / self.path
