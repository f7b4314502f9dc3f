"""`python -m exemplar_trainer.hash_model --model DIR`: print the `contentHash` which run.json may ask for."""

import argparse
import json
import sys
from pathlib import Path

from .files import describe_files, hash_folder


def main(arguments: list[str] | None = None) -> int:
    """Print `{"contentHash", "files": [{path, bytes, sha256}]}`; returns 0, or 1 when there is no such folder."""
    parser = argparse.ArgumentParser(prog="exemplar_trainer.hash_model")
    parser.add_argument("--model", type=Path, required=True)
    folder = parser.parse_args(arguments).model
    if not folder.is_dir():
        print(f"there is no folder {folder}", file=sys.stderr)
        return 1
    print(json.dumps({"contentHash": hash_folder(folder), "files": describe_files(folder)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
