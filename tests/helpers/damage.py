"""Damage to the folder of a run: what a crash, a disk, a person or a sender may do to it.

`variants` gives each kind of damage with its name. Each changes a folder in place, packed or not; what it
spoils is the second record, if it is about one, so that others are left.
"""

from __future__ import annotations

import json
import lzma
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Damage = Callable[[Path], None]

FILES = ("run.json", "trials.jsonl", "scores.f64", "labels.i8")


def variants() -> list[tuple[str, Damage]]:
    """Each kind of damage, by its name."""
    return [*_of_files(), *_of_bytes(), *_of_packed(), *_of_lines(), *_of_values(), *_of_info()]


def content(folder: Path, name: str) -> bytes:
    """What a file of a run holds, packed or not."""
    packed = folder / f"{name}.xz"
    return lzma.decompress(packed.read_bytes()) if packed.exists() else (folder / name).read_bytes()


def replace(folder: Path, name: str, data: bytes) -> None:
    """Write a file of a run, packed if it was."""
    packed = folder / f"{name}.xz"
    if packed.exists():
        packed.write_bytes(lzma.compress(data))
    else:
        (folder / name).write_bytes(data)


def present(folder: Path, name: str) -> Path:
    """The file of a run as it lies there."""
    packed = folder / f"{name}.xz"
    return packed if packed.exists() else folder / name


def _of_files() -> Iterator[tuple[str, Damage]]:
    """A file is gone, empty, or something else."""

    def gone(name: str) -> Damage:
        return lambda folder: present(folder, name).unlink()

    def empty(name: str) -> Damage:
        return lambda folder: present(folder, name).write_bytes(b"")

    def a_folder(name: str) -> Damage:
        def damage(folder: Path) -> None:
            present(folder, name).unlink()
            (folder / name).mkdir()

        return damage

    def a_loop(name: str) -> Damage:
        def damage(folder: Path) -> None:
            present(folder, name).unlink()
            (folder / name).symlink_to(folder / name)

        return damage

    def a_pipe(name: str) -> Damage:
        def damage(folder: Path) -> None:
            present(folder, name).unlink()
            os.mkfifo(folder / name)

        return damage

    for name in FILES:
        yield f"{name} is gone", gone(name)
        yield f"{name} is empty", empty(name)
        yield f"{name} is a folder", a_folder(name)
        yield f"{name} is a link to itself", a_loop(name)
        yield f"{name} is a pipe", a_pipe(name)

    def emptied(folder: Path) -> None:
        shutil.rmtree(folder)
        folder.mkdir()

    yield "the folder is empty", emptied


def _of_bytes() -> Iterator[tuple[str, Damage]]:
    """Bytes of a file are cut off, flipped, added or overwritten."""

    def changed(name: str, change: Callable[[bytes], bytes]) -> Damage:
        return lambda folder: replace(folder, name, change(content(folder, name)))

    for name in FILES:
        yield f"{name} is cut in the middle", changed(name, lambda data: data[: len(data) // 2])
        yield f"{name} lacks its last byte", changed(name, lambda data: data[:-1])
        yield f"{name} has a byte too many", changed(name, lambda data: data + b"\x07")
        yield f"{name} has NULs in it", changed(name, lambda data: _over(data, len(data) // 2, bytes(64)))
        yield f"{name} is all NULs", changed(name, lambda data: bytes(len(data)))
        yield f"{name} is noise", changed(name, lambda data: bytes(i * 89 % 251 for i in range(len(data))))
        yield f"{name} has flipped bits", changed(name, lambda data: _flipped(data, len(data) // 3))
        yield f"{name} ends in NULs", changed(name, lambda data: data + bytes(4096))
        yield f"{name} is there twice over", changed(name, lambda data: data + data)
    yield (
        "run.json has a field that is not UTF-8",
        changed("run.json", lambda data: b'{"\xff": 1, ' + data[1:]),
    )
    yield "trials.jsonl has one line of 4 MB", changed("trials.jsonl", lambda data: b"x" * 4_000_000 + data)
    yield "trials.jsonl has 5 000 bad lines", changed("trials.jsonl", lambda data: b"{\n" * 5_000 + data)
    yield "trials.jsonl has a byte order mark", changed("trials.jsonl", lambda data: b"\xef\xbb\xbf" + data)
    yield "trials.jsonl is in UTF-16", changed("trials.jsonl", lambda data: data.decode().encode("utf-16"))
    yield "trials.jsonl ends its lines by CR LF", changed("trials.jsonl", lambda d: d.replace(b"\n", b"\r\n"))
    yield "trials.jsonl is on one line", changed("trials.jsonl", lambda data: data.replace(b"\n", b""))
    yield "run.json has a byte order mark", changed("run.json", lambda data: b"\xef\xbb\xbf" + data)


def _over(data: bytes, at: int, written: bytes) -> bytes:
    return data[:at] + written[: len(data) - at] + data[at + len(written) :]


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :] if data else data


def _of_packed() -> Iterator[tuple[str, Damage]]:
    """A packed file is no longer what xz made."""

    def packed(name: str, change: Callable[[bytes], bytes]) -> Damage:
        def damage(folder: Path) -> None:
            data = lzma.compress(content(folder, name))
            present(folder, name).unlink()
            (folder / f"{name}.xz").write_bytes(change(data))

        return damage

    for name in FILES[1:]:
        yield f"{name}.xz is cut in the middle", packed(name, lambda data: data[: len(data) // 2])
        yield f"{name}.xz is empty", packed(name, lambda data: b"")
        yield f"{name}.xz has flipped bits", packed(name, lambda data: _flipped(data, len(data) // 2))
        yield f"{name}.xz is not of xz", packed(name, lambda data: b"PK\x03\x04" + data)
        yield f"{name}.xz has noise behind it", packed(name, lambda data: data + b"noise" * 40)


def _of_lines() -> Iterator[tuple[str, Damage]]:
    """The second line of the records is not what a line is."""

    def line(change: Callable[[bytes], bytes]) -> Damage:
        def damage(folder: Path) -> None:
            first, second, *rest = content(folder, "trials.jsonl").splitlines(keepends=True)
            replace(folder, "trials.jsonl", b"".join([first, change(second), *rest]))

        return damage

    yield "a record is cut in the middle", line(lambda data: data[: len(data) // 2] + b"\n")
    yield "a record is there twice", line(lambda data: data + data)
    yield "a record is on two lines", line(lambda data: data.replace(b', "', b',\n "', 1))
    yield "two records are on one line", line(lambda data: data[:-1])
    yield "a record is an empty line", line(lambda data: b"\n")
    yield "a record is a number", line(lambda data: b"7\n")
    yield "a record is a list", line(lambda data: b"[]\n")
    yield "a record is an empty object", line(lambda data: b"{}\n")
    yield "a record is nested deeply", line(lambda data: b"[" * 50_000 + b"]" * 50_000 + b"\n")
    deep = b'{"a":' * 9_000 + b"1" + b"}" * 9_000
    yield (
        "a record has parameters nested deeply",
        line(lambda data: data.replace(b'"params": {', b'"params": {"deep": ' + deep + b",", 1)),
    )
    yield "a record has a NaN", line(lambda data: _token(data, b"NaN"))
    yield "a record has an Infinity", line(lambda data: _token(data, b"-Infinity"))
    yield "a record has a number without end", line(lambda data: _token(data, b"9" * 5_000))
    yield "a record has 1e999", line(lambda data: _token(data, b"1e999"))
    yield "a record is not UTF-8", line(lambda data: data.replace(b'"reason": "', b'"reason": "\xff\xfe', 1))
    yield "a record has a field that is not UTF-8", line(lambda data: b'{"\xff": 1, ' + data[1:])
    yield (
        "a record has half a surrogate",
        line(lambda data: data.replace(b'"reason": "', b'"reason": "\\ud800', 1)),
    )


def _token(data: bytes, token: bytes) -> bytes:
    """The record with a token in place of its seed."""
    before, _, after = data.partition(b'"seed": ')
    return before + b'"seed": ' + token + b"," + after.partition(b",")[2]


def _of_values() -> Iterator[tuple[str, Damage]]:
    """The second record says what cannot be."""
    for path, value in [
        ("status", "lost"),
        ("status", None),
        ("key", None),
        ("key", 5),
        ("question", ""),
        ("reason", 5),
        ("seed", -1),
        ("seed", 10**30),
        ("seed", 0.5),
        ("seed", "0"),
        ("regime", "both"),
        ("contamination", 1.5),
        ("contamination", "unknown"),
        ("detector", "knn"),
        ("detector.label", 5),
        ("detector.label", ""),
        ("detector.name", "gone_since"),
        ("detector.params", []),
        ("detector.params.n_neighbors", [[], {}]),
        ("dataset.label", None),
        ("dataset.params.size", "many"),
        ("metrics", []),
        ("metrics", {}),
        ("metrics.native", {}),
        ("metrics.native.f1", 8),
        ("metrics.native.f1", -0.5),
        ("metrics.native.f1", None),
        ("metrics.native.f1", "0.5"),
        ("metrics.ranking.roc_auc", 8),
        ("metrics.ranking.of_tomorrow", 8),
        ("metrics.of_tomorrow", {"f1": 0.5}),
        ("thresholds.native", "high"),
        ("costs", None),
        ("costs.fit_seconds", -2),
        ("costs.fit_seconds", 1e300),
        ("costs.score_seconds", "fast"),
        ("costs.peak_memory_bytes", -1),
        ("costs.peak_memory_bytes", 10**40),
        ("rows.test", -5),
        ("rows.test", 10**25),
        ("audit.test_in_train", 3),
        ("code", None),
        ("code.libraries", {"numpy": 2}),
        ("environment", "nowhere"),
        ("labels_used", -1),
        ("scores", {"offset": -8, "count": 3}),
        ("scores", {"offset": 0, "count": 10**15}),
        ("scores", {"offset": 10**15, "count": 3}),
        ("scores", {"offset": 3, "count": 3}),
        ("scores", {"offset": 0, "count": 0}),
        ("labels", {"offset": 0, "count": 10**9}),
        ("labels", {"offset": 0, "count": 1}),
        ("labels", None),
        ("version", -1),
        ("version", 10**9),
        ("written", "today"),
        ("written", -1e300),
        ("of_tomorrow", {"a": [1]}),
    ]:
        yield f"a record's {path} is {_short(value)}", _valued("trials.jsonl", path, value)


def _of_info() -> Iterator[tuple[str, Damage]]:
    """run.json says what cannot be."""
    for path, value in [
        ("format", 99),
        ("format", None),
        ("format", "1"),
        ("started", 5),
        ("started", "once"),
        ("suite", "quick"),
        ("suite.name", 5),
        ("suite.headline", "best"),
        ("plans", {}),
        ("plans", []),
        ("plans.0", 5),
        ("plans.0.seeds", "0"),
        ("plans.0.seeds", [-1]),
        ("plans.0.seeds", [10**30]),
        ("plans.0.cells", []),
        ("plans.0.cells.0.regime", "both"),
        ("plans.0.cells.0.detectors", [5]),
        ("plans.0.cells.0.contamination", -1),
        ("plans.0.references", "knn"),
        ("environments", []),
        ("environments", {}),
        ("policies", {"native": 5}),
        ("of_tomorrow", 1),
    ]:
        yield f"run.json's {path} is {_short(value)}", _valued("run.json", path, value)
    yield "run.json plans more than anyone runs", _planned_without_end
    yield "run.json is of another kind", lambda folder: replace(folder, "run.json", b'{"name": "a package"}')
    yield "run.json is a list", lambda folder: replace(folder, "run.json", b"[1, 2]")
    yield "run.json nests deeply", lambda folder: replace(folder, "run.json", b"[" * 100_000)


def _planned_without_end(folder: Path) -> None:
    document = json.loads(content(folder, "run.json"))
    document["plans"][0]["seeds"] = list(range(3_000))
    document["plans"][0]["cells"][0]["detectors"] *= 3_000
    replace(folder, "run.json", json.dumps(document).encode())


def _valued(name: str, path: str, value: Any) -> Damage:
    """Damage that sets a field, given by its path, of run.json or of the second record."""

    def damage(folder: Path) -> None:
        lines = content(folder, name).splitlines(keepends=True) if name != "run.json" else []
        document = json.loads(lines[1] if lines else content(folder, name))
        *above, last = path.split(".")
        inside = document
        for step in above:
            inside = inside[int(step)] if isinstance(inside, list) else inside.setdefault(step, {})
        inside[int(last) if isinstance(inside, list) else last] = value
        data = json.dumps(document).encode() + b"\n"
        replace(folder, name, b"".join([lines[0], data, *lines[2:]]) if lines else data)

    return damage


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:40]}..."
