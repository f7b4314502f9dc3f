"""From messages to the token ids a model is asked with."""

import uuid


def encode_prompt(tokenizer, messages: list[dict]) -> list[int]:
    """Token ids of the conversation rendered by the tokenizer's chat template, ending in the assistant's header.

    Text inside a message never becomes a control token: somebody who writes `<|im_end|>` gets the characters.
    `messages`: `[{"role", "content"}]`. Raises ValueError when the template refuses them.
    """
    special = [token for token in tokenizer.all_special_tokens if token]
    special += [str(token) for token in tokenizer.added_tokens_decoder.values() if token.special]
    if not any(token in message["content"] for message in messages for token in special):
        return _encode(tokenizer, _render(tokenizer, messages), split_special=False)
    # Encoded in pieces: template pieces with control tokens, contents without. Pieces may cut a word that the
    # tokenizer would have joined across the border, so this way is only taken where it is needed.
    marks = [f"\x02{uuid.uuid4().hex}\x03" for _ in messages]
    marked = [{**message, "content": mark} for message, mark in zip(messages, marks)]
    rest, ids = _render(tokenizer, marked), []
    for message, mark in zip(messages, marks):
        before, found, rest = rest.partition(mark)
        if not found:
            raise ValueError("the chat template does not show every message in its order")
        ids += _encode(tokenizer, before, split_special=False)
        ids += _encode(tokenizer, message["content"], split_special=True)
    return ids + _encode(tokenizer, rest, split_special=False)


def stop_token_ids(tokenizer, generation_config=None) -> frozenset[int]:
    """Ids that end an answer: the model's own end tokens and ChatML's `<|im_end|>` where the tokenizer has it."""
    found = {tokenizer.eos_token_id, tokenizer.get_vocab().get("<|im_end|>")}
    own = getattr(generation_config, "eos_token_id", None)
    found |= set(own) if isinstance(own, (list, tuple)) else {own}
    return frozenset(token for token in found if token is not None)


def _render(tokenizer, messages: list[dict]) -> str:
    try:
        return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    except Exception as error:  # templates raise jinja2's own exceptions, on purpose and by accident
        raise ValueError(f"the chat template refuses these messages: {error}") from error


def _encode(tokenizer, text: str, split_special: bool) -> list[int]:
    return tokenizer(text, add_special_tokens=False, split_special_tokens=split_special)["input_ids"]
