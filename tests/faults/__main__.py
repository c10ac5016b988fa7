"""``make faults``: run the campaigns and print the table.

``python -m faults [NAME ...]`` with ``tests`` and ``tests/helpers`` on the path runs those named. The exit
code is 1 where anything was lost or left.
"""

from __future__ import annotations

import sys
import time

from faults.detectors import detectors
from faults.disk import full_disk
from faults.inputs import label_files, stores, suites
from faults.kills import driver_kills, worker_kills

CAMPAIGNS = {
    "driver-kills": driver_kills,
    "worker-kills": worker_kills,
    "damaged-stores": stores,
    "suites": suites,
    "label-files": label_files,
    "detectors": detectors,
    "full-disk": full_disk,
}
HEADING = (
    "| campaign | cases | lost | tracebacks | hangs | temporary folders left | processes left |\n"
    "|:--|--:|--:|--:|--:|--:|--:|"
)


def main(names: list[str]) -> int:
    """Run campaigns, print a row of the table for each, and then what went wrong."""
    print(HEADING)
    failed, notes = False, []
    for name in names or CAMPAIGNS:
        start = time.monotonic()
        done = CAMPAIGNS[name]()
        counts = (done.cases, done.lost, done.tracebacks, done.hangs, done.folders, done.processes)
        title = f"{done.name} (left out: {done.skipped})" if done.skipped else done.name
        print(f"| {title} | " + " | ".join(map(str, counts)) + " |", flush=True)
        print(f"{done.name}: {time.monotonic() - start:.0f} s", file=sys.stderr)
        failed |= done.failed
        notes += done.notes
    if notes:
        print()
    for note in notes:
        print(f"- {note}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
