"""What the pool holds and lends: a base model with its adapters, and one of them for the time of an answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .errors import TrainerError
from .turns import Turns


class ModelError(TrainerError):
    """A model cannot be served: the message says why, `cure` what to do; `code` and `facts` say the same to programs."""

    def __init__(self, code: str, message: str, cure: str, **facts: str) -> None:
        super().__init__(message)
        self.code, self.cure, self.facts = code, cure, facts


class Occupied(Exception):
    """What has to leave the memory is answering: ask again when it is done."""


@dataclass
class Base:
    model: object
    tokenizer: object
    bytes: int
    stamp: tuple
    adapters: dict[str, tuple[str, tuple, int]] = field(default_factory=dict)  # path -> name, stamp, bytes
    answering: int = 0

    @property
    def total(self) -> int:
        return self.bytes + sum(entry[2] for entry in self.adapters.values())


@dataclass
class Lent:
    """A model for one answer: whoever has it takes the pool's turn for each step, so that answers come side by side."""

    tokenizer: object
    base: Base
    adapter: str | None
    turn: Turns

    @property
    def model(self):
        return self.base.model  # another answer's adapter may wrap it anew between two steps

    @contextmanager
    def step(self) -> Iterator[None]:
        """The turn, with this answer's adapter on the model, or none."""
        with self.turn.taken():
            if self.adapter is not None:
                self.model.set_adapter(self.adapter)
                yield
            elif not self.base.adapters:
                yield
            else:
                with self.model.disable_adapter():
                    yield
