"""TRL's SFTTrainer, told everything explicitly and exact where the library's defaults are not."""

from dataclasses import dataclass
from pathlib import Path

import torch
from datasets import Dataset
from peft import LoraConfig
from torch.utils.data import SequentialSampler
from trl import SFTConfig, SFTTrainer

from .build import IGNORED, Split
from .config import Optimisation, RunConfig
from .errors import ConfigError, DataError
from .sampler import LengthGroupedOrder


@dataclass
class TokenCount:
    """Tokens that went through training steps, over all attempts: all of them, and those with a label."""

    seen: int = 0
    trained: int = 0


class ExemplarTrainer(SFTTrainer):
    """Adds an order of rows that survives a resume, own token counters and a token-exact evaluation."""

    def __init__(self, *args, row_lengths, stop, **kwargs) -> None:
        """`row_lengths`: int [rows] of the training split; `stop`: the StopRequest a long evaluation gives way to."""
        self.row_lengths, self.stop, self.count = row_lengths, stop, TokenCount()
        score_trained_positions_only()
        super().__init__(*args, **kwargs)

    def _get_train_sampler(self, train_dataset=None) -> LengthGroupedOrder:
        rows = self.args.train_batch_size * self.args.gradient_accumulation_steps
        return LengthGroupedOrder(self.row_lengths, rows, self.args.seed)

    def _get_eval_sampler(self, eval_dataset) -> SequentialSampler:
        return SequentialSampler(eval_dataset)

    def training_step(self, model, inputs, *args, **kwargs) -> torch.Tensor:
        # TRL's own counter starts at zero in every attempt, so we count ourselves and keep the sums in checkpoints.
        mask = inputs.get("attention_mask")
        self.count.seen += int(mask.sum()) if mask is not None else inputs["input_ids"].numel()
        self.count.trained += int((inputs["labels"][:, 1:] != IGNORED).sum())
        return super().training_step(model, inputs, *args, **kwargs)

    def create_model_card(self, *args, **kwargs) -> None:
        """None: the library would put its own card, made for publishing on a hub, into every checkpoint."""

    def evaluate(self, eval_dataset=None, ignore_keys=None, metric_key_prefix="eval") -> dict[str, float]:
        """Mean negative log-likelihood in nats over all trained tokens of the split, and the share predicted right.

        The library averages over batches, so a short answer would weigh more than a long one. Returns
        `{"eval_loss", "eval_token_accuracy", "eval_tokens"}`; empty when a stop was asked for meanwhile.
        """
        loss, right, tokens, was_training = 0.0, 0, 0, self.model.training
        self.model.eval()
        # Iterating a loader draws from the global random state; a resumed run must not notice evaluations.
        with torch.random.fork_rng(), torch.no_grad(), self.compute_loss_context_manager():
            for inputs in self.get_eval_dataloader(eval_dataset):
                if self.stop.reason:
                    break
                inputs = self._prepare_inputs(inputs)
                output = self.model(**inputs, use_cache=False, fused_lm_head=True)
                batch = _score(output, inputs["labels"])
                loss, right, tokens = loss - batch.log_probability, right + batch.right, tokens + batch.tokens
        self.model.train(was_training)
        if self.stop.reason or not tokens:
            return {}
        metrics = {
            f"{metric_key_prefix}_loss": loss / tokens,
            f"{metric_key_prefix}_token_accuracy": right / tokens,
            f"{metric_key_prefix}_tokens": tokens,
        }
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


@dataclass(frozen=True)
class _Score:
    """Of the trained tokens of a batch: the sum of their log-probabilities, how many were likeliest, how many there are."""

    log_probability: float
    right: int
    tokens: int


def _score(output, labels: torch.Tensor) -> _Score:
    if hasattr(output, "log_probs"):
        return _Score(output.log_probs.double().sum().item(), int(output.is_top1.sum()), int(output.label_mask.sum()))
    # The TRL for Python 3.10 knows no fused head and answers with the logits.
    targets = labels[:, 1:]
    mask = targets != IGNORED
    logits, wanted = output.logits[:, :-1][mask].float(), targets[mask]
    chosen = torch.log_softmax(logits, dim=-1).gather(-1, wanted[:, None])
    return _Score(chosen.double().sum().item(), int((logits.argmax(-1) == wanted).sum()), len(wanted))


def score_trained_positions_only() -> None:
    """Let TRL skip the vocabulary projection of tokens without a label on a CPU too, as it does on GPUs.

    It projects every position elsewhere for the sake of compilers with fixed shapes. The loss is the same; with a third of
    the tokens trained, a step of a small model takes a fifth less time. The name is TRL's own and private, hence the check.
    """
    from trl.trainer import utils

    if hasattr(utils, "_use_triton"):
        utils._use_triton = lambda device: device.type in ("cpu", "cuda", "xpu")


def make_arguments(config: RunConfig, output_dir: Path, device: str, packed: bool) -> SFTConfig:
    """Every setting that changes what is learnt, said out loud; the comments name the defaults that would hurt."""
    o = config.optimisation
    scheduler = "constant_with_warmup" if o.scheduler == "constant" and o.warmup_steps else o.scheduler
    return SFTConfig(
        output_dir=str(output_dir),
        learning_rate=o.learning_rate,
        num_train_epochs=o.epochs,
        max_steps=o.max_steps or -1,
        per_device_train_batch_size=o.batch_size,
        per_device_eval_batch_size=o.batch_size,
        gradient_accumulation_steps=o.gradient_accumulation_steps,
        lr_scheduler_type=scheduler,
        warmup_steps=o.warmup_steps,
        weight_decay=o.weight_decay,
        max_grad_norm=o.max_grad_norm,
        optim="adamw_torch",
        seed=o.seed,
        data_seed=o.seed,
        # A LoRA run holds a bf16 base and fp32 adapters and needs no autocast. A full run in pure bf16 would lose
        # updates smaller than a 256th of the weight, so it keeps fp32 weights and computes in bf16.
        bf16=o.dtype == "bfloat16" and config.method == "full",
        fp16=False,
        gradient_checkpointing=o.gradient_checkpointing,
        gradient_checkpointing_kwargs={"use_reentrant": False},
        max_length=None,  # 1024 would cut rows that the build has already cut where it wanted
        packing=False,  # the build packs, not the trainer
        padding_free=packed,
        completion_only_loss=False,
        assistant_only_loss=False,
        loss_type="nll",
        shuffle_dataset=False,
        use_cpu=device == "cpu",
        dataloader_num_workers=0,
        dataloader_pin_memory=device == "cuda",
        logging_strategy="steps",
        logging_steps=config.log_every,
        logging_nan_inf_filter=False,  # would replace a NaN loss by the average of earlier ones
        # Saving and evaluating are decided in callbacks.py: the library's rotation deletes before a save is safe.
        save_strategy="no",
        eval_strategy="no",
        report_to="none",
        disable_tqdm=True,
        push_to_hub=False,
    )


def make_dataset(split: Split) -> Dataset:
    """The split as the library takes it: exactly the columns that reach the collator, held in memory."""
    return Dataset(split.table)


def load_weights(path: Path, optimisation: Optimisation, method: str):
    """The base model on the CPU, in the type it is trained in (see make_arguments)."""
    from transformers import AutoModelForCausalLM

    half = optimisation.dtype == "bfloat16" and method == "lora"
    try:
        return AutoModelForCausalLM.from_pretrained(
            path, dtype=torch.bfloat16 if half else torch.float32, use_safetensors=True, local_files_only=True
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ConfigError(f"baseModel.path: the model in {path} cannot be loaded ({error})") from error


def make_lora(config: RunConfig, model) -> LoraConfig | None:
    """The adapter's settings, or None for a full run; raises ConfigError when a target is not in the model."""
    lora = config.lora
    if lora is None:
        return None
    if not isinstance(lora.targets, str):
        present = {name.rsplit(".", 1)[-1] for name, _ in model.named_modules()}
        for target in lora.targets:
            if target.rsplit(".", 1)[-1] not in present:
                raise ConfigError(f"lora.targets: the base model has no module {target}")
    return LoraConfig(
        r=lora.r,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=lora.targets if isinstance(lora.targets, str) else list(lora.targets),
        bias="none",
        task_type="CAUSAL_LM",
    )


def count_lora_parameters(config: RunConfig, model) -> int:
    """How many values the adapter will have: r x (inputs + outputs) of every linear layer it goes on."""
    targets, total = config.lora.targets, 0
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Linear) and not name.endswith("lm_head"):
            if targets == "all-linear" or any(name == t or name.endswith(f".{t}") for t in targets):
                total += config.lora.r * (module.in_features + module.out_features)
    return total


def check_prepared(name: str, before: Dataset, after: Dataset) -> None:
    """The library must not have dropped, cut or relabelled a row; raises DataError otherwise."""
    if len(before) != len(after):
        raise DataError(f"preparing the split {name} changed its rows from {len(before)} to {len(after)}")
    for column in ("input_ids", "labels"):
        if before.data.column(column) != after.data.column(column):
            raise DataError(f"preparing the split {name} changed its column {column}")
