"""The two requests of the model server; see serve.py for their shapes."""

import json
import select
import socket
import time
import traceback
from http.server import BaseHTTPRequestHandler

from .pooled_model import Lent, ModelError
from .turns import GaveUp

MAX_BODY_BYTES = 4 * 2**20


class BadRequest(Exception):
    """The request's body is not what serve.py describes; the text says which field, `code` and `facts` what people can be told."""

    def __init__(self, message: str, code: str = "request-invalid", **facts: str | int) -> None:
        super().__init__(message)
        self.code, self.facts = code, facts


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30  # a client that sends half a request does not hold a thread for ever

    def do_GET(self) -> None:
        self._guarded(self._health, "/health")

    def do_POST(self) -> None:
        self._guarded(self._generate, "/generate")

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged: they come in numbers, and prompts are private."""

    def _guarded(self, action, path: str) -> None:
        self._streaming = False
        self.server.begin()
        try:
            if not self.server.is_allowed(self.headers.get("Authorization")):
                self._refuse(401, "unauthenticated", "the token is missing or wrong", "read serve.json again")
            elif self.path != path:
                self._refuse(404, "not-found", "there is no such path", "GET /health or POST /generate")
            else:
                action()
        except BadRequest as error:
            self._refuse(400, error.code, str(error), "correct the request", error.facts)
        except ModelError as error:
            self._refuse(422, error.code, str(error), error.cure, error.facts)
        except (GaveUp, BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        except Exception as error:
            traceback.print_exc()
            code, hint = ("out-of-memory", "choose a smaller model") if _is_out_of_memory(error) else ("crashed", "see the server's log")
            self._refuse(500, code, f"{type(error).__name__}: {error}", hint)
        finally:
            self.server.finish()

    def _health(self) -> None:
        pool = self.server.pool
        facts = {"status": "ok", "device": pool.device, "loaded": pool.describe(), "busy": self.server.requests > 1}
        self._send_json(200, facts)

    def _generate(self) -> None:
        request = _read_request(self._body())
        pool = self.server.pool
        with pool.seats.taken(self._is_gone), pool.lend(request["base"], request["adapter"], self._is_gone) as lent:
            self._stream(lent, request)

    def _stream(self, lent: Lent, request: dict) -> None:
        from .generation import Answer, generate
        from .prompting import encode_prompt, stop_token_ids

        model, tokenizer = lent.model, lent.tokenizer
        try:
            with lent.step():  # a tokenizer is not for two threads at once
                prompt = encode_prompt(tokenizer, request["messages"])
        except ValueError as error:
            raise BadRequest(f"messages: {error}", "template-refused", detail=str(error)[:300]) from error
        context = getattr(model.config.get_text_config(), "max_position_embeddings", None)
        if context and len(prompt) >= context:
            text = f"messages: {len(prompt)} tokens do not fit into the model's context of {context}"
            raise BadRequest(text, "context-exceeded", tokens=len(prompt), limit=context)
        pieces = generate(
            model,
            tokenizer,
            prompt,
            max_new_tokens=request["maxNewTokens"],
            temperature=request["temperature"],
            seed=request["seed"],
            stop_ids=stop_token_ids(tokenizer, model.generation_config),
            cancelled=self._is_gone,
            step=lent.step,
        )
        began = time.perf_counter()
        for piece in pieces:
            if not isinstance(piece, Answer):
                self._send_line({"text": piece})
                continue
            if piece.finish == "cancelled":
                raise GaveUp
            speed = piece.tokens / max(1e-9, time.perf_counter() - began)
            self._send_line({"done": True, "finish": piece.finish, "tokens": piece.tokens, "tokensPerSecond": round(speed, 2)})
        self.wfile.write(b"0\r\n\r\n")

    def _body(self) -> bytes:
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError as error:
            raise BadRequest("Content-Length is missing") from error
        if not 0 <= length <= MAX_BODY_BYTES:
            self.close_connection = True  # the body stays unread, so the connection is of no further use
            raise BadRequest(f"the body is larger than {MAX_BODY_BYTES} bytes")
        return self.rfile.read(length)

    def _is_gone(self) -> bool:
        """Whether the client closed its end: the socket is then readable and holds nothing."""
        try:
            readable, _, _ = select.select([self.connection], [], [], 0)
            return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""
        except (OSError, ValueError):
            return True

    def _send_line(self, value: dict) -> None:
        if not self._streaming:
            self._streaming = True
            self.send_response(200)
            self.send_header("Content-Type", "application/x-ndjson")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
        line = (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8")
        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        self.wfile.flush()

    def _refuse(self, status: int, code: str, error: str, cure: str, facts: dict | None = None) -> None:
        self.close_connection = True
        said = {"error": error, "cure": cure, "code": code, "facts": facts or {}}
        try:
            if self._streaming:
                self._send_line(said)
                self.wfile.write(b"0\r\n\r\n")
            else:
                self._send_json(status, said)
        except OSError:
            pass  # nobody is left to be told

    def _send_json(self, status: int, value: dict) -> None:
        body = (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status == 200 else "application/x-ndjson")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def _is_out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "out of memory" in str(error).lower()


def _read_request(body: bytes) -> dict:
    """The checked body of POST /generate with every default filled in; raises BadRequest naming the field."""
    try:
        value = json.loads(body)
    except ValueError as error:
        raise BadRequest("the body is not JSON") from error
    if not isinstance(value, dict):
        raise BadRequest("the body must be an object")
    known = {"base": None, "adapter": None, "messages": None, "maxNewTokens": 256, "temperature": 0, "seed": 0}
    for key in value.keys() - known.keys():
        raise BadRequest(f"{key}: unknown field")
    request = {**known, **value}
    rules = {
        "base": isinstance(request["base"], str),
        "adapter": request["adapter"] is None or isinstance(request["adapter"], str),
        "messages": _are_messages(request["messages"]),
        "maxNewTokens": _is_number(request["maxNewTokens"], int, 1, 32768),
        "temperature": _is_number(request["temperature"], (int, float), 0, 10),
        "seed": _is_number(request["seed"], int, 0, 2**63 - 1),
    }
    for key, holds in rules.items():
        if not holds:
            raise BadRequest(f"{key}: missing or not valid")
    return request


def _are_messages(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(m, dict) and isinstance(m.get("role"), str) and isinstance(m.get("content"), str) for m in value)
    )


def _is_number(value: object, kinds, low: float, high: float) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high
