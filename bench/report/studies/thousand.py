"""thousand.md: how many tables tell detectors apart, and published figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from bench.analysis.cells import NONE, Row, TableCell, number
from bench.analysis.kinds import by_kind
from bench.analysis.results import SuiteResults, column
from bench.analysis.statistics.blocks import Blocks, all_blocks
from bench.analysis.statistics.intervals import FEWEST
from bench.analysis.statistics.rank_tests import signed_rank
from bench.analysis.statistics.standing import judge
from bench.data.oddbench import odd_tables
from bench.report.markdown import environment_lines, table
from bench.report.statistics import mean_with_interval
from bench.report.studies import Study
from bench.report.studies import _normal_rows as normal_rows
from bench.report.studies._pairs import DIGITS, METRICS, pair_parts
from bench.report.studies._sizes import size_parts
from bench.spec import Spec

# What a table is enlarged to, from what ADBench's board has.
TABLES = (28, 56, 112, 224)
# Draws the order in which tables are added.
SEED = 0
# The detector whose figures the files bring along, by its name here, and a pair that much is written about.
PUBLISHED = "iforest"
FOREST = "isolation_forest"
PAIR = ("knn", FOREST)
NESTED = f"""\
Independent tables are added in an order drawn at random, `numpy.random.default_rng({SEED})` permuting them as
`run.json` first names a table of each source, so that each row has those of the rows above it.
*Not told from the best*: detectors that none is significantly better than (signed-rank tests over tables,
Holm's correction for all pairs). *Less*: the mean difference with a 95 % interval, and the p-value of that
one test."""
# Small tables that one would take: the first by name of those that learn from so many rows at most.
FIRST, MOST_ROWS = 111, (1000, 2000, 2500, 3000, 5000)
BY_NAME = f"""\
Another choice: of the tables that do not leak and have at most so many training rows the first {FIRST} by
name, as far as this run has them. How far `{{}}` is ahead of `{{}}` in ROC AUC, with a 95 % interval and the
p-value of that one test; and how far the forest is from the figure that each file brings along."""
BY_KIND = """\
The three detectors with the highest mean on the independent tables of a kind. Of so many detectors the first
of a few tables is first by luck, too: its lead over the second has a 95 % interval."""
CHOOSING = """\
What is lost where nobody knows the anomalies of a table, and what `recommend` chooses where rows are known
to be normal: [tables of their own](recommend-normal.md)."""
FIGURES = """\
The files bring along the ROC AUC of an isolation forest, whose seed and version are not stated. Beside it
stands ours, {}, on the tables that are not sampled: its mean over seeds."""


def markdown(results: SuiteResults) -> str:
    """The study as tables; empty where there are too few tables for any of it."""
    [regime] = results.regimes()[:1] or [""]
    found = {metric: _over_tables(results, regime, metric) for metric in METRICS}
    if any(blocks is None for blocks in found.values()):
        return ""
    parts = [
        f"# {results.title}",
        *environment_lines(results),
        "## How many tables tell detectors apart",
        NESTED,
    ]
    blocks = {metric: each for metric, each in found.items() if each is not None}
    parts.append(table(_nested_headers(), list(nested_rows(blocks))))
    chosen = list(by_name_rows(results))
    if chosen:
        parts += [BY_NAME.format(PAIR[0], PUBLISHED), table(_by_name_headers(), chosen)]
    for metric, title in METRICS.items():
        rows = list(kind_rows(results, regime, metric))
        parts += [f"## Who is ahead where, by {title}", BY_KIND, table(_kind_headers(), rows, left=2)]
    parts += pair_parts(results, regime)
    parts += ["## Choosing without knowing the anomalies", CHOOSING]
    parts += size_parts(results, regime)
    compared = published_figures(results)
    if len(compared):
        parts += ["## The figures that the files bring along", FIGURES.format(f"`{PUBLISHED}`")]
        parts.append(table(["", "value"], published_rows(compared)))
    return "\n\n".join(parts) + "\n"


def nested_rows(blocks: dict[str, Blocks]) -> Iterator[Row]:
    """For growing samples of tables: who cannot be told from the best, and how far the pair is apart."""
    count = min(len(each.values) for each in blocks.values())
    for size in (*(size for size in TABLES if size < count), count):
        row: list[TableCell | str] = [str(size)]
        for each in blocks.values():
            part = sample(each, size)
            [standing] = judge([part])
            row.append(f"{len(standing.top_group)} of {len(part.names)}")
            row += _pair_cells(part)
        yield row


def sample(blocks: Blocks, size: int) -> Blocks:
    """So many of the tables, shape (size, k): the first of an order that is drawn once."""
    chosen = np.sort(np.random.default_rng(SEED).permutation(len(blocks.values))[:size])
    paired = None if blocks.paired is None else blocks.paired[chosen]
    return replace(blocks, values=blocks.values.iloc[chosen], paired=paired)


def _pair_cells(blocks: Blocks) -> Row:
    first, second = PAIR
    if not {first, second} <= set(blocks.names):
        return [NONE, NONE]
    gaps = blocks.ahead_by(first)[second].to_numpy(float)
    [p] = signed_rank(gaps[:, None]).p_value
    return [mean_with_interval(gaps, DIGITS), f"{p:.2g}"]


def by_name_rows(results: SuiteResults) -> Iterator[Row]:
    """For each limit of training rows how far the pair is apart on the first tables by name."""
    frame = results.frame[results.frame["status"] == "ok"]
    found = (
        column(frame, "ranking.roc_auc").groupby([_table_names(frame), frame["detector"]]).mean().unstack()
    )
    if not {PAIR[0], PUBLISHED} <= set(found.columns):
        return
    clean = {name: each for name, each in odd_tables().items() if each.is_clean}
    for most in MOST_ROWS:
        first = [name for name in sorted(clean) if clean[name].train <= most][:FIRST]
        values = found.loc[[name for name in first if name in found.index]].dropna()
        if len(values) < FEWEST:
            continue
        gaps = (values[PAIR[0]] - values[PUBLISHED]).to_numpy(float)
        apart = values[PUBLISHED] - [clean[str(name)].published for name in values.index]
        [p] = signed_rank(gaps[:, None]).p_value
        yield [
            str(most),
            f"{len(gaps)} of {len(first)}",
            mean_with_interval(gaps, DIGITS),
            f"{p:.2g}",
            str((gaps > 0).sum()),
            f"{apart.mean():+.3f}",
            number(float(apart.abs().mean()), DIGITS),
        ]


def _table_names(frame: pd.DataFrame) -> pd.Series:
    """The table of each trial; missing where it is of another dataset."""
    return frame["dataset"].map(lambda text: Spec.parse(str(text)).bare)


def kind_rows(results: SuiteResults, regime: str, metric: str) -> Iterator[Row]:
    """For each kind of table the three detectors that are best there, and the first one's lead."""
    for kind, word, blocks in by_kind(results, regime, metric):
        part = blocks.complete
        if len(part) >= FEWEST:
            means = part.mean().sort_values(ascending=False, kind="stable")
            first, second, *_ = means.index
            lead = (part[first] - part[second]).to_numpy(float)
            leaders = ", ".join(f"{name} {number(value)}" for name, value in means.head(3).items())
            yield [
                kind,
                f"{word} ({len(part)})",
                leaders,
                mean_with_interval(lead, DIGITS),
            ]


def published_figures(results: SuiteResults) -> pd.DataFrame:
    """By table: ``published`` and ``ours``, the mean over seeds, where all of the table was used."""
    frame = results.frame
    frame = frame[(frame["detector"] == PUBLISHED) & (frame["status"] == "ok")]
    ours = column(frame, "ranking.roc_auc").groupby(frame["dataset"]).mean()
    rows = {}
    for name, value in ours.items():
        spec = Spec.parse(str(name))
        known = odd_tables().get(spec.bare or "")
        most = int(str(spec.params.get("rows", 0))) or np.inf
        if known is not None and max(known.train, known.test) <= most:
            rows[str(name)] = {"published": known.published, "ours": value}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["published", "ours"])


def published_rows(compared: pd.DataFrame) -> list[Row]:
    """How far ours are from the published figures."""
    apart = compared["ours"] - compared["published"]
    return [
        ["tables", str(len(compared))],
        ["mean difference", f"{apart.mean():+.3f}"],
        ["mean absolute difference", number(apart.abs().mean(), DIGITS)],
        ["largest absolute difference", f"{apart.abs().max():.3f} ({apart.abs().idxmax()})"],
        ["published figure below chance", str(int((compared["published"] < 0.5).sum()))],
        ["ours below chance", str(int((compared["ours"] < 0.5).sum()))],
    ]


def _over_tables(results: SuiteResults, regime: str, metric: str) -> Blocks | None:
    """The metric over independent tables, which ``METRICS`` names; None where these are too few."""
    found = all_blocks(results, regime, metric)
    return found[0] if found and found[0].unit == "dataset" and len(found[0].values) >= FEWEST else None


def _nested_headers() -> list[str]:
    first, second = PAIR
    own = [f"{first} less {second}", "p"]
    return [
        "tables",
        *(text for title in METRICS.values() for text in (f"not told from the best, {title}", *own)),
    ]


def _by_name_headers() -> list[str]:
    first = f"{PAIR[0]} less {PUBLISHED}"
    return ["training rows", "tables", first, "p", "ahead on", "forest less its figure", "mean absolute"]


def _kind_headers() -> list[str]:
    return ["by", "tables", "highest means", "lead of the first"]


def texts(results: SuiteResults) -> dict[str, str]:
    """The files, where there is something to say."""
    text = markdown(results)
    return {"thousand.md": text, **normal_rows.texts(results)} if text else {}


STUDY = Study(suites=("thousand",), texts=texts)
