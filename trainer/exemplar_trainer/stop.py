"""Being asked to stop: SIGTERM, SIGUSR1 or a file `stop` in the run directory."""

import os
import signal
from pathlib import Path

from .errors import EXIT_SECOND_TERM, Stopped


class StopRequest:
    """Remembers that somebody wants the run to stop; the training loop asks at every step.

    The stop file holds `checkpoint` or `cancel`; both save and leave with exit 75, the word only goes into the
    events. A second SIGTERM leaves at once, saving nothing.
    """

    def __init__(self, run_dir: Path) -> None:
        self._file = run_dir / "stop"
        self._reason: str | None = None
        self._terms = 0

    def listen(self) -> None:
        signal.signal(signal.SIGTERM, self._on_term)
        signal.signal(signal.SIGUSR1, lambda *_: self._ask("SIGUSR1"))

    def _on_term(self, *_: object) -> None:
        self._terms += 1
        if self._terms > 1:
            os._exit(EXIT_SECOND_TERM)
        self._ask("SIGTERM")

    def _ask(self, reason: str) -> None:
        self._reason = self._reason or reason

    @property
    def reason(self) -> str | None:
        """`SIGTERM`, `SIGUSR1`, `checkpoint` or `cancel`; None while nobody asked."""
        if self._reason is None and self._file.exists():
            try:
                word = self._file.read_text(encoding="utf-8").strip()
            except OSError:
                word = ""
            self._reason = word if word == "cancel" else "checkpoint"
        return self._reason

    def settle(self) -> None:
        """Remove the stop file once it was obeyed, or the next attempt here would stop at its first step."""
        self._file.unlink(missing_ok=True)

    def raise_if_asked(self) -> None:
        """For the time before the first step, when there is nothing to save yet."""
        if self.reason:
            raise Stopped(f"stopped before the first step ({self.reason}); there is no new checkpoint")
