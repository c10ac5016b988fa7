"""What the documentation shows works as it stands."""

from __future__ import annotations

import doctest

import pytest

import bench


@pytest.mark.parametrize("name", bench.__all__)
def test_the_examples_of_a_public_docstring_are_true(name):
    for example in doctest.DocTestFinder().find(getattr(bench, name), name, globs={}):
        report: list[str] = []
        doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example, out=report.append)
        assert "".join(report) == ""
