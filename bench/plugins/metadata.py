"""What the registry knows of plugins: what their decorators have noted down."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from bench.errors import unknown
from bench.modalities import DEFAULT, MODALITIES
from bench.plugins.contract import FAMILIES, FLAWS, REGIMES, Detector, Regime
from bench.plugins.harness import EXTENSIONS, PARAMETERS, Extension
from bench.plugins.harness.features import FEATURES
from bench.plugins.space import parse_space
from bench.splits.corruption import CORRUPTIONS
from bench.splits.split import Split

if TYPE_CHECKING:
    from bench.splits.arrays import Floats


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """What the registry knows of a plugin.

    ``module`` is where it is defined; ``path`` and ``source`` are filled in when it is loaded.
    """

    name: str
    doc: str
    defaults: Mapping[str, Any]
    module: str = ""
    path: str = ""
    source: str = ""
    requires: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        return self.doc.strip().partition("\n")[0].strip()

    @property
    def file_name(self) -> str:
        """The name of its file, without folders, as messages show it."""
        return Path(self.path).name

    def including(self, others: Sequence[Plugin]) -> Self:
        """The plugin with the code of others in its own, and their packages among those that it needs."""
        if not others:
            return self
        together: list[Plugin] = [self, *others]
        sources = " ".join(each.source for each in together)
        requires = dict.fromkeys(name for each in together for name in each.requires)
        source = hashlib.sha256(sources.encode()).hexdigest()[:16]
        return replace(self, source=source, requires=tuple(requires))


@dataclass(frozen=True, kw_only=True)
class DetectorPlugin(Plugin):
    build: Callable[..., Detector]
    import_path: str | None = None
    labels: bool = False
    calibration: bool = False
    regime: bool = False
    optimum: bool = False
    regimes: tuple[Regime, ...] = ()
    modalities: tuple[str, ...] = tuple(MODALITIES)
    gpu: bool = False
    deterministic: bool = False
    cost: float = 1.0
    flaws: tuple[str, ...] = ()
    staged: bool = False
    composed: bool = False
    family: str = ""
    complexity: str = ""
    slow: bool = False
    space: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a misspelt word when the plugin is loaded, not in the middle of a run."""
        for option in ("requires", "regimes", "modalities", "flaws"):
            if isinstance(getattr(self, option), str):
                raise TypeError(f"detector {self.name!r}: {option} must be a tuple of names, such as ('a',)")
        if FEATURES in self.defaults:
            raise TypeError(
                f"detector {self.name!r}: the parameter {FEATURES!r} is the harness's; choose another name"
            )
        if not self.regimes:
            object.__setattr__(self, "regimes", default_regimes(self.labels))
        for given, known, word in (
            (self.regimes, REGIMES, "regime"),
            (self.modalities, MODALITIES, "modality"),
            (self.flaws, FLAWS, "flaw"),
            ((self.family,) if self.family else (), FAMILIES, "family"),
        ):
            _refuse_unknown(f"detector {self.name!r}", word, given, known)
        varied = parse_space(self.space)
        if self.import_path is None:  # what parameters a library's class has is known where that is imported
            _refuse_unknown(f"detector {self.name!r}, space", "parameter", varied, self.defaults)

    @property
    def declared(self) -> frozenset[str]:
        reserved = ("labels", "calibration", "regime", "optimum")
        return frozenset(name for name in reserved if getattr(self, name))

    def own(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters that are the class's, without those that are the harness's."""
        return {name: value for name, value in params.items() if not self.is_harness(name)}

    def is_harness(self, name: str) -> bool:
        """Whether a parameter is the harness's: a detector of series may have a window of its own."""
        return name in PARAMETERS and name not in self.defaults

    def asks(self, name: str, params: Mapping[str, Any]) -> bool:
        """Whether parameters ask the harness for the extension of that name."""
        return name in params and self.is_harness(name)

    @property
    def offered(self) -> list[Extension]:
        """What the harness can do around it."""
        return [each for each in EXTENSIONS.values() if each.fits(self) and self.is_harness(each.name)]

    def extensions(self, params: Mapping[str, Any]) -> list[Extension]:
        """What these parameters ask the harness to do around it, the nearest to it first."""
        return [each for each in EXTENSIONS.values() if self.asks(each.name, params)]

    def create(self, params: Mapping[str, Any]) -> Detector:
        """The detector with these parameters, within what they ask the harness for."""
        return self.around(self.build(**self.own(params)), params)

    def around(self, detector: Detector, params: Mapping[str, Any]) -> Detector:
        """What these parameters ask the harness for, around a detector."""
        for each in self.extensions(params):
            detector = each.around(detector, params) if each.around else detector
        return detector


@dataclass(frozen=True, kw_only=True)
class FeaturesPlugin(Plugin):
    extract: Callable[[Floats, tuple[int, ...]], Floats]
    modalities: tuple[str, ...] = tuple(MODALITIES)

    def __post_init__(self) -> None:
        _refuse_unknown(f"features {self.name!r}", "modality", self.modalities, MODALITIES)


@dataclass(frozen=True, kw_only=True)
class DatasetPlugin(Plugin):
    make: Callable[..., Split]
    modality: str = DEFAULT
    required: str | None = None
    optimum: bool | Callable[..., bool] = False
    variants: Callable[[], Iterable[Mapping[str, Any]]] = field(default=lambda: [{}])
    fingerprint: Callable[..., str] = field(default=lambda **_: "")
    hint: str = ""
    licence: str = ""
    examples: tuple[Mapping[str, Any], ...] = ({},)

    def __post_init__(self) -> None:
        _refuse_unknown(f"dataset {self.name!r}", "modality", [self.modality], MODALITIES)

    def own(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters that are the function's, without the corruptions, which are the harness's."""
        return {name: value for name, value in params.items() if name not in CORRUPTIONS}

    def has_optimum(self, params: Mapping[str, Any]) -> bool:
        """Whether the best possible score is known of the variant with these parameters."""
        known = self.optimum(**self.own(params)) if callable(self.optimum) else self.optimum
        lost = [name for name, each in CORRUPTIONS.items() if not each.keeps_optimum and params.get(name)]
        return known and not lost


def default_regimes(labels: bool) -> tuple[Regime, ...]:
    return ("semi-supervised", "supervised") if labels else ("unsupervised", "one-class")


def _refuse_unknown(plugin: str, word: str, given: Iterable[str], known: Collection[str]) -> None:
    for value in given:
        if value not in known:
            raise TypeError(f"{plugin}: {unknown(word, value, known)}")
