"""Answers as small JSON: few rows, short texts, and what was left out is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bench import escaping

if TYPE_CHECKING:
    from bench.api._given import Given
    from bench.api._recommended import Recommended
    from bench.api._scoring import ScoredFile
    from bench.recommend.recommending import Recommendation

MOST_ROWS = 200
# Characters of a text from a file: a cell may hold a book.
MOST_CHARACTERS = 200
# Of a paragraph of ours, and of a command line.
MOST_OURS = 1500
DIGITS = 6


def table(rows: Iterable[Mapping[str, Any]], most: int) -> dict[str, Any]:
    """The first rows, with the number of all of them."""
    found = list(rows)
    shown = found[: max(0, min(most, MOST_ROWS))]
    answer: dict[str, Any] = {"rows": [plain(row) for row in shown], "of": len(found)}
    if len(shown) < len(found):
        answer["left_out"] = len(found) - len(shown)
    return answer


def of_frame(frame: Any, most: int) -> dict[str, Any]:
    """As `table`, of a data frame."""
    count = max(0, min(most, MOST_ROWS))
    answer = table(frame.head(count).to_dict("records"), count)
    answer["of"] = len(frame)
    if len(frame) > count:
        answer["left_out"] = len(frame) - count
    return answer


def of_recommendation(found: Recommended, given: Given, most: int) -> dict[str, Any]:
    """What is recommended, and why. given: with paths as they are to be shown. most: rows or ranges."""
    from bench.recommend.recommending import Recommendation

    what, is_table = found.found, isinstance(found.found, Recommendation)
    answer = {
        "detector": found.name,
        "chosen": "without labels" if what.choice is None else "by the labels",
        "most_suspicious" if is_table else "ranges": of_frame(found.frame, most),
    }
    if isinstance(what, Recommendation):
        answer |= _of_table(what, given)
    if what.choice is not None:
        answer["estimates"] = of_frame(found.estimates, 6)
    if what.missing:
        answer["left_out"] = plain(dict(what.missing))
    return answer


def _of_table(what: Recommendation, given: Given) -> dict[str, Any]:
    """What the page of a table says beside its rows, and the commands that go on from there."""
    from bench.recommend.learning import label_curve
    from bench.recommend.words import verdict, what_drives, what_is_known, what_more_labels_do, why_chosen
    from bench.tables.places import file_of

    page = given.command(*given.labels_again, "--page", file_of(given.file).with_suffix(".html").name)
    answer: dict[str, Any] = {
        "verdict": one(verdict(what), MOST_OURS),
        "known": one(f"{what_is_known(what)} {what_drives(what)}".rstrip(), MOST_OURS),
        "because": [one(paragraph, MOST_OURS) for paragraph in why_chosen(what)],
        "commands": [one(command, MOST_OURS) for command in (page, *given.on_another_file())],
    }
    if what.choice is not None:
        answer["more_labels"] = one(what_more_labels_do(what.choice), MOST_OURS)
    learnt = None if what.choice is None or what.evidence is None else label_curve(what.evidence)
    if learnt is not None:
        answer["roc_auc_by_labels"] = [
            {"labels": int(labels), "roc_auc": plain(auc), "low": plain(low), "high": plain(high)}
            for labels, auc, low, high in zip(learnt.labels, learnt.auc, learnt.low, learnt.high, strict=True)
        ]
    return answer


def of_scores(found: ScoredFile, most: int) -> dict[str, Any]:
    """The alarms of a file, what is to be expected of them, and its drift. most: rows of each table."""
    import numpy as np

    model, scored = found.model, found.scored
    expected = model.false_alarms(found.threshold, len(scored.scores))
    answer = {
        "detector": model.chosen_.name,
        "rows_scored": len(scored.scores),
        "threshold": plain(found.threshold),
        "asked": found.asked,
        "alarms": of_frame(found.alarms.drop(columns="anomaly"), most),
        "false_alarms_to_expect": {
            "expected": round(expected.expected, 1),
            "low": expected.low,
            "high": expected.high,
        },
        "drift": of_frame(found.drift, most),
    }
    if scored.days is not None:
        of_days = scored.alarms_by_day(found.threshold)
        days = len(np.unique(scored.days))
        answer["alarms_a_day"] = {
            "mean": plain(of_days.total() / days), "most": max(of_days.values(), default=0), "days": days
        }  # fmt: skip
    if found.agreement is not None:
        answer["by_the_labels"] = plain(asdict(found.agreement))
    return answer


def texts(lines: Iterable[str]) -> list[str]:
    """Lines of text, each cut to a length."""
    return [one(line) for line in lines]


def one(text: str, most: int = MOST_CHARACTERS) -> str:
    """A text in one line, cut to a length, in which nothing is hidden."""
    shown = escaping.one_line(text[: most + 1])
    return shown if len(text) <= most else shown[: most - 1] + "…"


def plain(value: Any) -> Any:
    """What JSON has: numbers rounded, NaN as null, texts cut and without what cannot be seen."""
    if isinstance(value, Mapping):
        return {one(str(key)): plain(each) for key, each in value.items()}
    if isinstance(value, str):
        return one(value)
    if isinstance(value, Sequence):
        return [plain(each) for each in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if value != value or abs(value) == float("inf") else float(f"{value:.{DIGITS}g}")
    return value if value is None or isinstance(value, int | bool) else one(str(value))
