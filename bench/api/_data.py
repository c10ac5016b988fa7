"""Functions of `bench.api` about real data: `data_list`, `data_pull` and `data_audit`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bench.api import _choosing as choosing
from bench.api import _parsing as parsing
from bench.api._parsing import File, Texts
from bench.api._watching import Say, watch_of
from bench.errors import BenchError, DataError

if TYPE_CHECKING:
    import pandas as pd

    from bench.splits.audit import Audit
    from bench.tables import Dialect

# Audited where no dataset is named.
SUITE = "real"


def data_list(names: Texts = (), *, data_dir: File | None = None) -> pd.DataFrame:
    """The real data that is known or here.

    Parameters
    ----------
    names : str or sequence of str
        Data sets or patterns, such as ``"oddbench:*"``; all if left out.
    data_dir : str or path, optional
        A folder of npz files.

    Returns
    -------
    pandas.DataFrame
        A row for each data set: ``label``, ``rows``, ``columns``, ``anomalies``, ``size`` in bytes, ``here``
        (where it lies; empty for nowhere), ``licence``, ``source`` and ``related``.

    Raises
    ------
    BenchError
        Where no data set matches.
    """
    import pandas as pd

    from bench.data.listing import entries

    choosing.use_data_dir(parsing.path_of(data_dir))
    wanted = parsing.names_of(names)
    found = entries(wanted)
    if not found:
        raise BenchError(f"no data set matches {', '.join(wanted)!r}; `data list` shows what there is")
    numbers = {"rows": "Int64", "columns": "Int64", "anomalies": "Int64"}
    return pd.DataFrame(asdict(entry) for entry in found).astype(numbers)


def data_pull(names: Texts = (), *, all: bool = False, say: Say = None) -> list[str]:
    """Fetch data sets into the cache folder, checked by their checksums.

    Parameters
    ----------
    names : str or sequence of str
        Such as ``"adbench:*cardio*"``, ``"openml:1466"``, ``"uci:193"`` or ``"nab:*"``.
    all : bool
        All of ADBench's files.
    say : callable, optional
        Called with the name of each data set that has been fetched.

    Returns
    -------
    list of str
        The names of the data sets.

    Raises
    ------
    BenchError
        For an unknown name, and where something cannot be fetched.
    """
    from bench.data import pulling

    wanted = ("adbench:*",) if all else parsing.names_of(names)
    if not wanted:
        raise BenchError("say what to fetch: NAMES or --all (`data list` shows what there is)")
    watch, items = watch_of(say), pulling.choose(wanted)
    with watch.downloads(items) as (seen, done):
        pulling.pull(items, seen, done)
    return [item.label for item in items]


@dataclass(frozen=True)
class Audits:
    """What was ``found`` in the split of each dataset, or why it cannot be split."""

    found: Mapping[str, Audit | DataError]

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each dataset, with the fields of the audit; only its ``error`` where it has none."""
        import pandas as pd

        rows = [
            {"dataset": label, "error": str(each)}
            if isinstance(each, DataError)
            else {"dataset": label, **asdict(each), "error": ""}
            for label, each in self.found.items()
        ]
        return pd.DataFrame(rows)

    @property
    def sentences(self) -> list[str]:
        """What is to be known of the datasets before a figure on them is believed."""
        from bench.report.audit import words

        return words(self.found)


def data_audit(
    datasets: Texts | None = None,
    *,
    seed: int = 0,
    plugins: File | Sequence[File] | None = None,
    data_dir: File | None = None,
    data: File | None = None,
    label: str | None = None,
    normal: str | None = None,
    drop: Texts | None = None,
    time: str | None = None,
    series: str | None = None,
    dialect: Dialect | None = None,
) -> Audits:
    """Look for copies, leaks, conflicting labels, constant columns and related datasets.

    Parameters
    ----------
    datasets : str or sequence of str, optional
        Such as ``"breast_cancer"`` or ``"adbench:*"``; all real ones if left out.
    seed : int
        The seed whose split is looked at.
    plugins, data_dir
        Folders of your own.
    data, label, normal, drop, time, series, dialect
        A file of your own, as for `run`.

    Returns
    -------
    Audits
        With ``frame``, and ``sentences`` that say what was found.

    Raises
    ------
    BenchError
        For an unknown dataset, or a file that is not there.
    """
    from bench.plans.selection import choose_datasets
    from bench.plans.suite import load_suite
    from bench.spec import split_specs
    from bench.splits.audit import audit
    from bench.trials.split_cache import make_split

    registry = choosing.load_plugins(parsing.folders_of(plugins), parsing.path_of(data_dir))
    named = [name for text in parsing.texts_of(datasets) or () for name in split_specs(text)]
    own = choosing.own_data(
        parsing.path_of(data), label, normal, parsing.names_of(drop), time, series, dialect
    )
    named += [] if own is None else [own.variant]
    of_suite = [name for grid in load_suite(SUITE).grids for name in grid.datasets]
    found: dict[str, Audit | DataError] = {}
    for plugin, variant in choose_datasets(named or of_suite, registry, lenient=not named):
        plugin.fingerprint(**plugin.own(variant.params))  # a file that is not there is no finding
        try:
            found[variant.label] = audit(make_split(plugin, variant.params, seed))
        except DataError as error:
            found[variant.label] = error
    return Audits(found)
