"""Downloading a file: checked by sha256, continued where it broke off, in its place whole or not at all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.data.folders import unwritable
from bench.errors import BenchError

# What has not filled a piece when a connection drops is lost, so pieces are small.
PIECE = 4096
# Seconds to wait for a connection, and for the next piece.
TIMEOUT = (10, 30)

Seen = Callable[[int], None]


class UnreachableError(BenchError):
    """A server cannot be reached, so that there is no point in asking it for more."""


def fetch(url: str, file: Path, *, size: int, sha256: str, seen: Seen = lambda _: None) -> None:
    """Download a file to ``file`` unless it is there with the right checksum.

    ``seen`` is called with how many bytes are here. Raises UnreachableError without a network, and BenchError
    for an address that has no such file, a connection that keeps dropping, and a wrong checksum; a file
    with a wrong checksum is deleted, a part of a file is kept and continued by the next call.
    """
    import pooch
    from filelock import FileLock, Timeout

    # pooch reports each download on standard error; here the caller does.
    pooch.get_logger().setLevel(logging.ERROR)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file.parent / ".lock", timeout=0):
            pooch.retrieve(
                url,
                f"sha256:{sha256}",
                fname=file.name,
                path=file.parent,
                downloader=_Download(file.with_name(f"{file.name}.part"), size, seen),
            )
    except Timeout:
        raise BenchError(f"another process is fetching into {file.parent}; wait until it is done") from None
    except ValueError:
        raise BenchError(
            f"{file.name} from {_server(url)} has the wrong checksum and was deleted; fetch it again, and "
            "if that does not help, do not use that server"
        ) from None
    except OSError as error:
        raise unwritable(file.parent, error) from None


@dataclass(frozen=True)
class _Download:
    """Downloads for pooch by way of ``part``, which outlives a connection that drops."""

    part: Path
    size: int
    seen: Seen

    def __call__(self, url: str, output_file: str, _pooch: Any) -> None:
        here = self.part.stat().st_size if self.part.exists() else 0
        while here < self.size:
            before, here = here, self._continue(url, here)
            if here <= before:
                raise BenchError(
                    f"{urlsplit(url).path.rpartition('/')[2]}: the connection to {_server(url)} broke off "
                    f"after {here} of {self.size} bytes; run it again to go on from there"
                )
        self.part.replace(output_file)

    def _continue(self, url: str, here: int) -> int:
        """Add what the server sends from byte ``here`` on; returns how many bytes are here then."""
        import requests

        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={here}-"} if here else {})
        try:
            response = requests.get(url, headers=headers, stream=True, timeout=TIMEOUT)
        except requests.RequestException:
            raise UnreachableError(
                f"{_server(url)} cannot be reached; connect to the network and run it again, or give a "
                "folder that has the files with --data-dir"
            ) from None
        if not response.ok:
            raise BenchError(
                f"{url} cannot be fetched: {response.status_code} {response.reason}; try again later, or "
                "name a mirror: BENCH_DATA_URL for ADBench, BENCH_GITHUB_URL for all others"
            )
        # A server that knows no ranges sends the whole file again.
        here = here if response.status_code == requests.codes.partial_content else 0
        with response, self.part.open("ab" if here else "wb") as file, suppress(requests.RequestException):
            for piece in response.iter_content(PIECE):
                file.write(piece)
                here += len(piece)
                self.seen(here)
                if here > self.size:  # not the file that is meant: the checksum will say so
                    break
        return here


def _server(url: str) -> str:
    return urlsplit(url).netloc or url
