from __future__ import annotations

import subprocess
import sys

import pytest

from bench import modalities
from bench.modalities import DEFAULT, MODALITIES, find_modalities

MADE_UP = """\
from bench.modalities import CataloguePicture, InspectPicture, Modality
from bench.modalities.curve import draw_sheet, draw_split

MODALITY = Modality(
    name="spectrum",
    order=9,
    axis="wavelength (nm)",
    shape=(16,),
    wide_shape=(48,),
    catalogue=CataloguePicture(draw_split, 3, (3.4, 2.1), "a few spectra"),
    inspect=InspectPicture(draw_sheet, "Spectra", "Each line is a spectrum.", "Dashed: reconstructions."),
)
"""


def test_a_new_modality_is_one_file(tmp_path, monkeypatch):
    (tmp_path / "spectrum.py").write_text(MADE_UP)
    monkeypatch.setattr(modalities, "__path__", [*modalities.__path__, str(tmp_path)])
    found = find_modalities()
    del sys.modules["bench.modalities.spectrum"]
    assert list(found) == [*MODALITIES, "spectrum"]
    assert found["spectrum"].axis == "wavelength (nm)"


def test_tables_come_first_and_are_what_anything_can_be_drawn_as():
    assert list(MODALITIES) == ["table", "curve", "image", "series"]
    assert DEFAULT in MODALITIES
    orders = [each.order for each in MODALITIES.values()]
    assert len(set(orders)) == len(orders)


@pytest.mark.parametrize(("name", "shape", "fits"), [("image", (8, 8), True), ("image", (64,), False)])
def test_rows_of_another_number_of_axes_are_not_drawn_as_the_modality(name, shape, fits):
    assert MODALITIES[name].fits(shape) is fits


def test_listing_modalities_loads_no_numerical_library():
    code = "import sys, bench.modalities; print(*{'numpy', 'matplotlib', 'pandas'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
