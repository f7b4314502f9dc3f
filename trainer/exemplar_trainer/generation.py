"""One way to write an answer, used for the samples of a run and by the server, so that both say the same."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Answer:
    """How a generation ended: `finish` is `stop` (end token), `length` or `cancelled`; `tokens` were written."""

    finish: str
    tokens: int


@torch.no_grad()
def generate(
    model,
    tokenizer,
    prompt_ids: list[int],
    *,
    max_new_tokens: int,
    temperature: float,
    seed: int,
    stop_ids: frozenset[int],
    cancelled: Callable[[], bool] = lambda: False,
    step: Callable[[], AbstractContextManager] = nullcontext,
) -> Iterator[str | Answer]:
    """Yield pieces of text and, last, one Answer.

    `temperature` 0 takes the likeliest token each time; above 0 the draw depends on `seed` alone. Pieces never
    split a character: bytes wait until their character is whole. Model and tokenizer are used
    inside `step()`, once a token: between two steps another answer may use them.
    """
    context = getattr(model.config.get_text_config(), "max_position_embeddings", None) or 2**31
    random = torch.Generator().manual_seed(seed)
    step_input = torch.tensor([prompt_ids], device=model.device)
    past, text, written = None, _TextPieces(tokenizer), 0
    while written < max_new_tokens and len(prompt_ids) + written < context:
        if cancelled():
            yield Answer("cancelled", written)
            return
        with step():
            output = model(input_ids=step_input, past_key_values=past, use_cache=True, logits_to_keep=1)
            past = output.past_key_values
            token = _choose(output.logits[0, -1], temperature, random)
            has_ended = token in stop_ids
            piece = text.rest() if has_ended else text.add(token)
        if piece:
            yield piece
        if has_ended:
            yield Answer("stop", written)
            return
        written += 1
        step_input = torch.tensor([[token]], device=model.device)
    with step():
        rest = text.rest()
    if rest:
        yield rest
    yield Answer("length", written)


def _choose(logits: torch.Tensor, temperature: float, random: torch.Generator) -> int:
    """`logits`: [vocabulary]."""
    if temperature <= 0:
        return int(logits.argmax())
    # Drawn on the CPU in fp32: the same seed gives the same answer whatever the device's own generator does.
    shares = torch.softmax(logits.float().cpu() / temperature, dim=-1)
    return int(torch.multinomial(shares, 1, generator=random))


class _TextPieces:
    """Turns tokens into text as they come.

    A token may be a part of a character and its text may depend on the token before it, so a window of tokens
    is decoded twice, without and with the new one, and the difference is the new text.
    """

    def __init__(self, tokenizer) -> None:
        self._tokenizer, self._ids, self._start, self._shown = tokenizer, [], 0, 0

    def add(self, token: int) -> str:
        self._ids.append(token)
        before, after = self._window()
        if after.endswith("\ufffd"):
            return ""
        self._start, self._shown = self._shown, len(self._ids)
        return after[len(before) :]

    def rest(self) -> str:
        before, after = self._window()
        return after[len(before) :]

    def _window(self) -> tuple[str, str]:
        decode = self._tokenizer.decode
        ids, start = self._ids, self._start
        before = decode(ids[start : self._shown], skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return before, decode(ids[start:], skip_special_tokens=True, clean_up_tokenization_spaces=False)
