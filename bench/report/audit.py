"""The audit of datasets as a table and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bench.analysis.cells import DASH, NONE, Row
from bench.errors import DataError
from bench.report.markdown import table
from bench.splits.audit import NEARLY, Audit
from bench.splits.sources import SOURCES, source_of

HEADERS = (
    "dataset", "rows", "columns", "anomalies", "distinct anomalies", "copies", "conflicts", "leak",
    "naive leak", "constant", "nearly constant", "prevalence", "source shared",
)  # fmt: skip
EXPLANATION = f"""\
*Copies* are rows that equal an earlier row; *conflicts* are rows that equal a row with the other label.
*Leak* is the share of test rows that equal a training row, *naive leak* the share to be expected if copies
were split as rows of their own. *Constant* and *nearly constant* (one value in {100 * NEARLY:.0f} % of the
rows) are columns of the training rows. *Prevalence* is the share of anomalies in train, calibration and
test. Datasets that share a source are no independent evidence."""
# Differences in prevalence and numbers of copies below these need no words.
UNEVEN = 1.5
FEW = 0.01
A_FEW_ROWS = 10
SHOWN_COLUMNS = 8

Findings = Mapping[str, Audit | DataError]


def rows(audits: Findings) -> list[Row]:
    """The cells of the table; a dataset that cannot be split has no figures."""
    return [[label, *_cells(found), _source(label)] for label, found in audits.items()]


def words(audits: Findings) -> list[str]:
    """What the table says of each dataset, and which of them are related, one sentence each."""
    said = [f"{label}: {sentence}" for label, found in audits.items() for sentence in _sentences(found)]
    for source in SOURCES:
        # A dataset with other parameters is no other dataset.
        members = dict.fromkeys(label.partition(",")[0] for label in audits if source_of(label) == source)
        if len(members) > 1:
            said.append(f"{', '.join(members)} share a source, {source.name}: {source.why}")
    return said


def markdown(audits: Findings) -> str:
    listed = "\n".join(f"- {sentence}" for sentence in words(audits)) or "Nothing was found."
    parts = ["# Audit", EXPLANATION, table(HEADERS, rows(audits)), "## Findings", listed]
    return "\n\n".join(parts) + "\n"


def _cells(found: Audit | DataError) -> Row:
    if isinstance(found, DataError):
        return [NONE] * (len(HEADERS) - 2)
    return [
        str(found.rows),
        str(found.columns),
        str(found.anomalies),
        _or_dash(found.distinct_anomalies, str),
        _or_dash(found.copies, share),
        _or_dash(found.conflicts, str),
        _or_dash(found.leak, share),
        _or_dash(found.naive_leak, share),
        str(len(found.constant)),
        str(len(found.nearly_constant)),
        " / ".join(share(each) for each in found.prevalence.values()),
    ]


def _or_dash(value: Any, shown: Callable[[Any], str]) -> str:
    """What is shown of a value; a dash where there is none, as of equal rows in series."""
    return DASH if value is None else shown(value)


def _source(label: str) -> str:
    source = source_of(label)
    return source.name if source else DASH


def _sentences(found: Audit | DataError) -> Iterator[str]:
    if isinstance(found, DataError):
        yield f"it cannot be split: {found}"
        return
    if found.leak:
        yield (
            f"{share(found.leak)} of the test rows equal a training row; keep equal rows on one side, as "
            "Split.stratified does by itself (duplicates=group)"
        )
    elif found.naive_leak is not None and found.naive_leak >= FEW:
        yield (
            f"equal rows are on one side; split as rows of their own, {share(found.naive_leak)} of the test "
            "rows would equal a training row"
        )
    if found.distinct_anomalies is not None and found.distinct_anomalies < (1 - FEW) * found.anomalies:
        yield f"only {found.distinct_anomalies} of {found.anomalies} anomalies differ from one another"
    if found.conflicts:
        yield f"{found.conflicts} rows equal a row with the other label, which no detector can tell apart"
    if found.constant:
        yield f"constant in the training rows: {_columns(found.constant)}"
    if found.nearly_constant:
        yield f"nearly constant in the training rows: {_columns(found.nearly_constant)}"
    low, high = min(found.prevalence.values()), max(found.prevalence.values())
    # Of a few rows no part can have its exact share.
    if high > UNEVEN * low and (high - low) * found.rows > A_FEW_ROWS:
        parts = ", ".join(f"{share(value)} in {name}" for name, value in found.prevalence.items())
        yield f"the share of anomalies differs between the parts: {parts}"


def _columns(columns: Sequence[int]) -> str:
    more = f" and {len(columns) - SHOWN_COLUMNS} more" if len(columns) > SHOWN_COLUMNS else ""
    word = "column" if len(columns) == 1 else "columns"
    return f"{word} {', '.join(map(str, columns[:SHOWN_COLUMNS]))}{more}"


def share(value: float) -> str:
    """A share as a percentage: two significant digits below 10 %, no decimals above; 0 only for none."""
    if not value:
        return "0"
    return f"{100 * value:.0f} %" if value >= 0.1 else f"{100 * value:.2g} %"
