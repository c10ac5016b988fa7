"""What the command line prints: tables, and what verbs there are."""

from __future__ import annotations

import io
import re
import subprocess
import sys

import pytest
from rich.console import Console

from bench.cli._app import command_line
from bench.cli._output import table
from bench.cli._overview import PROGRAM, print_overview

HEADERS = ("detector", "F1", "what it is")
ROWS = [
    ("knn", "0.9", "Distance to a neighbour: [bold]no markup[/], and 'quoted'."),
    ("Größe 中文", "0.25", ""),
    ("a\x1b[31mb", "–", "ends in blanks  "),
]


def printed(what, width, **options):
    """Its lines, without styles and without blanks at the end."""
    out = io.StringIO()
    Console(file=out, width=width, highlight=False, markup=False, emoji=False, **options).print(what)
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()).splitlines()]


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("rows", [ROWS, [*ROWS, ("two", "1", "lines\nin a cell")], []])
@pytest.mark.parametrize("width", [200, 40])
def test_a_table_is_as_rich_would_print_it(rows, width, terminal):
    built = table(HEADERS, rows, right=(1,))
    found = printed(built, width, force_terminal=terminal)
    assert found == printed(built._folded(), width, force_terminal=terminal)
    assert found[0].split() == [*HEADERS[:2], "what", "it", "is"]


def test_a_table_that_fits_waits_for_no_table_of_rich(bench_environment):
    script = (
        "import sys; from bench.cli._output import console, table\n"
        "console().print(table(['a', 'b'], [['1', 'x']] * 9))\n"
        "assert 'rich.table' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=bench_environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["a  b", *["1  x"] * 9]


@pytest.mark.parametrize("width", ["80", "130"])
def test_the_overview_is_what_typer_prints(monkeypatch, capsys, width):
    monkeypatch.setenv("COLUMNS", width)
    print_overview()
    found = capsys.readouterr().out
    command_line()(["--help"], prog_name=PROGRAM, standalone_mode=False)
    assert found.rstrip() == capsys.readouterr().out.rstrip()


def test_the_end_of_a_command_looks_through_nothing_for_garbage(bench_environment, tmp_path):
    script = (
        "import atexit, gc, sys; from bench.cli import main\n"
        "atexit.register(lambda: print('left:', len(gc.get_objects())))\n"  # called last
        "sys.argv = ['bench', '--version']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=bench_environment, capture_output=True, text=True
    )
    assert int(done.stdout.rpartition("left:")[2]) < 1000, done.stderr
