"""Do packed examples really stay apart? Asked of the model itself before the first step."""

import torch
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

from .errors import ConfigError

_PROBE_EXAMPLES = 6
_PROBE_TOKENS = 512


def cut_probe(row_ids: list[int], seq_lengths: list[int]) -> list[list[int]]:
    """The first few examples of a packed row, each shortened, so that the probe takes one small forward pass."""
    pieces, start = [], 0
    for length in seq_lengths[:_PROBE_EXAMPLES]:
        pieces.append(row_ids[start : start + min(length, _PROBE_TOKENS // _PROBE_EXAMPLES)])
        start += length
    return pieces


@torch.no_grad()
def check_packing(model, examples: list[list[int]]) -> float:
    """Compare the logits of packed examples with those of the same examples run one by one.

    Raises ConfigError when they differ, or when changing one example changes the logits of another. Returns the
    largest difference found. Whether examples mix depends on the attention implementation and on how the
    model reads position ids, so it is measured, not looked up in a list.
    """
    if len(examples) < 2:
        return 0.0
    was_training = model.training
    model.eval()
    try:
        packed = _packed_logits(model, examples)
        alone = [_forward(model, {"input_ids": torch.tensor([ids])}) for ids in examples]
        # An example that is last must not notice its neighbours at all; this holds whatever the rounding of bf16.
        vocab = alone[0].shape[-1]
        others = [[(token + 1) % vocab for token in ids] for ids in examples[:-1]]
        changed = _packed_logits(model, [*others, examples[-1]])
    finally:
        model.train(was_training)
    start, worst = 0, 0.0
    for ids, logits in zip(examples, alone):
        worst = max(worst, (packed[start : start + len(ids)] - logits).abs().max().item())
        start += len(ids)
    scale = torch.cat(alone).std().item()
    dtype = next(model.parameters()).dtype
    limit = scale * (1e-3 if dtype == torch.float32 else 0.25)
    leak = (packed[-len(examples[-1]) :] - changed[-len(examples[-1]) :]).abs().max().item()
    if not worst <= limit or not leak <= scale * 1e-3:
        kind = getattr(model.config, "_attn_implementation", "unknown")
        raise ConfigError(
            f"build.path: the build is packed, but with the attention implementation {kind} this model mixes packed examples "
            f"(logits differ by {worst:.3g}, leak {leak:.3g}, at most {limit:.3g} is rounding); build without packing"
        )
    return worst


def _packed_logits(model, examples: list[list[int]]) -> torch.Tensor:
    """Logits [tokens, vocabulary] of the examples run exactly as the training collator packs them."""
    collator = DataCollatorForLanguageModeling(pad_token_id=0, padding_free=True)
    row = [token for ids in examples for token in ids]
    batch = collator([{"input_ids": row, "labels": row, "seq_lengths": [len(ids) for ids in examples]}])
    batch.pop("labels")
    return _forward(model, dict(batch))


def _forward(model, batch: dict) -> torch.Tensor:
    moved = {key: value.to(model.device) if torch.is_tensor(value) else value for key, value in batch.items()}
    return model(**moved, use_cache=False).logits[0].float().cpu()
