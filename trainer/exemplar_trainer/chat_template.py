"""The chat template of our base models, and how a template's text is found and hashed."""

import hashlib
import json
import re
from pathlib import Path

# ChatML without a default system prompt. The template shipped with SmolLM2 inserts "You are … SmolLM, trained by
# Hugging Face" whenever a conversation has no system message: a tuned model then learns its own identity only under
# somebody else's, and answers differently as soon as the template changes.
CHATML = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)

_PROBE = "EXEMPLARPROBE"


def read_chat_template(folder: Path) -> str | None:
    """The exact text of a model folder's template, or None when it has none.

    `chat_template.jinja` wins over the `chat_template` key of tokenizer_config.json, and of a list of templates the one
    called `default` counts, as in transformers.
    Line ends are kept as they are, since the text is hashed.
    """
    own_file = folder / "chat_template.jinja"
    if own_file.is_file():
        return own_file.read_bytes().decode("utf-8")
    settings = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    template = settings.get("chat_template")
    if isinstance(template, list):
        template = next((entry.get("template") for entry in template if entry.get("name") == "default"), None)
    return template if isinstance(template, str) else None


def hash_chat_template(template: str) -> str:
    """Lower-case hex SHA-256 of the template's UTF-8 bytes."""
    return hashlib.sha256(template.encode("utf-8")).hexdigest()


def find_injected_text(tokenizer) -> str | None:
    """What the template says on its own in front of a lone user message, or None when it says nothing.

    Role names and control tokens do not count; anything of three or more words is taken for an injected prompt.
    """
    text = tokenizer.apply_chat_template([{"role": "user", "content": _PROBE}], tokenize=False)
    before = text.split(_PROBE)[0]
    for token in sorted(tokenizer.all_special_tokens, key=len, reverse=True):
        before = before.replace(token, " ")
    before = re.sub(r"<\|?[^<>\s]{1,32}\|?>", " ", before)
    words = [word for word in before.split() if word.lower() not in {"system", "user", "assistant"}]
    return " ".join(words) if len(words) >= 3 else None
