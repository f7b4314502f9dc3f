"""What happens besides learning: metrics, evaluations, samples, checkpoints and stopping."""

import os
import time
from pathlib import Path

import psutil
import torch
from transformers import TrainerCallback

from .checkpoints import complete_checkpoint, rotate
from .config import RunConfig
from .events import EventWriter
from .generation import Answer, generate
from .prompting import encode_prompt, stop_token_ids
from .sft import TokenCount
from .stop import StopRequest

_SAMPLE_SEED = 0


class MetricsCallback(TrainerCallback):
    """One `metrics` event and one line for people per log step; one `eval` event per evaluation."""

    def __init__(self, events: EventWriter, count: TokenCount, seed: int) -> None:
        self._events, self._count, self._seed = events, count, seed
        self._began = self._seconds = 0.0
        self._steps = self._tokens_before = 0
        self._pace, self._logs = 0.0, 0
        self.last: dict = {}

    def on_train_begin(self, args, state, control, **_) -> None:
        self._tokens_before = self._count.seen

    def on_step_begin(self, args, state, control, **_) -> None:
        if self._steps == self._logs == 0:
            self._events.write("phase", name="first-step")
        # Dropout then depends on (seed, step) alone: a resumed run draws what an uninterrupted one would have,
        # whatever evaluations and samples happened in between.
        torch.manual_seed((self._seed * 1_000_003 + state.global_step) % 2**63)
        self._began = time.perf_counter()

    def on_step_end(self, args, state, control, **_) -> None:
        # Placed before all other callbacks, so that samples and saves are not counted as training time.
        self._seconds += time.perf_counter() - self._began
        self._steps += 1

    def on_log(self, args, state, control, logs=None, **_) -> None:
        if not logs or "loss" not in logs:
            return
        step_seconds = self._seconds / max(1, self._steps)
        # The first two log steps are slow (allocation, lazy imports) and would frighten people with their estimate.
        self._logs += 1
        self._pace = step_seconds if self._logs <= 3 else 0.8 * self._pace + 0.2 * step_seconds
        rate = (self._count.seen - self._tokens_before) / max(1e-9, self._seconds)
        self.last = {
            "step": state.global_step,
            "total_steps": state.max_steps,
            "epoch": float(logs.get("epoch", state.epoch or 0.0)),
            "loss": float(logs["loss"]),
            "grad_norm": float(logs["grad_norm"]) if "grad_norm" in logs else None,
            "lr": float(logs["learning_rate"]),
            "tokens_per_s": rate,
            "tokens_seen": self._count.seen,
            "trained_tokens_seen": self._count.trained,
            "step_ms": step_seconds * 1000,
            "eta_s": self._pace * (state.max_steps - state.global_step),
            "mem_bytes": used_memory(),
            "token_accuracy": logs.get("mean_token_accuracy"),
        }
        self._events.write("metrics", **self.last)
        self._tokens_before, self._seconds, self._steps = self._count.seen, 0.0, 0
        print(
            f"step {state.global_step}/{state.max_steps} | loss {logs['loss']:.6f} | norm {logs.get('grad_norm', 0):.4f} "
            f"| lr {logs['learning_rate']:.1e} | {step_seconds * 1000:.1f} ms | {rate:.0f} tok/s",
            flush=True,
        )

    def on_evaluate(self, args, state, control, metrics=None, **_) -> None:
        self._events.write(
            "eval",
            step=state.global_step,
            eval_loss=metrics["eval_loss"],
            token_accuracy=metrics["eval_token_accuracy"],
            tokens=metrics["eval_tokens"],
        )


class SampleCallback(TrainerCallback):
    """Answers the same prompts greedily at step 0, every N steps and at the end."""

    def __init__(self, config: RunConfig, events: EventWriter, tokenizer, stop: StopRequest) -> None:
        self._config, self._events, self._tokenizer, self._stop = config, events, tokenizer, stop

    def on_train_begin(self, args, state, control, model=None, **_) -> None:
        if state.global_step == 0 and self._config.prompts:
            self._events.write("phase", name="first-answers")
            self._write_samples(model, 0)

    def on_step_end(self, args, state, control, model=None, **_) -> None:
        every, step = self._config.sample_every, state.global_step
        if step >= state.max_steps or (every and step % every == 0):
            self._write_samples(model, step)

    def _write_samples(self, model, step: int) -> None:
        was_training = model.training
        model.eval()
        try:
            for prompt in self._config.prompts:
                if self._stop.reason:  # a stop must not wait for prose; the resumed run samples at its next turn
                    return
                self._write_one(model, step, prompt)
        finally:
            model.train(was_training)

    def _write_one(self, model, step: int, prompt) -> None:
        half = next(model.parameters()).dtype == torch.float32 and self._config.optimisation.dtype == "bfloat16"
        with torch.autocast(model.device.type, torch.bfloat16, enabled=half):
            pieces = list(
                generate(
                    model,
                    self._tokenizer,
                    encode_prompt(self._tokenizer, list(prompt.messages)),
                    max_new_tokens=self._config.sample_tokens,
                    temperature=0.0,
                    seed=_SAMPLE_SEED,
                    stop_ids=stop_token_ids(self._tokenizer, model.generation_config),
                    cancelled=lambda: self._stop.reason is not None,
                )
            )
        answer: Answer = pieces.pop()
        if answer.finish == "cancelled":
            return
        self._events.write(
            "sample",
            step=step,
            prompt_id=prompt.id,
            messages=list(prompt.messages),
            text="".join(pieces),
            finish=answer.finish,
            tokens=answer.tokens,
            seed=_SAMPLE_SEED,
            params={"temperature": 0, "max_new_tokens": self._config.sample_tokens},
        )


class SaveCallback(TrainerCallback):
    """Decides when to evaluate, save and stop, and makes every save a complete checkpoint.

    `stopped` is the reason of the stop that ended the loop, None when it ran to its end.
    """

    def __init__(self, config: RunConfig, events: EventWriter, stop: StopRequest, count: TokenCount, identity: dict, evaluates: bool) -> None:
        self._config, self._events, self._stop, self._count = config, events, stop, count
        self._identity, self._evaluates = identity, evaluates
        self._reason = "interval"
        self.stopped: str | None = None

    def on_train_begin(self, args, state, control, **_) -> None:
        if self._stop.reason and state.global_step == 0:
            self._stop.raise_if_asked()

    def on_step_end(self, args, state, control, **_):
        step = state.global_step
        if step >= state.max_steps:
            # The work is done: a stop asked for now would only throw away the last minute. The output is the save.
            control.should_evaluate = self._evaluates
            return control
        if self._stop.reason:
            self.stopped = self._reason = self._stop.reason
            control.should_save = control.should_training_stop = True
            return control
        every = self._config.evaluate_every
        control.should_evaluate = bool(self._evaluates and every and step % every == 0)
        every = self._config.checkpoint_every
        control.should_save = bool(every and step % every == 0)
        return control

    def on_save(self, args, state, control, **_) -> None:
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        saved = {"identity": self._identity, "tokensSeen": self._count.seen, "trainedTokensSeen": self._count.trained}
        facts = complete_checkpoint(folder, state.global_step, saved)
        rotate(folder.parent, self._config.checkpoints_kept)
        self._events.write("checkpoint", step=state.global_step, reason=self._reason, **facts)
        self._events.sync()


def used_memory() -> int:
    """Bytes: the peak on the GPU, else this process's resident memory now."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    return psutil.Process(os.getpid()).memory_info().rss
