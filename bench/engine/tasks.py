"""What a pool gives its workers to do, and the ends that this may come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from bench.trials.record import Status


@dataclass(frozen=True)
class Task:
    """A module-level function to call in a worker with some arguments, for ``timeout`` seconds at most."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    timeout: float | None = None


class Ended(NamedTuple):
    """How a task ended that returned nothing."""

    status: Status
    reason: str


class Final(NamedTuple):
    """What a task returns after which its worker is not to be used again."""

    value: Any


class Stop(NamedTuple):
    """What a task returns that cannot go on for a reason that is nobody's but the machine's."""

    reason: str
