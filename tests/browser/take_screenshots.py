"""Take the pictures of the page that lie in results/screenshots: python tests/browser/take_screenshots.py."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

RESULTS = Path(__file__).parents[2] / "results"
PAGE = (RESULTS / "report" / "index.html").as_uri()
FOLDER = RESULTS / "screenshots"
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 400, "height": 860}
# What is shown: the address within the page, the element that is photographed if not the window, the theme.
VIEWS = {
    "answers": ("#answers", "", "light", WIDE),
    "leaders": ("#adbench-one-class", "", "light", WIDE),
    "kinds": ("#adbench-unsupervised", "#kinds-adbench-unsupervised", "light", WIDE),
    "leaderboard": ("#core-unsupervised-board", "", "light", WIDE),
    "leaderboard-dark": ("#core-unsupervised-board", "", "dark", WIDE),
    "detector": ("#detector=knn", "", "light", WIDE),
    "narrow": ("#core-one-class", "", "light", NARROW),
    "heatmap": ("#core-supervised", "#heatmap-f1-core-supervised", "light", WIDE),
    "heatmap-dark": ("#core-supervised", "#heatmap-f1-core-supervised", "dark", WIDE),
    "cost": ("#adbench-unsupervised", "#cost-adjusted-ap-adbench-unsupervised", "light", WIDE),
    "roc": ("#core-supervised", "#roc-core-supervised-0", "light", WIDE),
    "precision-recall": ("#core-supervised", "#precision-recall-core-supervised-0", "dark", WIDE),
    "difficulty": ("#sweep-bumps-noise", "[id^=difficulty-f1-sweep-bumps-noise]", "light", WIDE),
    "statistics": ("#adbench-supervised", "#adbench-supervised details:has(.diagram)", "light", WIDE),
    "thresholds": ("#adbench-unsupervised", "#adbench-unsupervised-policies", "light", WIDE),
    "costs": ("#core-costs", "", "light", WIDE),
    "failures": ("#core-not-ok", "", "light", WIDE),
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--font-render-hinting=none"]
        )
        for name, (fragment, part, scheme, size) in VIEWS.items():
            context = browser.new_context(viewport=size, color_scheme=scheme)
            take(context.new_page(), fragment, part, FOLDER / f"{name}.png")
            context.close()
        browser.close()


def take(page: Any, fragment: str, part: str, file: Path) -> None:
    page.goto(PAGE + fragment)
    page.wait_for_selector("html[data-ready=true]")
    if not part:
        page.wait_for_timeout(300)
        page.screenshot(path=file)
        return
    found = page.locator(part).first
    found.evaluate(
        "each => { for (let p = each; p; p = p.parentElement) if (p.tagName === 'DETAILS') p.open = true }"
    )
    found.scroll_into_view_if_needed()
    if found.evaluate("each => each.matches('.plot')"):
        found.locator(".main-svg").first.wait_for()
        page.wait_for_timeout(500)
    found.screenshot(path=file)


if __name__ == "__main__":
    main()
