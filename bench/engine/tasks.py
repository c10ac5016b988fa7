"""What a pool gives its workers to do, and the ends that this may come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from bench.trials.record import Status


@dataclass(frozen=True)
class Task:
    """A module-level function to call in a worker with some arguments, for ``timeout`` seconds at most.

    quick: whether it takes no longer than a worker would wait for it, so that it may be sent beforehand.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    timeout: float | None = None
    quick: bool = False


class Ended(NamedTuple):
    """How a task ended that returned nothing."""

    status: Status
    reason: str


class Died(Ended):
    """How a task ended whose process did, by itself or because it was stopped."""


class Final(NamedTuple):
    """What a task returns after which its worker is not to be used again."""

    value: Any


class Stop(NamedTuple):
    """What a task returns that cannot go on for a reason that is nobody's but the machine's."""

    reason: str
