"""Is this folder a base model we can train? Answered from files alone, before anything heavy is imported."""

import json
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path

from .chat_template import hash_chat_template, read_chat_template
from .errors import ConfigError
from .files import hash_folder, sha256_file

_NEEDED = ("config.json", "tokenizer.json", "tokenizer_config.json")
_TRAINABLE = {"F64", "F32", "F16", "BF16"}


@dataclass(frozen=True)
class BaseModel:
    """Facts about a Hugging Face model folder; sizes are counts of parameters, tokens or layers."""

    path: Path
    tokenizer_hash: str
    template_hash: str
    vocab_size: int
    context_tokens: int | None
    parameters: int
    layers: int
    hidden_size: int
    weights_identity: str


def inspect_base_model(path: Path, content_hash: str | None = None) -> BaseModel:
    """Check every file a run needs; raises ConfigError naming the file that is missing, cut short or not JSON.

    `content_hash`, where given, must equal `files.hash_folder(path)`.
    """
    if not path.is_dir():
        raise ConfigError(f"baseModel.path: there is no folder {path}")
    for name in _NEEDED:
        if not (path / name).is_file():
            raise ConfigError(f"baseModel.path: {name} is missing in {path}")
    config = _read_json(path / "config.json")
    _read_json(path / "tokenizer_config.json")
    _read_json(path / "tokenizer.json")
    template = read_chat_template(path)
    if template is None:
        raise ConfigError(f"baseModel.path: chat_template.jinja is missing in {path} (and tokenizer_config.json has none)")
    text_config = config.get("text_config") or config
    vocab_size = text_config.get("vocab_size")
    if not isinstance(vocab_size, int):
        raise ConfigError(f"baseModel.path: config.json in {path} has no vocab_size")
    weights = find_weight_files(path)
    if content_hash is not None and hash_folder(path) != content_hash:
        raise ConfigError(f"baseModel.contentHash: the files in {path} are not those with hash {content_hash}")
    return BaseModel(
        path=path,
        tokenizer_hash=sha256_file(path / "tokenizer.json"),
        template_hash=hash_chat_template(template),
        vocab_size=vocab_size,
        context_tokens=text_config.get("max_position_embeddings"),
        parameters=sum(count_parameters(file) for file in weights),
        layers=text_config.get("num_hidden_layers") or 1,
        hidden_size=text_config.get("hidden_size") or 1,
        weights_identity=" ".join(f"{file.name}:{file.stat().st_size}" for file in weights),
    )


def find_weight_files(path: Path) -> list[Path]:
    """The safetensors files of a model folder, sorted; raises ConfigError when one is missing."""
    single, index = path / "model.safetensors", path / "model.safetensors.index.json"
    if single.is_file():
        return [single]
    if not index.is_file():
        raise ConfigError(f"baseModel.path: model.safetensors is missing in {path}")
    names = sorted(set(_read_json(index).get("weight_map", {}).values()))
    for name in names:
        if not (path / name).is_file():
            raise ConfigError(f"baseModel.path: {name} is missing in {path}, though {index.name} lists it")
    return [path / name for name in names]


def count_parameters(file: Path) -> int:
    """Number of values in a safetensors file, from its header; raises ConfigError when the file is cut short."""
    size = file.stat().st_size
    with open(file, "rb") as stream:
        start = stream.read(8)
        header_bytes = struct.unpack("<Q", start)[0] if len(start) == 8 else size
        if header_bytes + 8 > size:
            raise ConfigError(f"baseModel.path: {file.name} is not a whole safetensors file")
        header = json.loads(stream.read(header_bytes))
    tensors = [entry for name, entry in header.items() if name != "__metadata__"]
    end = max((entry["data_offsets"][1] for entry in tensors), default=0)
    if 8 + header_bytes + end != size:
        raise ConfigError(f"baseModel.path: {file.name} has {size} bytes, its header says {8 + header_bytes + end}")
    unknown = {entry["dtype"] for entry in tensors} - _TRAINABLE
    if unknown:
        raise ConfigError(f"baseModel.path: {file.name} holds values of type {min(unknown)}, which cannot be trained")
    return sum(prod(entry["shape"]) for entry in tensors)


def _read_json(path: Path) -> dict:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(f"baseModel.path: {path.name} is not JSON ({error})") from error
    if not isinstance(value, dict):
        raise ConfigError(f"baseModel.path: {path.name} is not a JSON object")
    return value
