"""What a plugin's code returns, held to the contract: scores, thresholds, features, and silence.

Everything that runs a plugin asks here, and translates the one exception, `bench.errors.ContractError`, into
what it reports: a record's reason, a finding, an error for a person. What is returned is a copy, so that a
plugin that fills the same array again cannot change what it gave before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Collection

    from bench.splits.arrays import Floats


def checked_scores(raw: Any, rows: int, part: str = "") -> Floats:
    """The scores of ``rows`` rows as float64 of shape (rows,), in an array of their own.

    ``part`` names the rows in messages, such as "test". Raises ContractError for another shape, for complex
    numbers, and for NaN, masked or infinite scores; what cannot be converted to floats raises numpy's own
    error.
    """
    import numpy as np

    scores = _floats(raw, "score()")
    named = f"{rows} {part} rows" if part else f"{rows} rows"
    if scores.shape != (rows,):
        raise ContractError(f"score() returned shape {scores.shape} for {named}; it must be ({rows},)")
    bad = rows - int(np.isfinite(scores).sum())
    if bad:
        raise ContractError(f"non-finite scores: NaN or infinite for {bad} of {named}")
    return scores


def left_out_scores(detector: object, rows: int) -> Floats | None:
    """A fitted detector's scores of its ``rows`` training rows, each by a fit without it, shape (rows,).

    None where it has no ``leave_one_out`` or that returns None. Raises ContractError as `checked_scores`.
    """
    leave_one_out: Any = getattr(detector, "leave_one_out", None)
    raw = None if leave_one_out is None else leave_one_out()
    return None if raw is None else checked_scores(raw, rows, "training")


def require_varied(scores: Floats, part: str = "") -> None:
    """Raise ContractError where all scores are the same: they rank nothing."""
    if len(scores) and scores.min() == scores.max():
        raise ContractError(f"constant scores: each {f'{part} row' if part else 'row'} got {scores[0]:g}")


def checked_threshold(detector: object) -> float | None:
    """The threshold that a fitted detector has set as ``threshold``; None without one.

    Raises ContractError unless it is a finite number.
    """
    import numpy as np

    threshold: Any = getattr(detector, "threshold", None)
    if threshold is None:
        return None
    if not np.isscalar(threshold) or not np.isfinite(float(threshold)):  # type: ignore[arg-type]
        raise ContractError(f"its threshold must be a finite number, not {threshold!r}")
    return float(threshold)  # type: ignore[arg-type]


def checked_features(raw: Any, rows: int) -> Floats:
    """Features of ``rows`` rows as float64 of shape (rows, k), in an array of their own.

    Raises ContractError for another shape, for complex numbers, and for NaN, masked or infinite values.
    """
    import numpy as np

    features = _floats(raw, "it")
    if features.ndim != 2 or len(features) != rows or not features.shape[1]:
        raise ContractError(f"it returned shape {features.shape} for {rows} rows; it must be ({rows}, k)")
    bad = int((~np.isfinite(features).all(axis=1)).sum())
    if bad:
        raise ContractError(f"NaN or infinite values for {bad} of {rows} rows")
    return features


def _floats(raw: Any, source: str) -> Floats:
    """A copy as float64 in which what is masked is NaN; numpy would drop the mask and imaginary parts."""
    import numpy as np

    if np.iscomplexobj(raw):
        raise ContractError(f"{source} returned complex numbers; return their real parts or absolute values")
    if isinstance(raw, np.ma.MaskedArray):
        return np.ma.filled(raw.astype(np.float64), np.nan)
    return np.array(raw, dtype=np.float64)


def require_silence(printed: str, flaws: Collection[str] = ()) -> None:
    """Raise ContractError for what a plugin wrote to standard output, unless its flaws declare it."""
    if printed and "prints" not in flaws:
        first = printed.strip().partition("\n")[0][:80]
        raise ContractError(
            f"it wrote to standard output ({first!r}); remove that, or declare flaws=('prints',)"
        )
