"""The command line: one small module per verb, which imports the heavy parts only when it runs."""

from __future__ import annotations

import atexit
import gc
import sys
import warnings
from collections.abc import Sequence

from bench.cli._output import say_error, say_warning
from bench.cli._overview import VERBS, print_overview
from bench.errors import BenchError, BenchWarning

# How many more objects there are each time before Python looks for garbage; by default 700.
RARELY = 100_000


def _verb(arguments: Sequence[str]) -> str | None:
    """The verb that a command line begins with; None where it does not begin with one."""
    first = arguments[0] if arguments else None
    return first if any(first in verbs for verbs in VERBS.values()) else None


def main() -> None:
    """Run the command line; an error that a person can mend is one line, with exit code 2."""
    # What is imported stays: looking through it for garbage again and again is a tenth of what imports take.
    gc.set_threshold(RARELY)
    # At its end Python looks through all that there is for garbage: a tenth of a second once pandas is there.
    atexit.register(gc.freeze)
    debug = "--debug" in sys.argv
    sys.argv = [argument for argument in sys.argv if argument != "--debug"]
    with warnings.catch_warnings():
        warnings.showwarning = say_warning
        warnings.simplefilter("always", BenchWarning)
        try:
            if sys.argv[1:] == ["--help"]:
                print_overview()
                return
            from bench.cli._app import command_line

            command_line(_verb(sys.argv[1:]))()
        except BenchError as error:
            if debug:
                raise
            say_error(str(error))
            sys.exit(2)
