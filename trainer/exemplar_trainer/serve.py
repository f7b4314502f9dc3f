"""`python -m exemplar_trainer.serve --dir D [--idle-seconds 900] [--memory-bytes N]`: answers from our own models.

Listens on 127.0.0.1, on a port of the system's choice. `D/serve.json` (mode 0600) says how to reach it:
`{pid, startTime, bootId, host, port, token}`; every request carries `Authorization: Bearer <token>`. `D/serve.lock` keeps it
to one server a folder: a second start exits with 73. It leaves by itself after `--idle-seconds` without a request.

- `GET /health` → `{"status": "ok", "device", "loaded": [{base, adapters, bytes}], "busy": bool}`
- `POST /generate` `{"base", "adapter", "messages", "maxNewTokens", "temperature", "seed"}` → newline-delimited JSON:
  `{"text": "piece"}` …, then `{"done": true, "finish": "stop" | "length", "tokens", "tokensPerSecond"}`, or
  `{"error", "cure", "code", "facts"}` at any point. Two are answered at once, token by token in turn; others wait in their order. Before the first line an error also has a 4xx or 5xx status.
"""

import argparse
import hmac
import json
import secrets
import signal
import sys
import threading
import time
from http.server import ThreadingHTTPServer
from pathlib import Path

from .environment import prepare_environment
from .errors import AlreadyRunning
from .files import FolderLock, write_json_atomically
from .model_pool import ModelPool
from .process_identity import describe_process
from .serve_handler import Handler


class GenerationServer(ThreadingHTTPServer):
    """One thread a connection; the pool lets two of them answer side by side, a token each in turn."""

    daemon_threads = True

    def __init__(self, token: str, pool: ModelPool) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pool, self._token = pool, token
        self._guard, self._active, self._last = threading.Lock(), 0, time.monotonic()

    def is_allowed(self, header: str | None) -> bool:
        return hmac.compare_digest((header or "").encode(), f"Bearer {self._token}".encode())

    def begin(self) -> None:
        with self._guard:
            self._active += 1

    def finish(self) -> None:
        with self._guard:
            self._active -= 1
            self._last = time.monotonic()

    @property
    def requests(self) -> int:
        """How many requests are being worked on, the asking one included."""
        return self._active

    def idle_seconds(self) -> float:
        with self._guard:
            return 0.0 if self._active else time.monotonic() - self._last


def main(arguments: list[str] | None = None) -> int:
    """Serve until idle or told to stop by SIGTERM or SIGINT; returns 0, or 73 when one already serves this folder."""
    parser = argparse.ArgumentParser(prog="exemplar_trainer.serve")
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--idle-seconds", type=float, default=900)
    parser.add_argument("--memory-bytes", type=int, help="bound for all weights in memory; default half of what is free")
    options = parser.parse_args(arguments)
    prepare_environment()
    folder = options.dir.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        lock = FolderLock(folder / "serve.lock")
    except AlreadyRunning as error:
        print(f"already running: {error}", file=sys.stderr)
        return error.exit_code
    token = secrets.token_urlsafe(32)
    pool = ModelPool(options.memory_bytes)
    # The turn is taken before anybody can ask: two threads that import transformers at once get half of it.
    pool.turn.take()
    server = GenerationServer(token, pool)
    for number in (signal.SIGTERM, signal.SIGINT):
        # shutdown waits for the loop which this handler interrupts, so it must not be called on this thread
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    threading.Thread(target=_leave_when_idle, args=(server, options.idle_seconds), daemon=True).start()
    threading.Thread(target=_warm_up, args=(pool,), daemon=True).start()
    facts = {**describe_process(), "port": server.server_address[1], "token": token}
    write_json_atomically(folder / "serve.json", facts, mode=0o600)
    print(f"serving on 127.0.0.1:{facts['port']}", flush=True)
    try:
        server.serve_forever(poll_interval=0.2)
    finally:
        (folder / "serve.json").unlink(missing_ok=True)
        server.server_close()
        lock.release()
    return 0


def _leave_when_idle(server: GenerationServer, seconds: float) -> None:
    while server.idle_seconds() < seconds:
        time.sleep(min(1.0, max(0.05, seconds / 10)))
    server.shutdown()


def _warm_up(pool: ModelPool) -> None:
    """Import the heavy libraries while the first question is still being typed, then give the turn away."""
    try:
        from peft import PeftModel  # noqa: F401
        from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: F401
    finally:
        pool.turn.give_back()


if __name__ == "__main__":
    sys.exit(main())
