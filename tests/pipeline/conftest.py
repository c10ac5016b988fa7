"""Two files of a weather station, and a model of the first."""

from __future__ import annotations

import pandas as pd
import pytest
import two_months

from bench import Pipeline


@pytest.fixture(scope="session")
def january() -> pd.DataFrame:
    return two_months.january()


@pytest.fixture(scope="session")
def july() -> pd.DataFrame:
    return two_months.july()


@pytest.fixture
def files(tmp_path, january, july):
    """The folder with both files."""
    january.to_csv(tmp_path / "january.csv", index=False)
    july.to_csv(tmp_path / "july.csv", index=False)
    return tmp_path


@pytest.fixture(scope="session")
def model(tmp_path_factory, january) -> Pipeline:
    """Of January, with histograms, which are fitted and score in no time."""
    file = tmp_path_factory.mktemp("model") / "january.csv"
    january.to_csv(file, index=False)
    return Pipeline("hbos", drop=["hour"], time="when").fit(file)
