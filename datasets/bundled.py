"""Real tables that scikit-learn ships, so that a first run meets real data with no download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import Split, dataset

if TYPE_CHECKING:
    import numpy as np


@dataset(licence="CC BY 4.0")
def breast_cancer(rng: np.random.Generator, *, test: float = 0.3, calibration: float = 0.2) -> Split:
    """Breast cancer Wisconsin (diagnostic): 569 x 30, malignant tumours (212) are the anomalies.

    Source: Wolberg, Street and Mangasarian, UCI, 1995 (CC BY 4.0), as shipped by scikit-learn.
    """
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    return Split.stratified(data.data, data.target == 0, rng, test=test, calibration=calibration)


@dataset(modality="image", licence="CC BY 4.0", examples=({"anomaly": 0}, {"normal": 0}))
def digits(
    rng: np.random.Generator,
    *,
    anomaly: int = 0,
    normal: int | None = None,
    test: float = 0.3,
    calibration: float = 0.2,
) -> Split:
    """Handwritten digits, 8 x 8 pixels: 1797 images, one digit against the nine others.

    The digit ``anomaly`` is anomalous; or, where ``normal`` is given, all but that one are, and there are
    nine times as many anomalies as normal rows: ``train_contamination`` leaves some of them out.

    Source: Alpaydin and Kaynak, UCI, 1998 (CC BY 4.0), as shipped by scikit-learn. Pixels lie in [0, 1].
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    for name, digit in (("anomaly", anomaly), ("normal", normal)):
        if digit is not None and digit not in data.target_names:
            raise ValueError(f"{name!r} must be a digit from 0 to 9, not {digit!r}")
    anomalous = data.target == anomaly if normal is None else data.target != normal
    return Split.stratified(
        data.data / 16, anomalous, rng, test=test, calibration=calibration, scaling="none", shape=(8, 8)
    )
