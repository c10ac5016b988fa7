"""Library classes that are done here in less time: with the same scores, or the same distribution of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench import Floats, LibraryDetector, check_choice

IMPLEMENTATIONS = ("fast", "library")
FAST = {"implementation": "fast"}


class Fast(LibraryDetector):
    """A library class whose slow methods `speed_up` replaces, unless ``implementation`` is "library"."""

    def __init__(self, path: str, sign: int, params: Mapping[str, Any]) -> None:
        params = dict(params)
        self.implementation = params.pop("implementation", "fast")
        check_choice("implementation", self.implementation, IMPLEMENTATIONS)
        super().__init__(path, sign, params)

    def fit_model(self, X: Floats) -> None:
        if self.implementation == "fast":
            self.speed_up()
        super().fit_model(X)

    def speed_up(self) -> None:
        """Replace methods of ``self.model``, where its parameters ask for nothing that is not covered."""
        raise NotImplementedError
