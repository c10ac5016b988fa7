"""Textures of zero mean and unit variance, and the flaws that a surface may have.

An image has ``side`` x ``side`` pixels. The shift of a row, in pixels, says from where it is read: that is
how a part of an image becomes misaligned.
"""

from __future__ import annotations

import numpy as np

from bench import Floats, Score

# Orientations of a scratch, and widths of a blob as a fraction of its extent.
ANGLES = np.arange(12) * np.pi / 12
WIDTHS = (0.75, 1.0, 1.25)
SCRATCH_WIDTH = 0.7


def noise_texture(
    rng: np.random.Generator, size: int, side: int, grain: float, shifts: np.ndarray | int = 0
) -> Floats:
    """A Gaussian random field, stationary on a torus."""
    white = rng.standard_normal((size, side, side))
    field = np.fft.ifft2(np.fft.fft2(white) * np.sqrt(power(side, grain))).real
    return np.take_along_axis(field, np.broadcast_to(_columns(side, shifts) % side, field.shape), axis=2)


def power(side: int, grain: float) -> Floats:
    """Variance of the noise texture at each frequency: a Matérn field, so that none is nearly zero."""
    frequencies = np.fft.fftfreq(side)
    squared = frequencies[:, None] ** 2 + frequencies**2
    density = (1 + (np.pi / 2 * grain) ** 2 * squared) ** -2
    return density / density.mean()


def grating_texture(
    rng: np.random.Generator, size: int, side: int, grain: float, shifts: np.ndarray | int = 0
) -> Floats:
    """Stripes of random phase; their period and direction vary a little."""
    period = grain * rng.uniform(0.9, 1.1, (size, 1, 1))
    tilt = rng.uniform(-0.2, 0.2, (size, 1, 1))
    phase = rng.uniform(0, 2 * np.pi, (size, 1, 1))
    across = np.cos(tilt) * _columns(side, shifts) + np.sin(tilt) * np.arange(side)[:, None]
    return np.sqrt(2) * np.sin(2 * np.pi * across / period + phase)


def weave_texture(
    rng: np.random.Generator, size: int, side: int, grain: float, shifts: np.ndarray | int = 0
) -> Floats:
    """Threads that cross over and under each other, from a random place on."""
    width = grain * rng.uniform(0.9, 1.1, (size, 1, 1))
    right, down = rng.uniform(0, 2 * grain, (2, size, 1, 1))
    warp, weft = (_columns(side, shifts) + right) / width, (np.arange(side)[:, None] + down) / width
    over = (np.floor(warp) + np.floor(weft)) % 2 == 0
    brightness = abs(np.sin(np.pi * np.where(over, warp, weft)))
    return (brightness - 2 / np.pi) / np.sqrt(1 / 2 - 4 / np.pi**2)


def misaligned_rows(rng: np.random.Generator, size: int, side: int, distance: int) -> np.ndarray:
    """Shifts of the rows below a random one, to either side."""
    start = rng.integers(side // 4, side - side // 4 + 1, size)
    below = np.arange(side) >= start[:, None]
    return (below * rng.choice([-distance, distance], (size, 1)))[:, :, None]


def flaw_templates(kind: str, side: int, extent: float) -> Floats:
    """Scratches of each direction or blobs of each width, of height 1, about the pixel (0, 0) of a torus."""
    down, right = _offsets(side)
    if kind == "blob":
        return np.stack([np.exp(-8 * (down**2 + right**2) / (width * extent) ** 2) for width in WIDTHS])
    along = [np.cos(angle) * right + np.sin(angle) * down for angle in ANGLES]
    across = [np.cos(angle) * down - np.sin(angle) * right for angle in ANGLES]
    beyond = np.maximum(abs(np.stack(along)) - extent / 2, 0)
    return np.exp(-(np.stack(across) ** 2 + beyond**2) / (2 * SCRATCH_WIDTH**2))


def places(side: int) -> np.ndarray:
    """Where the centre of a flaw may lie, down and across: it does not reach over the edge."""
    return np.arange(side // 4, side - side // 4)


def placed(rng: np.random.Generator, size: int, templates: Floats) -> Floats:
    """Each of ``size`` images holds a template, at a place, both drawn at random."""
    count, side, _ = templates.shape
    which = rng.integers(count, size=size)[:, None, None]
    down, right = rng.choice(places(side), (2, size))
    rows = (np.arange(side) - down[:, None]) % side
    columns = (np.arange(side) - right[:, None]) % side
    return templates[which, rows[:, :, None], columns[:, None, :]]


def stains(rng: np.random.Generator, size: int, side: int, extent: float) -> Floats:
    """Patches of irregular outline: 1 inside, 0 outside."""
    disc = 1 - 2 * np.hypot(*_offsets(side)) / extent
    patches = placed(rng, size, disc[None]) + 0.4 * noise_texture(rng, size, side, extent)
    return np.clip(0.5 + 2 * patches, 0, 1)


def placed_flaw_ratio(templates: Floats, strength: float, variances: Floats) -> Score:
    """The log likelihood ratio of a texture with a template at a random place to one without.

    The texture is a stationary Gaussian field on a torus with these ``variances`` at each frequency, where
    its values are independent. The ratio is the mean over all templates and places, each as likely.
    """
    side = templates.shape[1]
    rows, columns = np.ix_(places(side), places(side))
    spectra = np.fft.fft2(templates)
    filters = strength * spectra.conj() / variances
    energies = strength**2 * (abs(spectra) ** 2 / variances).mean(axis=(1, 2))

    def log_ratio(X: Floats) -> Floats:
        from scipy.special import logsumexp

        images = np.fft.fft2(X.reshape(-1, side, side))
        ratios = [
            logsumexp(np.fft.ifft2(images * each).real[:, rows, columns] - energy / 2, axis=(1, 2))
            for each, energy in zip(filters, energies, strict=True)
        ]
        return logsumexp(ratios, axis=0) - np.log(len(templates) * len(places(side)) ** 2)

    return log_ratio


def _columns(side: int, shifts: np.ndarray | int) -> np.ndarray:
    """The column that each pixel is read from."""
    return np.arange(side) + shifts


def _offsets(side: int) -> tuple[Floats, ...]:
    """How far each pixel lies below and to the right of the pixel (0, 0) on a torus."""
    offsets = np.fft.fftfreq(side, 1 / side)
    return np.meshgrid(offsets, offsets, indexing="ij")
