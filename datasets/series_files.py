"""Series of published collections, from files that are on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import DatasetDeclaration, Scaling, Split, dataset

if TYPE_CHECKING:
    import numpy as np

    from bench import Recording

    from ._series_files import Format

HINT = (
    "fetch series with `data pull nab:*` (smap, msl, ucr), or give a folder of series with --data-dir or "
    "BENCH_DATA_DIR"
)
TELEMETRY = "California Institute of Technology's, as BSD with three clauses"


def _format(name: str) -> Format:
    from ._series_files import FORMATS
    from ._series_tsb_ad import TSB_AD

    return {**FORMATS, "tsb_ad": TSB_AD}[name]


def _declared(name: str, licence: str) -> DatasetDeclaration:
    """What the collections have in common."""
    return {
        "modality": "series",
        "variants": lambda: _format(name).variants(),
        "fingerprint": lambda series, **_: _format(name).fingerprint(series),
        "licence": licence,
        "hint": HINT,
    }


def _read(name: str, series: str, channels: int = 0) -> Recording:
    from ._series_files import first_channels

    recording = _format(name).recording(series)
    return first_channels(recording, channels) if channels else recording


@dataset(**_declared("nab", "MIT"))
def nab(_: np.random.Generator, series: str, *, scaling: Scaling = "standard") -> Split:
    """A file of the Numenta Anomaly Benchmark, with its windows for labels: nab:nyc_taxi.

    The first 15 % of the points, 750 at most, are for training, as in NAB. MIT licence since 2024. Source:
    Lavin and Ahmad, ICMLA 2015.
    """
    return Split.in_time(_read("nab", series), scaling=scaling)


@dataset(**_declared("smap", TELEMETRY))
def smap(_: np.random.Generator, series: str, *, channels: int = 0, scaling: Scaling = "standard") -> Split:
    """A channel of NASA's SMAP satellite, a telemetry value with commands: smap:P-1.

    The training array comes first, then the test array. ``channels``: how many of the first ones, 1 for
    telemetry alone; 0 for all. Source: Hundman et al., KDD 2018.
    """
    return Split.in_time(_read("smap", series, channels), scaling=scaling)


@dataset(**_declared("msl", TELEMETRY))
def msl(_: np.random.Generator, series: str, *, channels: int = 0, scaling: Scaling = "standard") -> Split:
    """A channel of NASA's Mars rover Curiosity, a telemetry value with commands: msl:C-1.

    As `smap`, whose parameters it has. Source: Hundman et al., KDD 2018.
    """
    return Split.in_time(_read("msl", series, channels), scaling=scaling)


@dataset(**_declared("ucr", "not stated"))
def ucr(_: np.random.Generator, series: str, *, scaling: Scaling = "standard") -> Split:
    """A series of the UCR anomaly archive, which has one anomaly: ucr:001_UCR_Anomaly_NAME_35000_52000_52620.

    Its name says how many of the first points are for training, and where the anomaly is. Source: Wu and
    Keogh, TKDE 2021.
    """
    return Split.in_time(_read("ucr", series), scaling=scaling)


@dataset(**_declared("timeeval", "each series' own"))
def timeeval(_: np.random.Generator, series: str, *, scaling: Scaling = "standard") -> Split:
    """A series in TimeEval's format, columns timestamp, channels and is_anomaly: timeeval:ecg-diff-count-1.

    A training file beside it is for training; without one, the first 30 % of the points are. Source: Wenig et
    al., VLDB 2022.
    """
    return Split.in_time(_read("timeeval", series), scaling=scaling)


@dataset(**_declared("tsb_ad", "each series' own"))
def tsb_ad(_: np.random.Generator, series: str) -> Split:
    """A series of TSB-AD, judged as there: tsb_ad:001_NAB_id_1_Facility_tr_1007_1st_2014.

    From TSB-AD's own file, or made as that was from a file of NAB or of SMAP and MSL. All points are judged,
    those for training as well, and nothing is scaled. Source: Liu and Paparrizos, NeurIPS 2024.
    """
    return Split.in_time(_read("tsb_ad", series), judged="all", scaling="none")
