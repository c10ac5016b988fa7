"""Images of a surface: a texture is normal, a flaw in it is the anomaly."""

from __future__ import annotations

import numpy as np

from bench import Floats, Split, check_choice, dataset

from . import _textures

TEXTURES = {
    "noise": _textures.noise_texture,
    "grating": _textures.grating_texture,
    "weave": _textures.weave_texture,
}
ADDED = ("scratch", "blob")
FLAWS = (*ADDED, "stain", "misalignment")


def has_optimum(*, texture: str, anomaly: str, **_: object) -> bool:
    return texture == "noise" and anomaly in ADDED


@dataset(
    modality="image",
    optimum=has_optimum,
    examples=(
        {"strength": 2.0},
        {"texture": "grating", "anomaly": "misalignment"},
        {"texture": "weave", "anomaly": "stain"},
        {"texture": "grating", "anomaly": "blob", "strength": 3.0},
    ),
)
def textures(
    rng: np.random.Generator,
    *,
    normals: int = 1000,
    anomalies: int = 100,
    test_normals: int = 100,
    test_anomalies: int = 100,
    calibration: float = 0.2,
    size: int = 32,
    texture: str = "noise",
    anomaly: str = "scratch",
    strength: float = 1.0,
    grain: float = 8.0,
    extent: float = 12.0,
    noise: float = 0.1,
) -> Split:
    """Textured surfaces, flawed by a scratch, a blob, a stain or a misalignment.

    An image has ``size`` x ``size`` pixels. ``texture``: noise, a Gaussian random field; grating, stripes of
    random phase; or weave, threads that cross. Each has a mean of 0 and a standard deviation of 1. ``grain``
    is the period of the stripes, the width of a thread, or the size of the field's specks, in pixels.

    ``anomaly``: scratch, a line ``extent`` pixels long, or blob, a spot ``extent`` pixels wide, both added
    with the height ``strength``; stain, a patch about ``extent`` pixels wide that loses the fraction
    ``strength`` of its contrast; or misalignment, a lower part that is shifted sideways by ``strength``
    times half the grain, in whole pixels. ``noise`` is the standard deviation of Gaussian noise on each
    pixel.

    The optimum is known for a scratch or a blob on the texture noise.
    """
    check_choice("texture", texture, TEXTURES)
    check_choice("anomaly", anomaly, FLAWS)
    if not 0 < extent <= size / 2:
        raise ValueError(f"'extent' must be above 0 and at most half the size of {size}, not {extent:g}")
    if not grain > 0:
        raise ValueError(f"'grain' must be above 0, not {grain:g}")
    if anomaly == "stain" and not 0 <= strength <= 1:
        raise ValueError(f"'strength' is a fraction of a stain's contrast, from 0 to 1, not {strength:g}")

    def templates() -> Floats:
        return _textures.flaw_templates(anomaly, size, extent)

    def surfaces(source: np.random.Generator, count: int, shifts: np.ndarray | int = 0) -> Floats:
        return TEXTURES[texture](source, count, size, grain, shifts)

    def normal(source: np.random.Generator, count: int) -> Floats:
        return surfaces(source, count).reshape(count, size * size)

    def anomalous(source: np.random.Generator, count: int) -> Floats:
        if anomaly == "misalignment":
            distance = round(strength * grain / 2)
            images = surfaces(source, count, _textures.misaligned_rows(source, count, size, distance))
        elif anomaly == "stain":
            images = surfaces(source, count) * (1 - strength * _textures.stains(source, count, size, extent))
        else:
            images = surfaces(source, count) + strength * _textures.placed(source, count, templates())
        return images.reshape(count, size * size)

    optimum = None
    if has_optimum(texture=texture, anomaly=anomaly):
        variances = _textures.power(size, grain) + noise**2
        optimum = _textures.placed_flaw_ratio(templates(), strength, variances)
    return Split.drawn(
        rng, normal, anomalous,
        normals=normals, anomalies=anomalies, test_normals=test_normals, test_anomalies=test_anomalies,
        calibration=calibration, noise=noise, shape=(size, size), optimum=optimum,
    )  # fmt: skip
