"""The page as HTML. Everything that comes from data is escaped."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from markdown_it import MarkdownIt
from markupsafe import Markup

from bench import escaping
from bench.report.markdown import CODE
from bench.report.page.content import SuitePart
from bench.report.page.figure import Figure
from bench.report.page.section import PageSection


def render_suite(suite: SuitePart) -> str:
    """What the page shows of a suite, below its heading."""
    text: str = _environment().get_template("suite.html.j2").render(suite=suite)
    return text


def render_page(sections: Sequence[PageSection], explanations: Mapping[str, str]) -> str:
    """The page. ``explanations`` are texts in Markdown by kind of table."""
    template = _environment().get_template("page.html.j2")
    text: str = template.render(sections=sections, explanations=explanations)
    return text


@cache
def _environment() -> Environment:
    environment: Environment = escaping.templates("bench.report.page")
    environment.filters |= {
        "words": _words, "coded": _coded, "as_json": _as_json, "quoted": _quoted, "markup": Markup,
    }  # fmt: skip
    return environment


def _words(text: str) -> Markup:
    """Markdown as HTML; HTML in it stays text."""
    html: str = MarkdownIt("commonmark", {"html": False}).render(text)
    return Markup(html)


def _coded(text: str) -> Markup:
    """Text in which words in code quotes are code."""
    pieces = enumerate(map(escaping.html, CODE.split(text)))
    return Markup("".join(f"<code>{piece.strip('`')}</code>" if i % 2 else piece for i, piece in pieces))


def _as_json(figure: Figure) -> Markup:
    """A figure's data for a script element, which no text in it can end."""
    drawn: dict[str, Any] = {"data": figure.data, "layout": figure.layout}
    text = json.dumps(drawn, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _quoted(text: str) -> str:
    """Text as part of an address."""
    return quote(text, safe="")
