"""Declaring plugins: the decorators `detector`, `features` and `dataset`, and what they note down."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack

from bench.corruption import CORRUPTIONS
from bench.plugin import FAMILIES, FLAWS, MODALITIES, REGIMES, Detector, Modality, Regime
from bench.split import Split

if TYPE_CHECKING:
    from bench.split import Floats

_PLUGIN = "__bench_plugin__"
# The parameter that every detector has and no class declares: what it reads instead of the rows.
FEATURES = "features"


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
    modalities: tuple[Modality, ...] = MODALITIES
    gpu: bool = False
    deterministic: bool = False
    cost: float = 1.0
    flaws: tuple[str, ...] = ()
    staged: bool = False
    composed: bool = False
    family: str = ""
    complexity: str = ""
    slow: bool = False

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

    @property
    def declared(self) -> frozenset[str]:
        reserved = ("labels", "calibration", "regime", "optimum")
        return frozenset(name for name in reserved if getattr(self, name))

    def create(self, params: Mapping[str, Any]) -> Detector:
        """The detector with these parameters, less the one that is the harness's."""
        return self.build(**{name: value for name, value in params.items() if name != FEATURES})


@dataclass(frozen=True, kw_only=True)
class FeaturesPlugin(Plugin):
    extract: Callable[[Floats, tuple[int, ...]], Floats]
    modalities: tuple[Modality, ...] = MODALITIES

    def __post_init__(self) -> None:
        _refuse_unknown(f"features {self.name!r}", "modality", self.modalities, MODALITIES)


@dataclass(frozen=True, kw_only=True)
class DatasetPlugin(Plugin):
    make: Callable[..., Split]
    modality: Modality = "table"
    required: str | None = None
    optimum: bool | Callable[..., bool] = False
    variants: Callable[[], Iterable[Mapping[str, Any]]] = field(default=lambda: [{}])
    fingerprint: Callable[..., str] = field(default=lambda **_: "")
    hint: str = ""
    licence: str = ""
    examples: tuple[Mapping[str, Any], ...] = ({},)

    def own(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters that are the function's, without the corruptions, which are the harness's."""
        return {name: value for name, value in params.items() if name not in CORRUPTIONS}

    def has_optimum(self, params: Mapping[str, Any]) -> bool:
        """Whether the best possible score is known of the variant with these parameters."""
        known = self.optimum(**self.own(params)) if callable(self.optimum) else self.optimum
        lost = [name for name, each in CORRUPTIONS.items() if not each.keeps_optimum and params.get(name)]
        return known and not lost


class Declaration(TypedDict, total=False):
    """What a detector says of itself beyond its code; all of it is optional.

    labels, calibration, regime, optimum: what of `Train` beyond the rows it reads. A detector that declares
    calibration rows or the optimum is skipped where there is none; one that declares the optimum is shown
    out of competition.
    regimes: where it can be used; by default the labelled ones if it declares labels, else the others.
    modalities: kinds of rows that make sense to it. requires: import names of optional packages.
    gpu: whether it can use one. deterministic: whether the seed makes no difference.
    cost: rough seconds for one trial on 2000 x 256 values; only orders a run, cheap first.
    slow: whether a trial takes more than 20 seconds there; a suite may give it fewer seeds.
    flaws: what it does that a well-behaved detector would not; keys of `FLAWS`.
    family: what it takes for anomalous; a key of `FAMILIES`. complexity: of fitting n rows of d columns,
    as in "n² d".
    """

    labels: bool
    calibration: bool
    regime: bool
    optimum: bool
    regimes: tuple[Regime, ...]
    modalities: tuple[Modality, ...]
    requires: tuple[str, ...]
    gpu: bool
    deterministic: bool
    cost: float
    slow: bool
    flaws: tuple[str, ...]
    family: str
    complexity: str


C = TypeVar("C", bound=type)
E = TypeVar("E", bound=Callable[..., Any])
F = TypeVar("F", bound=Callable[..., Split])


def detector(
    cls: C | None = None,
    *,
    name: str | None = None,
    **declaration: Unpack[Declaration],
) -> Any:
    """Register a class with ``fit(train)`` and ``score(X)`` as a detector.

    The first line of its docstring is what `list` shows; its ``__init__`` parameters, all with defaults,
    are what a user can set. The name is the class's, in snake case. `Declaration` says what else it can
    tell of itself.
    """

    def register(cls: C) -> C:
        declared = DetectorPlugin(
            name=name or snake_case(cls.__name__),
            doc=inspect.cleandoc(cls.__doc__ or ""),
            defaults=_defaults(cls, skip_first=False),
            module=cls.__module__,
            build=cls,
            staged=callable(getattr(cls, "stage", None)),
            composed=callable(getattr(cls, "members", None)),
            **declaration,
        )
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]  # type: ignore[misc]
        without = [
            p.name
            for p in parameters
            if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]
        if without:
            raise TypeError(f"detector {declared.name!r}: parameters need defaults: {', '.join(without)}")
        for method in ("fit", "score"):
            if not callable(getattr(cls, method, None)):
                raise TypeError(f"detector {declared.name!r} has no method {method}()")
        setattr(cls, _PLUGIN, declared)
        return cls

    return register(cls) if cls is not None else register


def dataset(
    function: F | None = None,
    *,
    name: str | None = None,
    modality: Modality = "table",
    optimum: bool | Callable[..., bool] = False,
    variants: Callable[[], Iterable[Mapping[str, Any]]] | None = None,
    fingerprint: Callable[..., str] | None = None,
    requires: tuple[str, ...] = (),
    hint: str = "",
    licence: str = "",
    examples: tuple[Mapping[str, Any], ...] = ({},),
) -> Any:
    """Register a function ``(rng, **parameters) -> Split`` as a dataset.

    ``rng`` is a numpy.random.Generator; ``rng.spawn(k)`` gives independent streams for normal rows,
    anomalies, noise and splitting. One parameter may lack a default (a file's name, say); then
    ``variants`` lists the parameter sets there are, ``hint`` says how to get some where there are none.
    ``fingerprint(**parameters)`` identifies data that lives outside of the plugin's file. ``optimum``:
    whether its splits have one, or a function of the parameters that says so. ``licence`` is that
    of real data; ``examples`` are the parameter sets that the catalogue's picture shows.
    """

    def register(function: F) -> F:
        parameters = list(inspect.signature(function).parameters.values())[1:]
        required = [p.name for p in parameters if p.default is p.empty]
        if len(required) > 1 or (required and variants is None):
            raise TypeError(f"dataset {function.__name__!r}: parameters need defaults: {', '.join(required)}")
        declared = DatasetPlugin(
            name=name or function.__name__,
            doc=inspect.cleandoc(function.__doc__ or ""),
            defaults=_defaults(function, skip_first=True),
            module=function.__module__,
            make=function,
            modality=modality,
            required=required[0] if required else None,
            optimum=optimum,
            requires=requires,
            hint=hint,
            licence=licence,
            examples=examples,
        )
        if variants is not None:
            declared = replace(declared, variants=variants)
        if fingerprint is not None:
            declared = replace(declared, fingerprint=fingerprint)
        for taken in set(declared.defaults) & set(CORRUPTIONS):
            raise TypeError(
                f"dataset {declared.name!r}: the parameter {taken!r} is the harness's; choose another name"
            )
        if modality not in MODALITIES:
            raise TypeError(f"dataset {declared.name!r}: unknown modality {modality!r}")
        setattr(function, _PLUGIN, declared)
        return function

    return register(function) if function is not None else register


def features(*, modalities: tuple[Modality, ...] = MODALITIES, requires: tuple[str, ...] = ()) -> Any:
    """Register a function ``(X, shape)`` as features that any detector may read instead of the rows.

    It takes rows, shape (n, d), and the ``shape`` of what a row holds, as in `Split`; it returns features,
    shape (n, k), finite. What it returns for a row depends on nothing but that row. The first line of its
    docstring is what `list` shows. modalities: kinds of rows that it makes sense for. requires: import
    names of optional packages. A user writes ``knn:features=NAME``.
    """

    def register(function: E) -> E:
        if len(inspect.signature(function).parameters) != 2:
            raise TypeError(f"features {function.__name__!r}: a function of X and shape, and of nothing else")
        declared = FeaturesPlugin(
            name=function.__name__,
            doc=inspect.cleandoc(function.__doc__ or ""),
            defaults={},
            module=function.__module__,
            requires=requires,
            extract=function,
            modalities=modalities,
        )
        setattr(function, _PLUGIN, declared)
        return function

    return register


def plugin_of(value: Any) -> Plugin | None:
    """The plugin that a module-level value is, or that its decorator made of it."""
    if isinstance(value, Plugin):
        return value
    found = getattr(value, "__dict__", {}).get(_PLUGIN)  # not inherited: a subclass registers itself
    return found if isinstance(found, Plugin) else None


def snake_case(name: str) -> str:
    """``OneClassSVM`` -> ``one_class_svm``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def default_regimes(labels: bool) -> tuple[Regime, ...]:
    return ("semi-supervised", "supervised") if labels else ("unsupervised", "one-class")


def _refuse_unknown(plugin: str, word: str, given: Iterable[str], known: Collection[str]) -> None:
    for value in given:
        if value not in known:
            raise TypeError(f"{plugin}: unknown {word} {value!r}; one of: {', '.join(known)}")


def _defaults(function: Callable[..., Any], *, skip_first: bool) -> dict[str, Any]:
    parameters = list(inspect.signature(function).parameters.values())[int(skip_first) :]
    return {p.name: p.default for p in parameters if p.default is not p.empty}
