"""Detectors that misbehave, one way each, among honest ones whose records must not change."""
# ruff: noqa: E501 - a fault is a line

from __future__ import annotations

from textwrap import indent
from typing import Any

from faults.campaign import Campaign, Place, place, twice

# What each does in fit(), or with ``score:`` before it, what its score() does instead.
FAULTS = {
    "wrong shape": "score: return X",
    "too few scores": "score: return X[1:, 0]",
    "no scores": "score: return None",
    "not a number": "score: return np.full(len(X), np.nan)",
    "infinite": "score: return np.full(len(X), np.inf)",
    "constant": "score: return np.ones(len(X))",
    "a generator": "score: return (x for x in X[:, 0])",
    "objects": "score: return np.array([object()] * len(X))",
    "texts": "score: return ['high'] * len(X)",
    "complex": "score: return X[:, 0] * 1j",
    "masked": "score: return np.ma.masked_all(len(X))",
    "a reused buffer": "score: self.b = getattr(self, 'b', np.zeros(10**5)); self.b[:len(X)] = X[:, 0]; return self.b[:len(X)]",
    "overwrites its rows": "score: s = X[:, 0].copy(); X[:] = np.nan; return s",
    "raises": "raise ValueError('not today')",
    "raises without end": "raise ValueError('x' * 10**7)",
    "raises half a surrogate": "raise ValueError(chr(0xD800) + chr(0) + chr(27))",
    "raises SystemExit": "raise SystemExit(3)",
    "raises KeyboardInterrupt": "raise KeyboardInterrupt",
    "raises GeneratorExit": "raise GeneratorExit",
    "raises what cannot be shown": "class E(Exception):\n    def __str__(self): raise self\nraise E",
    "os._exit": "os._exit(0)",
    "os.abort": "os.abort()",
    "reads address 0": "import ctypes; ctypes.string_at(0)",
    "kills its process": "os.kill(os.getpid(), 9)",
    "stops its process": "os.kill(os.getpid(), 19)",
    "loops": "while True: pass",
    "sleeps": "time.sleep(3600)",
    "waits in C": "import ctypes; ctypes.PyDLL(None).sleep(3600)",
    "eats memory": "kept = []\nwhile True: kept.append(bytearray(b'x') * 2**26)",
    "a child eats memory": (
        "subprocess.run([sys.executable, '-c', "
        "\"kept = []\\nwhile True: kept.append(bytearray(b'x') * 2**26)\"])"
    ),
    "prints": "print('hello')",
    "prints without end": "[print('x' * 10**6) for _ in range(100)]",
    "writes to descriptors 1 and 2": "os.write(1, b'x' * 10**6); os.write(2, b'x' * 10**6)",
    "forks": "if os.fork() == 0: return\nif os.fork() == 0: time.sleep(3600)",
    "a daemon": "subprocess.Popen(['sleep', '3600'], start_new_session=True)",
    "a daemon without environment": "subprocess.Popen(['/bin/sleep', '3600'], start_new_session=True, env={})",
    "a thread": "threading.Thread(target=time.sleep, args=(3600,)).start()",
    "closes stdout": "sys.stdout.close(); sys.stdin.close()",
    "closes all descriptors": "os.closerange(0, 256)",
    "writes to all descriptors": (
        "for n in range(3, 64):\n    with contextlib.suppress(OSError): os.write(n, b'\\x00\\x00\\x00\\x05hello')"
    ),
    "removes its folder": "shutil.rmtree(os.environ['TMPDIR']); os.chdir('/')",
    "fills its folder": "[open(os.path.join(os.environ['TMPDIR'], str(i)), 'wb').write(bytes(10**6)) for i in range(50)]",
    "replaces the metrics": "import bench.evaluation.metrics as m\nm.METRICS.clear(); m.evaluate = lambda *_: {}",
    "replaces numpy": "np.array = lambda *a, **k: None; np.isfinite = lambda x: True",
    "recursion": "sys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
    "warnings are errors": "warnings.simplefilter('error'); np.seterr(all='raise'); os.environ.clear()",
    "reads standard input": "sys.stdin.read(); input()",
    "lowers its limits": "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8)); os.nice(19)",
}
HEADER = """
import contextlib, os, shutil, subprocess, sys, threading, time, warnings

import numpy as np

from bench import detector


class Base:
    def fit(self, train):
        pass

    def score(self, X):
        return X[:, 0] - X[:, 1]

"""
HONEST = '''
@detector
class Honest{place}(Base):
    """Its scores are always the same."""

'''
EACH = 6  # honest ones stand among so many of the others


def source(faults: dict[str, str]) -> str:
    """A plugin file with these faults, and honest detectors among them in the order of their names."""
    parts = [HEADER]
    for number, (name, body) in enumerate(faults.items()):
        method, arguments = "fit", "self, train"
        if body.startswith("score: "):
            method, arguments, body = "score", "self, X", body.removeprefix("score: ")
        lines = indent(body, " " * 8)
        parts.append(
            f'@detector(name="d{number:02}_fault")\nclass Fault{number:02}(Base):\n    """Fault: {name}."""\n'
            f"    def {method}({arguments}):\n{lines}\n\n\n"
        )
        if number % EACH == EACH - 1:
            parts.append(
                HONEST.format(place=number).replace("@detector", f'@detector(name="d{number:02}_honest")')
            )
    return "".join(parts) + HONEST.format(place="").replace("@detector", '@detector(name="z_honest")')


def detectors(cases: int = len(FAULTS)) -> Campaign:
    """All of them in one run of two workers; then the honest ones in one of their own."""
    campaign = Campaign("detectors")
    faults = dict(list(FAULTS.items())[:: max(1, len(FAULTS) // cases)][:cases])
    campaign.cases = len(faults)
    with place() as here:
        folder = here.plugin("faulty", source(faults))
        done = here.bench(*_words(folder, "d*", "z_honest", name="faulty"))
        campaign.check_words("the run", done, (0,))
        here.check_clean(campaign, "the run")
        found = here.records()
        _check_all_there(campaign, faults, found)
        here.bench(*_words(folder, "z_honest", name="honest"), "--fresh")
        _check_honest(campaign, found, here)
        for verb in (("report",), ("status", "--suite", "quick")):
            campaign.check_words(verb[0], here.bench(*verb))
    return campaign


def _words(folder: str, *chosen: str, name: str) -> tuple[str, ...]:
    named = [word for each in chosen for word in ("--detectors", each)]
    return ("run", "--suite", "quick", *named, "--datasets", "breast_cancer", "--regimes", "unsupervised",
            "--plugins", folder, "--seeds", "1", "--jobs", "2", "--timeout", "8", "--memory", "1200M",
            "--name", name)  # fmt: skip


def _check_all_there(campaign: Campaign, faults: dict[str, str], found: list[dict[str, Any]]) -> None:
    names = [record["detector"]["name"] for record in found]
    for number, fault in enumerate(faults):
        if names.count(f"d{number:02}_fault") != 1:
            campaign.lose(fault, f"{names.count(f'd{number:02}_fault')} records")
    if twice([str(record["key"]) for record in found]):
        campaign.lose("all", "a record is there twice")


def _check_honest(campaign: Campaign, found: list[dict[str, Any]], here: Place) -> None:
    [alone] = [record for record in here.records() if record not in found]
    for record in found:
        name = record["detector"]["name"]
        if name.endswith("honest") and record["metrics"] != alone["metrics"]:
            campaign.lose(
                name, f"its record is {record['status']} ({record['reason']}), and other than alone"
            )
