"""The page as a person meets it, in headless Chromium."""

from __future__ import annotations

import pytest

HOSTILE = "<img src=x onerror=alert(1)>"
BOARD = "#dte-one-class-one-class-board"


def column(visit, table, place):
    return visit.page.eval_on_selector_all(
        f"{table} tbody tr td:nth-child({place})", "cells => cells.map(cell => cell.innerText)"
    )


def place_of(visit, table, header):
    headers = visit.page.eval_on_selector_all(f"{table} thead th", "all => all.map(each => each.innerText)")
    return headers.index(header) + 1


def falling(cells):
    values = [float(cell.split()[0]) for cell in cells if cell != "–"]
    return len(values) > 5 and values == sorted(values, reverse=True)


def test_nothing_is_complained_of_nothing_asked_of_the_network_and_no_name_is_run(visit):
    visit.open().show_everything()
    assert visit.complaints == []
    assert visit.dialogs == []
    assert {url.partition(":")[0] for url in visit.requests} <= {"file", "data", "blob"}
    assert visit.page.locator("img[src=x]").count() == 0
    shown = visit.page.locator("#article-unsupervised-board td", has_text=HOSTILE)
    assert shown.count() == 1


def test_who_is_better_is_said_first(visit):
    visit.open()
    said = visit.page.locator("#answers").bounding_box()
    assert said["y"] < visit.page.locator("details.suite").first.bounding_box()["y"]
    assert "knn has the best mean" in visit.page.locator("#answers").inner_text()
    visit.page.locator("#answers a", has_text="dte-one-class").click()
    visit.page.wait_for_selector("#leaders-dte-one-class-one-class .main-svg")


def test_what_is_open_is_printed_whole(visit):
    visit.open("#dte-one-class").page.evaluate("dispatchEvent(new Event('beforeprint'))")
    visit.page.wait_for_selector("#kinds-dte-one-class-one-class .main-svg", state="attached")
    closed = visit.page.locator("#dte-one-class details.pictures .canvas .main-svg")
    assert closed.count() == 0


def test_a_hostile_name_is_text_in_pictures_too(visit):
    visit.open("#article-unsupervised").show_everything()
    names = visit.page.locator("#article .canvas .legendtext").all_text_contents()
    assert any(HOSTILE in name for name in names)


def test_a_click_on_a_header_sorts_by_numbers(visit):
    visit.open("#dte-one-class")
    place = place_of(visit, BOARD, "ROC AUC")
    header = visit.page.locator(f"{BOARD} thead th:nth-child({place})")
    for order in ("ascending", "descending"):
        header.click()
        visit.page.wait_for_selector(f"{BOARD} th:nth-child({place})[aria-sort={order}]")
    assert falling(column(visit, BOARD, place))


def test_a_table_is_sorted_by_the_keyboard(visit):
    visit.open("#dte-one-class")
    place = place_of(visit, BOARD, "AP")
    header = visit.page.locator(f"{BOARD} thead th:nth-child({place})")
    for order in ("ascending", "descending"):
        header.locator("[tabindex='0']").focus()
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_selector(f"{BOARD} th:nth-child({place})[aria-sort={order}]")
    assert falling(column(visit, BOARD, place))


def test_a_table_of_a_part_that_was_closed_is_sorted_too(visit):
    visit.open()
    assert visit.page.locator(f"{BOARD} table.dataTable").count() == 0
    visit.page.locator("#dte-one-class > summary").click()
    place = place_of(visit, BOARD, "AP")
    visit.page.wait_for_selector(f"{BOARD} table.dataTable")
    visit.page.locator(f"{BOARD} thead th:nth-child({place})").click()
    visit.page.wait_for_selector(f"{BOARD} th:nth-child({place})[aria-sort=ascending]")


def test_a_table_is_filtered_by_words(visit):
    visit.open("#dte-one-class")
    before = len(column(visit, BOARD, 2))
    visit.page.locator(f"{BOARD} input[type=search]").fill("knn")
    visit.page.wait_for_function(f"() => document.querySelectorAll('{BOARD} tbody tr').length < {before}")
    assert all("knn" in name for name in column(visit, BOARD, 2))


def test_an_address_leads_to_a_detector(visit):
    visit.open("#detector=knn")
    chosen = visit.page.locator(f"{BOARD} tr.chosen")
    assert chosen.count() == 1
    assert "knn" in chosen.inner_text()
    assert chosen.is_visible()
    assert visit.page.locator("#detector").input_value() == "knn"
    visit.page.locator("#clear").click()
    assert visit.page.locator("tr.chosen").count() == 0


def test_a_chosen_detector_stands_out_in_pictures(visit):
    visit.open("#detector=knn").show_everything()
    faded = visit.page.eval_on_selector_all(
        "[id^=difficulty-f1] .canvas",
        "all => all[0].data.map(trace => [trace.meta?.detector, trace.opacity ?? 1])",  # chance has none
    )
    assert dict(faded)["knn"] == 1
    assert dict(faded)["mahalanobis"] < 1


def test_a_name_that_is_typed_leads_to_its_detector_and_an_unknown_one_is_said(visit):
    visit.open()
    visit.page.locator("#detector").fill(HOSTILE)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("tr.chosen")
    assert visit.page.evaluate("document.querySelector('tr.chosen').dataset.detector") == HOSTILE
    visit.page.locator("#detector").fill("nothing")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_function("() => document.getElementById('found').textContent.includes('no such')")
    assert visit.dialogs == []


def ground(visit):
    return visit.page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_theme_is_the_systems_until_the_button_says_otherwise(visit):
    visit.page.emulate_media(color_scheme="dark")
    visit.open()
    dark = ground(visit)
    visit.page.emulate_media(color_scheme="light")
    light = ground(visit)
    assert dark != light
    visit.page.locator("#theme").click()
    assert ground(visit) == dark
    visit.page.reload()
    visit.page.wait_for_selector("html[data-ready=true]")
    assert ground(visit) == dark


def test_pictures_follow_the_theme(visit):
    visit.open("#short").show_everything()
    ink = "document.querySelector('.js-plotly-plot')._fullLayout.font.color"
    before = visit.page.evaluate(ink)
    visit.page.locator("#theme").click()
    visit.page.wait_for_function(f"() => {ink} !== {before!r}")


@pytest.mark.parametrize("width", [400, 768])
def test_a_narrow_window_is_not_scrolled_sideways(visit, width):
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.open().show_everything()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_reaches_everything_and_sees_where_it_is(visit):
    visit.open()
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(40):
        visit.page.keyboard.press("Tab")
        reached.add(visit.page.evaluate("document.activeElement.tagName"))
        assert visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert reached >= {"BUTTON", "INPUT", "A", "SUMMARY"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(visit, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="barriers are found by axe")
    visit.page.emulate_media(color_scheme=scheme)
    visit.open().show_everything()
    # Only what is wrong, lest all that is right is described, too, which takes most of the time.
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"], "resultTypes": ["violations"]}
    found = axe.Axe().run(visit.page, options=rules).response["violations"]
    said = [(each["id"], node["target"], node["failureSummary"]) for each in found for node in each["nodes"]]
    assert said == []


def test_each_picture_has_a_title_words_and_axes_with_titles(visit):
    visit.open().show_everything()
    for canvas in visit.page.query_selector_all(".canvas"):
        words = canvas.evaluate("each => document.getElementById(each.getAttribute('aria-describedby'))")
        assert words is not None
        assert len(canvas.get_attribute("aria-label")) > 10
        for axis in ("xaxis", "yaxis"):
            assert canvas.evaluate(f"each => each._fullLayout.{axis}.title.text")
    for image in visit.page.query_selector_all(".diagram img"):
        assert len(image.get_attribute("alt")) > 40


def test_the_page_is_readable_without_scripts(browser, page_file):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.locator("details.suite[open] table caption").first.is_visible()
    context.close()
