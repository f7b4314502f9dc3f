"""The contract of `run.json`, read strictly: an unknown, missing or ill-typed key stops the run by name.

    {"schemaVersion": 1, "runId": "…", "attemptId": "…",
     "baseModel": {"path": "/abs/folder", "contentHash": "…"?},
     "build": {"path": "/abs/folder"},
     "method": "lora" | "full",
     "lora": {"r": 16, "alpha": 32, "dropout": 0.0, "targets": "all-linear" | ["q_proj", …]} | null,
     "optimisation": {"learningRate", "epochs", "maxSteps": int | null, "batchSize",
                      "gradientAccumulationSteps", "scheduler": "cosine" | "linear" | "constant", "warmupSteps",
                      "weightDecay", "maxGradNorm", "seed", "dtype": "bfloat16" | "float32",
                      "gradientCheckpointing": bool},
     "evaluation": {"everySteps": int | null},
     "checkpoints": {"everySteps": int | null, "keep": int},
     "samples": {"everySteps": int | null, "maxNewTokens": int,
                 "prompts": [{"id", "messages": [{"role", "content"}]}]},
     "logging": {"everySteps": 1},
     "resumeFrom": null | "/abs/checkpoint"}

`maxSteps`, where given, replaces `epochs`. Left out, `evaluation`, `checkpoints`, `samples`, `logging` and
`resumeFrom` mean: evaluate at the end only, no periodic checkpoint, no samples, log every step, resume from the newest
complete checkpoint of this run directory if there is one. `maxGradNorm` 0 switches clipping off.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from .errors import ConfigError

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Lora:
    r: int
    alpha: float
    dropout: float
    targets: str | tuple[str, ...]


@dataclass(frozen=True)
class Optimisation:
    learning_rate: float
    epochs: float
    max_steps: int | None
    batch_size: int
    gradient_accumulation_steps: int
    scheduler: str
    warmup_steps: int
    weight_decay: float
    max_grad_norm: float
    seed: int
    dtype: str
    gradient_checkpointing: bool


@dataclass(frozen=True)
class SamplePrompt:
    id: str
    messages: tuple[dict, ...]


@dataclass(frozen=True)
class RunConfig:
    run_id: str
    attempt_id: str
    base_path: Path
    base_content_hash: str | None
    build_path: Path
    method: str
    lora: Lora | None
    optimisation: Optimisation
    evaluate_every: int | None
    checkpoint_every: int | None
    checkpoints_kept: int
    sample_every: int | None
    sample_tokens: int
    prompts: tuple[SamplePrompt, ...]
    log_every: int
    resume_from: Path | None
    raw: dict


class _Section:
    """One JSON object: hands out checked values and complains about the keys nobody asked for."""

    def __init__(self, value: object, name: str) -> None:
        if not isinstance(value, dict):
            raise ConfigError(f"{name or 'run.json'}: must be an object")
        self._value, self._name, self._left = value, name, set(value)

    def key(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key

    def take(self, key: str, *fallback: object) -> object:
        self._left.discard(key)
        if key in self._value:
            return self._value[key]
        if fallback:
            return fallback[0]
        raise ConfigError(f"{self.key(key)}: missing")

    def text(self, key: str, choices: tuple[str, ...] = ()) -> str:
        value = self.take(key)
        if not isinstance(value, str) or not value or (choices and value not in choices):
            wanted = " or ".join(f'"{choice}"' for choice in choices) or "a text that is not empty"
            raise ConfigError(f"{self.key(key)}: must be {wanted}, is {json.dumps(value)}")
        return value

    def number(self, key: str, low: float, whole: bool = False, above: bool = False, high: float = math.inf) -> float:
        value = self.take(key)
        is_number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not (low < value if above else low <= value) or value > high:
            kind = "a whole number" if whole else "a number"
            bound = f"{'>' if above else '>='} {low:g}" + (f" and <= {high:g}" if high < math.inf else "")
            raise ConfigError(f"{self.key(key)}: must be {kind} {bound}, is {json.dumps(value)}")
        return value

    def count_or_none(self, key: str) -> int | None:
        return None if self.take(key, None) is None else self.number(key, 1, whole=True)

    def flag(self, key: str) -> bool:
        value = self.take(key)
        if not isinstance(value, bool):
            raise ConfigError(f"{self.key(key)}: must be true or false, is {json.dumps(value)}")
        return value

    def folder(self, key: str) -> Path:
        path = Path(self.text(key))
        if not path.is_absolute():
            raise ConfigError(f"{self.key(key)}: must be an absolute path, is {path}")
        return path

    def section(self, key: str, *fallback: object) -> "_Section":
        return _Section(self.take(key, *fallback), self.key(key))

    def end(self) -> None:
        if self._left:
            raise ConfigError(f"{self.key(min(self._left))}: unknown key")


def load_config(path: Path) -> RunConfig:
    """Read and check `run.json`; raises ConfigError naming the first key that is wrong."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path.name}: missing in {path.parent}") from error
    except ValueError as error:
        raise ConfigError(f"{path.name}: is not JSON ({error})") from error
    return parse_config(value)


def parse_config(value: object) -> RunConfig:
    """Check an already parsed `run.json`; see the module's text for its shape."""
    top = _Section(value, "")
    version = top.take("schemaVersion")
    if version != SCHEMA_VERSION:
        raise ConfigError(f"schemaVersion: must be {SCHEMA_VERSION}, is {json.dumps(version)}")
    base, build = top.section("baseModel"), top.section("build")
    content_hash = base.take("contentHash", None)
    if content_hash is not None:
        content_hash = base.text("contentHash").removeprefix("sha256:")
    method = top.text("method", ("lora", "full"))
    evaluation = top.section("evaluation", {})
    checkpoints = top.section("checkpoints", {})
    logging = top.section("logging", {})
    lora, prompts = _lora(top, method), top.section("samples", {})
    config = RunConfig(
        run_id=top.text("runId"),
        attempt_id=top.text("attemptId"),
        base_path=base.folder("path"),
        base_content_hash=content_hash,
        build_path=build.folder("path"),
        method=method,
        lora=lora,
        optimisation=_optimisation(top.section("optimisation")),
        evaluate_every=evaluation.count_or_none("everySteps"),
        checkpoint_every=checkpoints.count_or_none("everySteps"),
        checkpoints_kept=checkpoints.count_or_none("keep") or 2,
        sample_every=prompts.count_or_none("everySteps"),
        sample_tokens=prompts.count_or_none("maxNewTokens") or 64,
        prompts=_prompts(prompts),
        log_every=logging.count_or_none("everySteps") or 1,
        resume_from=None if top.take("resumeFrom", None) is None else top.folder("resumeFrom"),
        raw=value,
    )
    for section in (base, build, evaluation, checkpoints, prompts, logging, top):
        section.end()
    return config


def _lora(top: _Section, method: str) -> Lora | None:
    if top.take("lora", None) is None:
        if method == "lora":
            raise ConfigError('lora: missing, though method is "lora"')
        return None
    section = top.section("lora")
    targets = section.take("targets")
    if isinstance(targets, list) and targets and all(isinstance(name, str) and name for name in targets):
        targets = tuple(targets)
    elif targets != "all-linear":
        raise ConfigError(f'lora.targets: must be "all-linear" or a list of module names, is {json.dumps(targets)}')
    if isinstance(targets, tuple) and "lm_head" in targets:
        raise ConfigError("lora.targets: lm_head cannot carry an adapter, since the loss reads its weight directly")
    lora = Lora(
        r=section.number("r", 1, whole=True),
        alpha=section.number("alpha", 0, above=True),
        dropout=section.number("dropout", 0, high=0.99),
        targets=targets,
    )
    section.end()
    # A full run may carry the form's LoRA values along; they are checked and then not used.
    return lora if method == "lora" else None


def _optimisation(section: _Section) -> Optimisation:
    values = Optimisation(
        learning_rate=section.number("learningRate", 0, above=True),
        epochs=section.number("epochs", 0, above=True),
        max_steps=section.count_or_none("maxSteps"),
        batch_size=section.number("batchSize", 1, whole=True),
        gradient_accumulation_steps=section.number("gradientAccumulationSteps", 1, whole=True),
        scheduler=section.text("scheduler", ("cosine", "linear", "constant")),
        warmup_steps=section.number("warmupSteps", 0, whole=True),
        weight_decay=section.number("weightDecay", 0),
        max_grad_norm=section.number("maxGradNorm", 0),
        seed=section.number("seed", 0, whole=True, high=2**32 - 1),
        dtype=section.text("dtype", ("bfloat16", "float32")),
        gradient_checkpointing=section.flag("gradientCheckpointing"),
    )
    section.end()
    return values


def _prompts(samples: _Section) -> tuple[SamplePrompt, ...]:
    found = samples.take("prompts", [])
    if not isinstance(found, list):
        raise ConfigError(f"{samples.key('prompts')}: must be a list")
    prompts = []
    for number, item in enumerate(found):
        section = _Section(item, f"{samples.key('prompts')}[{number}]")
        messages = section.take("messages")
        if not isinstance(messages, list) or not messages:
            raise ConfigError(f"{section.key('messages')}: must be a list with at least one message")
        checked = []
        for place, message in enumerate(messages):
            part = _Section(message, f"{section.key('messages')}[{place}]")
            content = part.take("content")
            if not isinstance(content, str):
                raise ConfigError(f"{part.key('content')}: must be a text")
            checked.append({"role": part.text("role"), "content": content})
            part.end()
        prompts.append(SamplePrompt(section.text("id"), tuple(checked)))
        section.end()
    return tuple(prompts)
