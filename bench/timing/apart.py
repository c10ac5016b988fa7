"""A process of its own for what is timed, so that it can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.engine.pool import WorkerPool
from bench.engine.tasks import Task


class ProcessApart:
    """Calls functions in another process, one at a time, and ends it where a call runs into a limit.

    initializer: what the process calls first, with ``initargs``. limit: seconds for a call, or None. memory:
    bytes at which the process is stopped, or None.
    """

    def __init__(
        self,
        initializer: Callable[..., None],
        initargs: tuple[Any, ...],
        limit: float | None,
        memory: int | None,
    ) -> None:
        self._limit = limit
        self._task: Task | None = None
        self._results = WorkerPool(1, initializer, initargs, memory).run(self._next_task)

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What a function at the top of a module returns there, or an `Ended`."""
        self._task = Task(function, arguments, self._limit)
        _, result = next(self._results)
        return result

    def close(self) -> None:
        """End the process."""
        self._results.close()

    def _next_task(self) -> Task | None:
        task, self._task = self._task, None
        return task
