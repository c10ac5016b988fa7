from __future__ import annotations

import os
import subprocess
import sys

CODE = """
import sys
from bench import LibraryDetector
detector = LibraryDetector("pyod.models.hbos.HBOS", 1, {})
import numpy as np
model = detector.wrapped_class().fit(np.random.default_rng(0).normal(size=(50, 2)))
print([float(x) for x in model.decision_scores_])
functions = [f for f in vars(sys.modules["pyod.models.hbos"]).values() if hasattr(f, "stats")]
print(sum(sum(f.stats.cache_hits.values()) for f in functions), file=sys.stderr)
"""


def test_what_a_library_compiles_is_there_for_the_next_process(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    first, second = (
        subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True)
        for _ in range(2)
    )
    assert first.stderr.split()[-1] == "0", first.stderr
    assert int(second.stderr.split()[-1]) > 0, second.stderr
    assert first.stdout == second.stdout
