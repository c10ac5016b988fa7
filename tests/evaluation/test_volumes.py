"""VUS against TSB-AD 1.5 and vus 0.0.6, R-AUC against vus 0.0.6; their values are (ROC, precision-recall)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_series import flags, scored_series, volumes_by_definition

from bench.evaluation.volumes import range_areas, volumes

ONE, TWO = flags(2000, (900, 1000)), flags(2000, (500, 550), (1200, 1250))
POINTS = flags(2000, (200, 201), (900, 901), (1500, 1501))


def noise(number):
    """The draw of that number, the first being 0, of 2 000 points each."""
    return np.random.default_rng(0).uniform(size=(number + 1, 2000))[number]


# Of 2 000 points, 100 are anomalies, or three; with a window of 100.
CASES = {
    "perfect": (ONE + 1e-6 * noise(1), ONE,
                (0.999960526315789, 0.9985714285714274), (0.9313327745255172, 0.7878440926689365)),
    "a noisy range": (0.5 * ONE + noise(0), ONE,
                      (0.9087496261025214, 0.6536436030029841), (0.8375987716455544, 0.5129927492275743)),
    "three points": (0.5 * POINTS + noise(0), POINTS,
                     (0.9671316705532471, 0.18120360643849326), (0.7831818419453183, 0.14678271851367758)),
    "random": (noise(3), ONE,
               (0.6312331713913636, 0.07792178269353921), (0.6225924816231522, 0.09168249923606374)),
    "constant": (np.zeros(2000), TWO,
                 (0.5115226033100533, 0.09245972526007556), (0.5236755487435742, 0.5679498214311492)),
    "inverse": (1.0 - TWO, TWO,
                (0.28981452978368516, 0.06654366797664348), (0.487546674192103, 0.5124396362351745)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_long_series_have_the_values_of_the_libraries(case):
    scores, is_anomaly, volume, area = CASES[case]
    assert volumes(scores, is_anomaly, 100) == pytest.approx(volume, abs=1e-12)
    assert range_areas(scores, is_anomaly, 100) == pytest.approx(area, abs=1e-12)


ENDS, HALF = flags(60, (0, 3), (57, 60)), flags(60, (0, 30))
CLOSE = flags(60, (10, 14), (17, 18), (20, 22), (45, 50))
SINGLE = flags(60, (5, 6), (7, 8), (30, 31))
WAVE, STEPS = np.arange(60) * 37 % 61 / 61, np.arange(60) // 7 % 3 / 2


def late(is_anomaly):
    """Scores that rise three points after a range has begun."""
    return np.roll(is_anomaly, 3) + WAVE / 10


@pytest.mark.parametrize(
    ("is_anomaly", "scores", "window", "volume", "area"),
    [
        (ENDS, WAVE, 0, (0.3734567901234568, 0.09433222552523465), (0.3734567901234568, 0.07870893598377511)),
        (ENDS, WAVE, 7, (0.5516836494106293, 0.1652876140278466), (0.6142114527729168, 0.1793168134504237)),
        (ENDS, STEPS, 1, (0.3402777777777778, 0.11666666666666667), (0.3402777777777778, 0.2121794871794872)),
        (ENDS, late(ENDS), 20, (0.9193846537117291, 0.7359991091831974),
         (0.8677114403555183, 0.7004505093081719)),
        (CLOSE, WAVE, 20, (0.8141017442083571, 0.5794969004086554), (0.9249337199757343, 0.8867048642269397)),
        (CLOSE, STEPS, 7, (0.5761049377014338, 0.32050509922115555),
         (0.6066754059952878, 0.46746605477453823)),
        (CLOSE, late(CLOSE), 7, (0.7698686898265139, 0.561281695920917),
         (0.8891948825483542, 0.7912899690137442)),
        (SINGLE, WAVE, 7, (0.5894058803560339, 0.18106433418359452),
         (0.6734495844986705, 0.23888449619246652)),
        (SINGLE, STEPS, 20, (0.6482245695819302, 0.24539705923927074),
         (0.7801077931090754, 0.633648715860795)),
        (HALF, STEPS, 7, (0.39843269108357743, 0.4638761627382812),
         (0.4153762031412092, 0.5219498068587501)),
        (HALF, late(HALF), 20, (0.9556645684348055, 0.9612954846430856),
         (0.952373805928012, 0.9689542548861254)),
    ],
)  # fmt: skip
def test_short_series_have_the_values_of_the_libraries(is_anomaly, scores, window, volume, area):
    assert volumes(scores, is_anomaly, window) == pytest.approx(volume, abs=1e-12)
    assert range_areas(scores, is_anomaly, window) == pytest.approx(area, abs=1e-12)


@given(scored_series().filter(lambda series: not series[1].all()), st.integers(0, 12))
def test_volumes_are_those_of_the_definition(series, window):
    assert volumes(*series, window) == pytest.approx(volumes_by_definition(*series, window), abs=1e-12)


@given(scored_series(), st.integers(0, 30))
def test_all_are_within_0_and_1_and_rest_on_the_order_of_the_scores_alone(series, window):
    scores, is_anomaly = series
    for measure in (volumes, range_areas):
        found = measure(scores, is_anomaly, window)
        assert 0 <= found.pr <= 1 + 1e-12
        assert math.isnan(found.roc) if is_anomaly.all() else 0 <= found.roc <= 1 + 1e-12
        assert measure(np.exp(scores), is_anomaly, window) == pytest.approx(found, nan_ok=True)


@given(scored_series())
def test_without_a_buffer_the_volume_is_the_area_with_sharp_labels(series):
    for window in (0, 1):
        assert volumes(*series, window).roc == pytest.approx(range_areas(*series, 0).roc, nan_ok=True)


def test_an_alarm_beside_a_range_is_worth_the_more_the_nearer_it_is():
    found = [volumes(flags(400, (start, start + 20)).astype(float), flags(400, (200, 220)), 60).pr
             for start in (200, 205, 215, 225, 300)]  # fmt: skip
    assert found == sorted(found, reverse=True)
    assert found[0] > found[3] > 2 * found[4]
