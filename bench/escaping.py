"""Text from records, plugins and files, as it is written into each format: it stays text there.

One function for each format. Each first makes visible what would not be seen, or would steer a terminal:
control characters, marks that turn the direction of writing, halves of surrogate pairs.
"""

from __future__ import annotations

import html as html_of_library
import re
from typing import Any

# Control characters (C0 but tab and line feed, C1), line and paragraph separators, marks of direction and of
# no width, the sign that begins UTF-8 files, surrogates, and tags, which show nothing at all.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
    "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
# A spreadsheet reads a text that begins so as a formula; blanks before it do not help.
_FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠].", re.DOTALL)


def terminal(text: str) -> str:
    """Text for a terminal or a log: nothing in it moves the cursor, sets a colour or a title."""
    return _HIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def one_line(text: str) -> str:
    """As `terminal`, in one line."""
    return terminal(text).replace("\n", "\\n").replace("\t", "\\t")


def markdown(text: str) -> str:
    """Text in a line or a table's cell of Markdown: no markup, no HTML, no column border, no new line."""
    for char in "\\|*`[~&<":
        text = text.replace(char, {"&": "&amp;", "<": "&lt;"}.get(char, f"\\{char}"))
    # Between letters an underscore is no markup, and in names of detectors there are many.
    text = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", text)
    return " ".join(terminal(text).split("\n"))


def html(text: str) -> str:
    """Text in HTML or SVG, between tags; plotly reads some tags in names, titles and labels."""
    return html_of_library.escape(terminal(text), quote=False)


def templates(package: str) -> Any:
    """The jinja2 environment of a package's folder ``templates``, in which each text is escaped as `html`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        # What is Markup already has been made of escaped text.
        finalize=lambda value: terminal(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def plot(text: str) -> str:
    """Text in a matplotlib figure: a dollar sign begins no formula."""
    return terminal(text).replace("$", r"\$")


def latex(text: str) -> str:
    """Text in LaTeX."""
    return "".join(_LATEX.get(char, char) for char in one_line(text))


def latex_label(text: str) -> str:
    """Text as the name of a LaTeX label: what is special there becomes ``-``."""
    return re.sub(r"[^A-Za-z0-9:._-]", "-", text)


def csv(frame: Any, **options: Any) -> str:
    """A table as CSV; ``options`` are those of ``to_csv``.

    A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers,
    also those written as text.
    """
    written = frame.copy()
    for at, kind in enumerate(written.dtypes):
        if kind.kind not in "biufcMm":
            written.isetitem(at, written.iloc[:, at].map(csv_cell).astype(object))
    written.columns = [csv_cell(name) for name in written.columns]
    text: str = written.to_csv(**{"index": False, "lineterminator": "\n", **options})
    return text


def csv_cell(value: Any) -> Any:
    """A value of a cell of CSV: a text that begins like a formula and is no number, with an apostrophe."""
    if not isinstance(value, str):
        return value
    shown = terminal(value)
    return f"'{shown}" if _FORMULA.match(shown) and not _is_number(shown) else shown


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return "_" not in text
