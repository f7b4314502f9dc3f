"""Which number type a device computes in quickly."""

import torch


def has_fast_bfloat16(device: str) -> bool:
    """Whether `cuda` or `cpu` multiplies bfloat16 in hardware.

    A CPU without such instructions emulates them at a tenth of the speed of float32 (measured: one training step of a 135 M
    model took eleven minutes instead of one), so there float32 is the better choice in every respect but memory.
    """
    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    known = torch.cpu.get_capabilities()
    return any(known.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16", "arm_bf16"))
