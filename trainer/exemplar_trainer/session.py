"""One attempt from verified inputs to saved output."""

import json
import random
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, PrinterCallback

from . import sft
from .artifact import describe_device, library_versions, save_output
from .base_model import BaseModel, inspect_base_model
from .build import Build, load_build
from .callbacks import MetricsCallback, SampleCallback, SaveCallback
from .chat_template import find_injected_text
from .checkpoints import Checkpoint, check_same_run, find_resume_point, remove_partial
from .config import RunConfig, load_config
from .errors import ConfigError
from .events import EventWriter
from .files import utc_now, write_json_atomically
from .packing import check_packing, cut_probe
from .precision import has_fast_bfloat16
from .preflight import check_fits, estimate_needs, pick_device
from .progress import quiet_libraries
from .stop import StopRequest


def run_training(run_dir: Path, events: EventWriter, stop: StopRequest) -> str | None:
    """Train until the end (None) or until a stop (its reason, with a complete checkpoint saved).

    Raises ConfigError, DataError, or Stopped when the stop came before the first step.
    """
    started_at = utc_now()

    def warn(text: str) -> None:
        events.write("log", level="warning", text=text)
        print(f"warning: {text}", file=sys.stderr, flush=True)

    def enter(phase: str) -> None:
        """Say what takes time now: until the first step nothing else shows that we live."""
        events.write("phase", name=phase)

    enter("inputs")
    config = load_config(run_dir / "run.json")
    (run_dir / "result.json").unlink(missing_ok=True)  # an earlier attempt's success is not ours
    base = inspect_base_model(config.base_path, config.base_content_hash)
    build = load_build(config.build_path, base)
    stop.raise_if_asked()
    identity = _identity(config, base, build)
    checkpoints = run_dir / "checkpoints"
    resume = find_resume_point(checkpoints, config.resume_from, warn)
    if resume:
        check_same_run(resume, identity)
    remove_partial(checkpoints, resume.step if resume and resume.path.parent == checkpoints else -1)

    device = pick_device()
    quiet_libraries()
    config = _with_fast_dtype(config, device, warn)
    tokenizer = _load_tokenizer(config.base_path, warn)
    trainer = _make_trainer(run_dir, config, base, build, tokenizer, device, stop, warn, enter)
    stop.raise_if_asked()
    metrics = MetricsCallback(events, trainer.count, config.optimisation.seed)
    saves = SaveCallback(config, events, stop, trainer.count, identity, evaluates=build.validation is not None)
    for callback in (metrics, SampleCallback(config, events, tokenizer, stop), saves):
        trainer.add_callback(callback)
    trainer.remove_callback(PrinterCallback)
    if resume:
        trainer.count.seen = resume.state["tokensSeen"]
        trainer.count.trained = resume.state["trainedTokensSeen"]
    _announce(events, config, build, trainer, device, resume)
    final_eval = _train(trainer, config, resume, stop, enter)
    if saves.stopped:
        return saves.stopped

    enter("output")
    artifact = save_output(trainer.accelerator.unwrap_model(trainer.model), config, run_dir)
    main_file = next(f for f in artifact["files"] if f["path"].endswith((".safetensors", ".safetensors.index.json")))
    events.write("artifact", kind=artifact["kind"], path=artifact["path"], sha256=main_file["sha256"])
    result = {
        "schemaVersion": 1,
        "runId": config.run_id,
        "attemptId": config.attempt_id,
        "status": "succeeded",
        "steps": trainer.state.global_step,
        "metrics": {**_finite(metrics.last), **_finite(final_eval)},
        "artifact": artifact,
        "baseModel": {"path": str(config.base_path), "tokenizerHash": base.tokenizer_hash, "chatTemplateHash": base.template_hash},
        "buildManifestHash": build.manifest_hash,
        "resumedFrom": str(resume.path) if resume else None,
        "versions": library_versions(),
        "device": describe_device(device),
        "startedAt": started_at,
        "endedAt": utc_now(),
    }
    write_json_atomically(run_dir / "result.json", result)
    shutil.rmtree(run_dir / "output.tmp", ignore_errors=True)
    return None


def _train(trainer: sft.ExemplarTrainer, config: RunConfig, resume: Checkpoint | None, stop: StopRequest, enter) -> dict:
    """Run the loop; returns the metrics of the last evaluation, `{}` without a validation split."""
    found: dict = {}
    evaluate = trainer.evaluate

    def remember(*args, **kwargs) -> dict:
        found.update(evaluate(*args, **kwargs))
        return found

    trainer.evaluate = remember
    if not resume and config.evaluate_every and trainer.eval_dataset is not None:
        enter("baseline")
        trainer.evaluate()  # the curve's first point: the base model itself
    trainer.train(resume_from_checkpoint=str(resume.path) if resume else None)
    return found


def _make_trainer(run_dir: Path, config: RunConfig, base: BaseModel, build: Build, tokenizer, device: str, stop, warn, enter) -> sft.ExemplarTrainer:
    o = config.optimisation
    random.seed(o.seed), np.random.seed(o.seed), torch.manual_seed(o.seed)
    with torch.device("meta"):
        empty = _empty_model(config.base_path)
    lora = sft.make_lora(config, empty)
    trainable = sft.count_lora_parameters(config, empty) if lora else base.parameters
    if lora and not trainable:
        raise ConfigError("lora.targets: no linear layer of the base model is meant by it")
    needs = estimate_needs(config, base, trainable, int(build.train.lengths.max()))
    if warning := check_fits(needs, run_dir, device, o.batch_size):
        warn(warning)
    enter("model")
    model = sft.load_weights(config.base_path, o, config.method)
    if build.train.packed:
        row = build.train.table.slice(int(np.argmax([len(s) for s in build.train.table["seq_lengths"]])), 1).to_pylist()[0]
        check_packing(model.to(device), cut_probe(row["input_ids"], row["seq_lengths"]))
    enter("rows")
    packed = {split.packed for split in (build.train, build.validation) if split}
    if len(packed) > 1:
        raise ConfigError("build.path: train and validation must both be packed or both not")
    train_rows, eval_rows = sft.make_dataset(build.train), build.validation and sft.make_dataset(build.validation)
    torch.manual_seed(o.seed)  # the adapter's first values
    trainer = sft.ExemplarTrainer(
        row_lengths=build.train.lengths,
        stop=stop,
        model=model,
        args=sft.make_arguments(config, run_dir / "checkpoints", device, build.train.packed),
        train_dataset=train_rows,
        eval_dataset=eval_rows,
        processing_class=tokenizer,
        peft_config=lora,
    )
    sft.check_prepared("train", train_rows, trainer.train_dataset)
    if eval_rows is not None:
        sft.check_prepared("validation", eval_rows, trainer.eval_dataset)
    return trainer


def _with_fast_dtype(config: RunConfig, device: str, warn) -> RunConfig:
    """The configuration as it will be computed: bfloat16 only where the device has it."""
    if config.optimisation.dtype == "float32" or has_fast_bfloat16(device):
        return config
    warn("this device has no bfloat16 arithmetic: the run computes in float32, which is faster here and takes more memory")
    return replace(config, optimisation=replace(config.optimisation, dtype="float32"))


def _empty_model(path: Path):
    """The model's structure without weights, to count and name its layers for free."""
    from transformers import AutoConfig, AutoModelForCausalLM

    try:
        return AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(path, local_files_only=True))
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"baseModel.path: config.json in {path} is not a model we know ({error})") from error


def _load_tokenizer(path: Path, warn):
    try:
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"baseModel.path: the tokenizer in {path} cannot be loaded ({error})") from error
    if injected := find_injected_text(tokenizer):
        warn(f'the chat template adds a system prompt of its own ("{injected[:200]}"): the model learns under it and needs it in use')
    if tokenizer.pad_token_id is not None and tokenizer.pad_token_id == tokenizer.eos_token_id:
        # Harmless for the loss, which goes by labels, but other tools mask every end token with such a tokenizer.
        warn("the tokenizer's pad token is its end token")
    return tokenizer


def _identity(config: RunConfig, base: BaseModel, build: Build) -> dict:
    """What has to be the same for a checkpoint to be a part of this run."""
    raw = config.raw
    return {
        "buildManifestHash": build.manifest_hash,
        "baseModel": f"{base.tokenizer_hash} {base.weights_identity}",
        "method": config.method,
        "lora": raw.get("lora") if config.method == "lora" else None,
        **{f"optimisation.{key}": value for key, value in raw["optimisation"].items()},
    }


def _announce(events: EventWriter, config: RunConfig, build: Build, trainer, device: str, resume: Checkpoint | None) -> None:
    parameters = [(p.numel(), p.requires_grad) for p in trainer.model.parameters()]
    total = trainer.set_initial_training_values(trainer.args, trainer.get_train_dataloader())[-1]
    events.write(
        "start",
        run_id=config.run_id,
        attempt_id=config.attempt_id,
        total_steps=total,
        train_rows=build.train.table.num_rows,
        eval_rows=build.validation.table.num_rows if build.validation else 0,
        trained_tokens=build.train.trained_tokens,
        params=sum(count for count, _ in parameters),
        trainable_params=sum(count for count, trains in parameters if trains),
        device=describe_device(device),
        compute_dtype=config.optimisation.dtype,
        versions=library_versions(),
        resumed_from={"path": str(resume.path), "step": resume.step} if resume else None,
    )


def _finite(values: dict) -> dict:
    """Without NaN and infinity, which JSON cannot say: they become null."""
    return json.loads(json.dumps(values), parse_constant=lambda _: None)
