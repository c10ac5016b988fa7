"""The options of how a person's own file is read, alike in each verb that reads one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from bench.api._parsing import listed as listed
from bench.api._together import ignored
from bench.cli._bench_toml import KINDS, repeated_for
from bench.cli._output import say_note

if TYPE_CHECKING:
    from bench.tables import Dialect

TABLE = (
    "Your table: CSV, JSON, Excel, Parquet, SQLite and others; a sheet or a table of several as FILE::NAME."
)
# What is about another option: that of `bench.toml` goes with the other one there.
GO_WITH = {"normal": "label", "series": "time"}
# Headings of --help: of options that say what the columns are, how the file is written, and what is written.
OWN = "A table of your own"
PANEL = "How the file is written, where that is not found out"
WRITTEN = "What is written"

Data = Annotated[Path | None, typer.Option(help=f"{TABLE} Needs --label.", rich_help_panel=OWN)]
Label = Annotated[
    str | None,
    typer.Option(
        help="The column of labels: 1 or anomaly, 0 or normal, or values of which --normal names one; a row "
        "where it is empty has no label.",
        rich_help_panel=OWN,
    ),
]
Normal = Annotated[
    str | None,
    typer.Option(
        help="The value of --label that means normal, or several: '1,2'; all others are anomalous.",
        rich_help_panel=OWN,
    ),
]
Drop = Annotated[
    list[str] | None,
    typer.Option(help="Columns to leave out: 'id,name'. May be repeated.", rich_help_panel=OWN),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        help="Columns to copy to what is written of each row, dropped or not: 'id,name', or '*' for all.",
        rich_help_panel=WRITTEN,
    ),
]
Time = Annotated[
    str | None,
    typer.Option(
        "--time", help="The column with the time of each row: the file is a series.", rich_help_panel=OWN
    ),
]
SeriesColumn = Annotated[
    str | None,
    typer.Option(
        "--series", help="With --time: the column that tells several series apart.", rich_help_panel=OWN
    ),
]
Labels = Annotated[
    Path | None,
    typer.Option(
        help="The file that `recommend --ask` wrote, filled in: 0 or 1, normal or anomaly, or empty.",
        rich_help_panel=OWN,
    ),
]
AllNormal = Annotated[
    bool,
    typer.Option(
        "--all-normal",
        help="All rows are known to be normal: anomalies are sought in other files.",
        rich_help_panel=OWN,
    ),
]
Missing = Annotated[
    str,
    typer.Option(
        metavar="WHAT",
        help="What becomes of missing numbers: 'impute', their column's median, or 'indicate', that and a "
        "column that says so.",
        rich_help_panel=OWN,
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="For whatever draws random numbers.")]


def _dialect(
    sep: Annotated[
        str | None,
        typer.Option(
            help="What separates cells: one character, 'tab', or 'space' for any number of blanks.",
            rich_help_panel=PANEL,
        ),
    ] = None,
    decimal: Annotated[
        str | None,
        typer.Option(help="What stands before decimals: '.' or ','.", metavar="SIGN", rich_help_panel=PANEL),
    ] = None,
    thousands: Annotated[
        str | None,
        typer.Option(
            help="What stands between thousands: . , ' _ or 'space'.", metavar="SIGN", rich_help_panel=PANEL
        ),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(help="UTF-8 if left out; often cp1252 or latin-1.", rich_help_panel=PANEL),
    ] = None,
    header: Annotated[
        bool | None,
        typer.Option(
            "--header/--no-header",
            help="Whether the first line names the columns; if not, they are called 1, 2 and so on.",
            rich_help_panel=PANEL,
        ),
    ] = None,
    empty: Annotated[
        str | None,
        typer.Option(
            help="Values that stand for an empty cell in any column: '-999,unknown'.",
            metavar="VALUES",
            rich_help_panel=PANEL,
        ),
    ] = None,
) -> None:
    """The options that make a dialect."""


def reads_a_file(command: Callable[..., None]) -> Callable[..., None]:
    """A verb that takes the options of how a file is written, too, and is given them as ``dialect``.

    The file is what its parameter ``file`` or ``data`` names. What the command line leaves out of these
    options, and of the verb's own that `bench.toml` may have, is as that says; an empty text takes it back.
    """
    own, added = (inspect.signature(each).parameters for each in (command, _dialect))
    hints = get_type_hints(command, localns={"Dialect": object}, include_extras=True)
    hints |= get_type_hints(_dialect, include_extras=True)
    taken = [name for name in (*own, *added) if name != "dialect"]
    name_of_verb = command.__module__.rpartition(".")[2]

    @wraps(command)
    def verb(**given: Any) -> None:
        file = given.get("file") or given.get("data")
        repeated = {} if file is None else _repeated(name_of_verb, file, given)
        meant = {**given, **repeated}
        meant |= {name: None for name in KINDS if meant.get(name) == ""}
        said = {name: meant.pop(name) for name in added}
        command(**meant, dialect=_dialect_of(file, said, repeated))

    parameters = [{**own, **added}[name].replace(annotation=hints[name]) for name in taken]
    verb.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    verb.__annotations__ = {name: hints[name] for name in taken}
    return verb


def _repeated(verb: str, file: Path, given: dict[str, Any]) -> dict[str, Any]:
    """The options of ``bench.toml`` that a verb has and the command line leaves out; says which they are.

    Those that would do nothing are no matter: the file is for several verbs.
    """
    found = repeated_for(file)
    if found is None:
        return {}
    used = {name: value for name, value in found.options.items() if name in given and given[name] is None}
    for name, other in GO_WITH.items():
        if other in found.options and other not in used:
            used.pop(name, None)
    for name in ignored(verb, {**given, **used}):
        used.pop(name, None)
    if used:
        shown = ", ".join(f"{name} = {value!r}" for name, value in used.items())
        say_note(f"options from {found.file}: {shown}")
    return used


def _dialect_of(file: Path | None, said: dict[str, Any], repeated: dict[str, Any]) -> Dialect | None:
    """The dialect that the options make; of what is repeated, only what is about the file's format. None
    where there is no file and nothing is said: planning waits for no numerical library.
    """
    if file is None and all(value is None for value in said.values()):
        return None

    from bench.tables import Dialect
    from bench.tables.formats import fitted

    of_many = Dialect.of({name: said[name] for name in said if name in repeated})
    of_one = Dialect.of({name: said[name] for name in said if name not in repeated})
    return of_one if file is None or not of_many.given() else fitted(file, of_one, of_many)
