"""What a picture of the page is, before plotly draws it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A picture for plotly, and what it shows in words.

    ``name`` is unique in the page and can be the id of an element. ``description`` stands for the picture
    where it is not seen. ``data`` and ``layout`` are plotly's traces and layout as plain lists and dicts,
    with nothing about colours that the page's theme sets; a trace says under ``meta`` whom it is about:
    ``detector``, or ``detectors``, one for each of its points or rows.
    """

    name: str
    title: str
    description: str
    data: list[dict[str, Any]]
    layout: dict[str, Any]
