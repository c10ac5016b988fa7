"""Files that are not what they should be: suites, labels, tables, stores."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from faults.campaign import Campaign, Done, Place, place

GRID = '[[grid]]\ndatasets = ["breast_cancer"]\nregimes = ["unsupervised"]\n'
SUITES: Mapping[str, bytes] = {
    "empty": b"",
    "no grid": b"seeds = 3\n",
    "grid is no list": b"grid = 5\n",
    "one bracket": b'[grid]\ndatasets = ["breast_cancer"]\n',
    "no TOML": b"{'grid': []}\n",
    "not UTF-8": b'title = "\xff\xfe"\n',
    "UTF-16": ("seeds = 1\n" + GRID).encode("utf-16"),
    "NULs": bytes(4096),
    "unknown field": b"sseds = 3\n" + GRID.encode(),
    "seeds below 0": b"seeds = -1\n" + GRID.encode(),
    "seeds without end": b"seeds = 100000000000000\n" + GRID.encode(),
    "seeds of text": b'seeds = ["one"]\n' + GRID.encode(),
    "seeds beyond a number": b"seeds = [99999999999999999999999999]\n" + GRID.encode(),
    "unknown data set": GRID.replace("breast_cancer", "breast_cancre").encode(),
    "unknown regime": GRID.replace("unsupervised", "both").encode(),
    "unknown headline": b'headline = "best"\n' + GRID.encode(),
    "headline is a list": b'headline = ["native"]\n' + GRID.encode(),
    "timeout of nought": b"timeout = 0\n" + GRID.encode(),
    "timeout is no number": b"timeout = nan\n" + GRID.encode(),
    "contamination of two": b"contamination = 2.0\n" + GRID.encode(),
    "detectors is a text": b'detectors = "knn"\n' + GRID.encode(),
    "a parameter of the wrong type": GRID.replace("breast_cancer", "bumps:normals=many").encode(),
    "rows without end": GRID.replace("breast_cancer", "bumps:normals=1000000000000000").encode(),
    "nested deeply": b"a = " + b"[" * 5000 + b"]" * 5000,
}


def suites(cases: int = len(SUITES)) -> Campaign:
    """Suite files that nobody could run: one sentence, no traceback."""
    campaign = Campaign("suites")
    with place() as here:

        def attempt(name: str) -> Done:
            file = here.folder / f"{name.replace(' ', '-')}.toml"
            file.write_bytes(SUITES[name])
            words = ("run", "--suite", str(file), "--seeds", "1") if "end" not in name else (
                "run", "--suite", str(file))  # fmt: skip
            return _elsewhere(here, name).bench(*words, "--detectors", "random_score", "--timeout", "20")

        _each(campaign, list(SUITES)[:cases], attempt)
        here.check_clean(campaign, "all")
    return campaign


ROWS = 200
LABELS: Mapping[str, bytes] = {
    "empty": b"",
    "only a heading": b"row,label\n",
    "no heading": b"1,0\n2,1\n",
    "another heading": b"number,anomalous\n1,0\n2,1\n",
    "a row that is not there": b"row,label\n1,0\n99999,1\n",
    "a row below 1": b"row,label\n-1,0\n0,1\n",
    "a row twice": b"row,label\n1,0\n1,1\n",
    "a row of text": b"row,label\nfirst,0\n",
    "a row without end": b"row,label\n" + b"9" * 400 + b",1\n",
    "a label of text": b"row,label\n1,perhaps\n2,0\n",
    "no label": b"row,label\n1,\n2,\n",
    "one class": b"row,label\n1,0\n2,0\n3,0\n",
    "not UTF-8": b"row,label\n1,\xff\n2,0\n",
    "UTF-16": "row,label\n1,0\n2,1\n".encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbfrow,label\n1,0\n2,1\n3,0\n",
    "NULs": bytes(1000),
    "ragged": b"row,label\n1,0,5,6\n2\n3,1\n",
    "a quote without end": b'row,label\n1,"0\n2,1\n',
    "a folder": b"",
}


def label_files(cases: int = len(LABELS)) -> Campaign:
    """Files of labels that are not what `recommend --ask` wrote."""
    campaign = Campaign("label files")
    with place() as here:
        table = here.folder / "table.csv"
        table.write_text("a,b,c\n" + "".join(f"{i % 13},{i * 7 % 11},{i * i % 17}\n" for i in range(ROWS)))

        def attempt(name: str) -> Done:
            file = here.folder / f"{name.replace(' ', '-')}.csv"
            if name == "a folder":
                file.mkdir()
            else:
                file.write_bytes(LABELS[name])
            return _elsewhere(here, name).bench(
                "recommend", str(table), "--labels", str(file), "--budget", "20s"
            )

        _each(campaign, list(LABELS)[:cases], attempt)
        here.check_clean(campaign, "all")
    return campaign


def stores(cases: int = 200) -> Campaign:
    """Runs whose files are damaged: reported, gone on with and packed all the same."""
    campaign = Campaign("damaged stores")
    try:
        from damage import variants
    except ImportError:
        campaign.skipped = "there is no list of damage"
        return campaign
    with place() as here:
        words = ("run", "--suite", "quick", "--detectors", "random_score", "--detectors", "mahalanobis",
                 "--datasets", "breast_cancer", "--regimes", "unsupervised", "--seeds", "2",
                 "--name", "whole")  # fmt: skip
        campaign.check_words("the run before the damage", here.bench(*words), (0,))
        damage = dict(variants())
        names = list(damage)[:: max(1, len(damage) // cases)][:cases]

        def attempt(name: str) -> Done:
            there = _elsewhere(here, str(names.index(name)))
            shutil.copytree(here.folder / "results" / "runs", there.folder / "results" / "runs")
            damage[name](there.folder / "results" / "runs" / "whole")
            return there.bench("status", "--suite", "quick", "--detectors", "random_score")

        _each(campaign, names, attempt)
        here.check_clean(campaign, "all")
    return campaign


def _elsewhere(here: Place, name: str) -> Place:
    """A folder of its own inside of a place, for a command that runs beside others."""
    folder = here.folder / "each" / name.replace(" ", "-")
    folder.mkdir(parents=True)
    return Place(Path(folder), here.environment)


def _each(campaign: Campaign, names: list[str], attempt: object) -> None:
    """Two at a time."""
    with ThreadPoolExecutor(2) as pool:
        for name, done in zip(names, pool.map(attempt, names), strict=True):  # type: ignore[arg-type]
            campaign.cases += 1
            campaign.check_words(name, done)
