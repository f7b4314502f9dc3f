"""Writing a base model as an ordinary Hugging Face folder, with the settings all of ours share."""

import json
import os
import shutil
from pathlib import Path

from .chat_template import CHATML
from .files import sync_file

# Index = id. The end-of-text token doubles as padding: padding with the end-of-turn token makes other tools mask
# every end of turn, and a model trained so never learns to stop.
CONTROL_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
PAD_ID, START_ID, END_ID = 0, 1, 2


def write_tokenizer(folder: Path, tokenizer_json: dict, context_tokens: int) -> None:
    """Write tokenizer.json, tokenizer_config.json, special_tokens_map.json and chat_template.jinja."""
    pad, start, end = CONTROL_TOKENS
    roles = {"bos_token": start, "eos_token": end, "pad_token": pad, "unk_token": pad}
    settings = {
        **roles,
        "add_bos_token": False,
        "add_prefix_space": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": context_tokens,
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
    _write_json(folder / "tokenizer.json", tokenizer_json)
    _write_json(folder / "tokenizer_config.json", settings)
    _write_json(folder / "special_tokens_map.json", roles)
    (folder / "chat_template.jinja").write_text(CHATML, encoding="utf-8", newline="")


def save_weights(model, folder: Path) -> None:
    """Save config, generation config and safetensors of a model built from a clean config."""
    model.config.use_cache = True
    model.config.pad_token_id, model.config.bos_token_id, model.config.eos_token_id = PAD_ID, START_ID, END_ID
    generation = model.generation_config
    generation.pad_token_id, generation.bos_token_id, generation.eos_token_id = PAD_ID, START_ID, END_ID
    model.save_pretrained(folder)


def publish(temporary: Path, out: Path) -> None:
    """Put the finished folder in place in one step; a folder that stood there is replaced."""
    for path in temporary.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)  # safetensors writes 0600, which another user could not serve
        sync_file(path)
    old = out.with_name(out.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        os.replace(out, old)
    os.replace(temporary, out)
    shutil.rmtree(old, ignore_errors=True)


def _write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
