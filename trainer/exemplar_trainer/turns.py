"""Places that are given out in the order in which they were asked for."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LOOK_SECONDS = 0.25


class GaveUp(Exception):
    """Whoever waited does not wait any more."""


class Turns:
    """`places` may be held at once. A plain lock would go again and again to the thread that gives it back."""

    def __init__(self, places: int = 1) -> None:
        self._guard, self._free, self._waiting = threading.Lock(), places, deque[threading.Event]()

    @contextmanager
    def taken(self, is_gone: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Hold a place, waiting for it as long as `is_gone` says no; raises GaveUp when it says yes."""
        self.take(is_gone)
        try:
            yield
        finally:
            self.give_back()

    def take(self, is_gone: Callable[[], bool] = lambda: False) -> None:
        with self._guard:
            if self._free:
                self._free -= 1
                return
            called = threading.Event()
            self._waiting.append(called)
        while not called.wait(_LOOK_SECONDS):
            if is_gone() and self._leave(called):
                raise GaveUp

    def give_back(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1

    def _leave(self, called: threading.Event) -> bool:
        """False when the place came while we were about to leave: it is ours and has to be given back."""
        with self._guard:
            if called.is_set():
                return False
            self._waiting.remove(called)
            return True
