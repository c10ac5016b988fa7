"""Which options go together, of the verbs that read a person's own file: what would do nothing is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.api._parsing import check_folder
from bench.errors import BenchError

Given = Mapping[str, object]


@dataclass(frozen=True)
class Rule:
    """``option`` does nothing beside ``other``, or where ``needed`` without it; ``said`` says so."""

    option: str
    other: str
    said: str
    needed: bool = False

    def refuses(self, given: Given) -> bool:
        """Whether the option is given, and would do nothing."""
        return bool(given.get(self.option)) and bool(given.get(self.other)) != self.needed


def _needs(option: str, other: str, said: str) -> Rule:
    return Rule(option, other, said, needed=True)


_NORMAL = _needs("normal", "label", "--normal is a value of the column of labels; name that with --label")
_OWN_FILE = ("label", "normal", "drop", "time", "series", "sep", "decimal", "thousands", "encoding", "header",
             "no-header", "empty")  # fmt: skip
# "data": of each verb that takes --data FILE.
RULES: Mapping[str, Sequence[Rule]] = {
    "recommend": (
        _NORMAL,
        _needs("series", "time", "--series is of a file with times; name their column with --time"),
        Rule("all-normal", "ask", "--all-normal is of a table that needs no labels; leave it out, or --ask"),
        Rule(
            "all-normal", "time", "--all-normal is of a table that needs no labels; leave it out, or --time"
        ),
        Rule("save", "time", "a model of a series cannot be saved; leave out --save, or --time"),
        Rule("page", "time", "a page is made of a table, not of a series; leave out --page, or --time"),
        Rule(
            "keep",
            "time",
            "--keep copies columns of rows, and of a series ranges are written; leave it out, or --time",
        ),
        Rule(
            "missing",
            "time",
            "--missing indicate adds columns to a table, and with --time missing numbers become the last one "
            "before them; leave out one of the two",
        ),
    ),
    "fit": (
        _NORMAL,
        _needs(
            "plugins",
            "detector",
            "--plugins has detectors that are fitted where --detector names one; add that, or leave out "
            "--plugins",
        ),
    ),
    "score": (_NORMAL,),
    "data": (
        _needs(
            "series",
            "time",
            "--series tells the series of a file apart; name the column of time with --time COLUMN",
        ),
        *(
            _needs(option, "data", f"--{option} is about a file of your own; give it with --data FILE")
            for option in _OWN_FILE
        ),
    ),
    "run": (
        *(
            Rule(option, "data", "--data is run by itself; leave out --suite and --datasets")
            for option in ("suite", "datasets")
        ),
        Rule("share", "data", "--share is a part of many datasets, and --data is one; leave out --share"),
        Rule(
            "data-dir",
            "data",
            "--data-dir is of datasets that have a name, and --data is a file; leave out one of both",
        ),
        Rule("all", "detectors", "--all is every detector, and --detectors are some; leave out one of both"),
        *(
            Rule(
                option,
                "until-resolved",
                "--until-resolved goes on from what has finished; leave out --retry and --fresh",
            )
            for option in ("retry", "fresh")
        ),
        Rule(
            "retry", "fresh", "--fresh runs everything anew, so that --retry adds nothing; leave out --retry"
        ),
        _needs("alpha", "until-resolved", "--alpha is of --until-resolved; add that, or leave out --alpha"),
    ),
}  # fmt: skip


def check_together(verb: str, given: Given) -> None:
    """Refuse options of a verb that would do nothing, and a column that is to be two things.

    given: options by their names; what is not given, or is as it would be then, is None, False or empty.
    Raises BenchError.
    """
    for rule in _broken(verb, given):
        raise BenchError(rule.said)
    roles: dict[object, str] = {}
    for option in ("label", "time", "series", "drop"):
        named = given.get(option)
        for column in named if isinstance(named, list | tuple) else [named] if named else []:
            if roles.setdefault(column, option) != option:
                raise BenchError(
                    f"column {column!r} is named by --{roles[column]} and by --{option}; leave it out of one"
                )


def ignored(verb: str, given: Given) -> list[str]:
    """The options of a verb that would do nothing beside others that are given."""
    return [rule.option for rule in _broken(verb, given)]


def _broken(verb: str, given: Given) -> Iterator[Rule]:
    return (rule for rule in RULES.get(verb, ()) if rule.refuses(given))


def check_written(read: Mapping[str, Path | None], written: Mapping[str, Path | None]) -> None:
    """Refuse a file to write that is read or written as another, or whose folder is not there.

    read, written: files by what they are. Raises BenchError before anything is computed.
    """
    from bench.tables.places import file_of

    taken = {_place(file_of(file)): what for what, file in read.items() if file is not None}
    for option, file in written.items():
        if file is not None:
            check_folder(file)
            other = taken.setdefault(_place(file), f"that of {option}")
            if other != f"that of {option}":
                raise BenchError(f"{option} names the file {str(file)!r}, which is {other}; name another one")


def _place(file: Path) -> Path:
    """Where a file is; of a name that no file can have, the name."""
    try:
        return file.resolve()
    except (OSError, RuntimeError, ValueError):
        return file
