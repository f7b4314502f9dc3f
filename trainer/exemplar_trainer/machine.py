"""`python -m exemplar_trainer.machine --out FILE`: what this machine computes with, for estimates made without torch.

Writes `{"host", "device": "cpu" | "cuda", "bfloat16": bool}`.
"""

import argparse
import socket
import sys
from pathlib import Path

from .environment import prepare_environment
from .files import write_json_atomically


def main(arguments: list[str] | None = None) -> int:
    """Write the file and return 0."""
    parser = argparse.ArgumentParser(prog="exemplar_trainer.machine")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    prepare_environment()
    from .precision import has_fast_bfloat16
    from .preflight import pick_device

    device = pick_device()
    write_json_atomically(options.out.resolve(), {"host": socket.gethostname(), "device": device, "bfloat16": has_fast_bfloat16(device)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
