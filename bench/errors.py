"""Errors meant for people: one sentence that says what was wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from importlib.util import find_spec


class BenchError(Exception):
    """Something the user can correct. The command line prints its text and exits with code 2."""


class DataError(BenchError):
    """The rows or labels of a dataset cannot be used."""


class NotApplicableError(BenchError):
    """A detector and a split that do not fit together, such as a missing class. A reason to skip."""


class ContractError(Exception):
    """A plugin returned or did what its contract rules out; the text is a clause that says what.

    It is not for people as it is: whoever runs a plugin says where that happened.
    """


class UndeclaredError(BenchError):
    """A detector reached for something that its registration does not declare."""


def unknown(kind: str, name: str, known: Iterable[str]) -> BenchError:
    """An error for a name that is not there, with the nearest one that is."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        hint = f"did you mean {near[0]!r}?"
    elif names:
        hint = "there are: " + ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    else:
        hint = "there are none"
    return BenchError(f"unknown {kind} {name!r}; {hint}")


def check_choice(name: str, value: object, known: Iterable[str]) -> None:
    """Raise DataError for a parameter's value that is none of those known.

    Parameters
    ----------
    name : str
        The parameter.
    value : object
        What it was given.
    known : iterable of str
        What it may be.

    Raises
    ------
    DataError
        Where ``value`` is not among ``known``.

    Examples
    --------
    >>> from bench import check_choice
    >>> check_choice("anomaly", "shfit", ["shift", "correlation"])
    Traceback (most recent call last):
    bench.errors.DataError: unknown anomaly 'shfit'; did you mean 'shift'?
    """
    choices = list(known)
    if value not in choices:
        raise DataError(str(unknown(name, str(value), choices)))


def check_installed(package: str, needed_by: str, *, extra: str) -> None:
    """Raise BenchError, with the command that installs it, where a package is missing."""
    if find_spec(package) is None:
        command = f"pip install 'detector-bench[{extra}]'"
        raise BenchError(f"{needed_by} needs the package {package!r}; install it with: {command}")


class BenchWarning(UserWarning):
    """Something a person should know that stops nothing; the command line prints it as one line."""
