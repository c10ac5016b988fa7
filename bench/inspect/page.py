"""The diagnostics' folder: the pictures, and index.md with a text for each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench import escaping
from bench.files import write_file
from bench.inspect import rebuilding, rows, scores
from bench.inspect.drawing import NotShown, Picture, counts, style
from bench.inspect.inspection import Inspection

PAGE = "index.md"
PICTURES: tuple[Callable[[Inspection], Picture | NotShown], ...] = (
    scores.box_plots,
    scores.histogram,
    scores.curves,
    rows.rows,
    rows.rebuilt_rows,
    rebuilding.heat_maps,
    rebuilding.difference_histograms,
    rebuilding.losses,
)


def write_diagnostics(inspection: Inspection, folder: Path) -> tuple[list[Path], list[NotShown]]:
    """Draw all that there is to draw; returns the files' paths, and what cannot be shown.

    The same inspection gives the same bytes. Raises BenchError if the folder cannot be written.
    """
    shown, missing, files = [], [], []
    with style():
        for draw in PICTURES:
            drawn = draw(inspection)
            if isinstance(drawn, NotShown):
                missing.append(drawn)
            else:
                shown.append(drawn)
                files.append(write_file(folder, f"{drawn.name}.png", drawn.png(), option="--out"))
    page = write_file(folder, PAGE, _page(inspection, shown, missing), option="--out")
    return [page, *files], missing


def summary(inspection: Inspection) -> str:
    """Status, metrics and decisions in one line."""
    record = inspection.record
    metrics = record.metrics["ranking"] | record.metrics[inspection.policy.name]
    figures = ", ".join(f"{name} {value:.3f}" for name, value in metrics.items())
    return f"{inspection.name}: {record.status}; {figures}; {counts(inspection)}"


def reasons(missing: list[NotShown]) -> list[str]:
    """Why pictures are missing, a sentence for each reason."""
    titles: dict[str, list[str]] = {}
    for each in missing:
        titles.setdefault(each.why, []).append(each.title)
    return [f"{'; '.join(own)}: {why}" for why, own in titles.items()]


def _page(inspection: Inspection, shown: list[Picture], missing: list[NotShown]) -> str:
    parts = [
        f"# {escaping.markdown(inspection.name)}",
        f"{escaping.markdown(summary(inspection))}.",
        f"A row is predicted anomalous above {inspection.threshold:.6g}: {inspection.policy.description}. "
        "*Missed* and *caught* are anomalies below and above it, *false alarms* and *passed* normal rows "
        "above and below it. Rows are those of the test part, counted from 0.",
    ]
    for picture in shown:
        parts += [
            f"## {picture.title}",
            f"![{escaping.markdown(picture.alternative)}]({picture.name}.png)",
            picture.caption,
        ]
    if missing:
        parts += [
            "## Not shown",
            "\n".join(f"- {escaping.markdown(sentence)}." for sentence in reasons(missing)),
        ]
    return "\n\n".join(parts) + "\n"
