"""The page of one's own table as a person meets it, in headless Chromium: light, dark, narrow and printed."""

from __future__ import annotations

import own_page
import pytest
from typer.testing import CliRunner

from bench.cli._app import make_app

SIZES = {"wide": {"width": 1100, "height": 900}, "narrow": {"width": 390, "height": 800}}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """The page of a hostile table with labels, and the scores that it links to."""
    folder = tmp_path_factory.mktemp("own")
    table = own_page.write_table(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        options = ["--label", "label", "--out", "scores.csv", "--page", "page.html"]
        found = CliRunner().invoke(make_app(), ["recommend", str(table), *options])
    assert found.exit_code == 0, found.output
    return folder / "page.html"


@pytest.fixture
def look(browser, own):
    """A function that opens the page in a window of some size and scheme, and says what it complained of."""
    opened = []

    def look(size, scheme="light"):
        context = browser.new_context(viewport=SIZES[size], color_scheme=scheme)
        opened.append(context)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda each: said.append(each.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda each: (said.append(each.message), each.dismiss()))
        page.on("request", lambda each: None if each.url.startswith("file:") else said.append(each.url))
        page.goto(own.as_uri())
        return page, said

    yield look
    for context in opened:
        context.close()


def test_it_runs_nothing_asks_the_network_for_nothing_and_links_the_files_beside_it(look):
    page, said = look("wide")
    assert said == []
    assert page.locator("h1").inner_text() == "rows & <i>columns<i>.csv"
    assert page.locator("td", has_text=own_page.HOSTILE).count() > 0
    links = page.locator("a").evaluate_all(
        "all => all.map(each => [each.getAttribute('href'), each.innerText])"
    )
    assert ["scores.csv", "scores.csv"] in links


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_all_is_open_and_fits_the_window(look, size, scheme):
    page, _ = look(size, scheme)
    width = SIZES[size]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [page.locator("figure svg").nth(i).bounding_box() for i in range(3)]
    for box in boxes:
        assert box["height"] > 80
        assert box["x"] + box["width"] <= width
    ink = page.evaluate("getComputedStyle(document.body).color")
    drawn = page.evaluate("getComputedStyle(document.querySelector('figure svg text')).fill")
    assert drawn == ink


def test_its_figures_are_printed_in_dark_ink(look):
    page, _ = look("wide", "dark")
    page.emulate_media(media="print")
    assert page.locator("figure svg").evaluate_all("all => all.every(each => each.checkVisibility())")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('figure svg text')).fill") == "rgb(28, 33, 38)"
    )
