"""`first_loss.py BASE BUILD BATCH SEED`: what the first step of a run must cost, from the definition of the loss.

Prints `{"train", "validation"}`: the mean negative log-likelihood of the base model over the trained tokens of the first
batch and of the validation split; one row at a time, in float32, with no loss function of a library.
"""

import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
import torch
import transformers
from transformers import AutoModelForCausalLM

from exemplar_trainer.sampler import LengthGroupedOrder


def nll(model, rows) -> float:
    total = count = 0
    with torch.no_grad():
        for row in rows:
            logs = torch.log_softmax(model(torch.tensor([row["input_ids"]])).logits[0].double(), dim=-1)
            for place in range(1, len(row["labels"])):
                if row["labels"][place] != -100:
                    total -= logs[place - 1, row["labels"][place]].item()
                    count += 1
    return total / count


def rows_of(build: Path, split: str) -> list[dict]:
    return [row for file in sorted((build / "data").glob(f"{split}-*.parquet")) for row in pq.read_table(file).to_pylist()]


transformers.utils.logging.disable_progress_bar()
base, build, batch, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
rows = rows_of(build, "train")
first = list(LengthGroupedOrder([len(row["input_ids"]) for row in rows], batch, seed))[:batch]
print(json.dumps({"train": nll(model, [rows[at] for at in first]), "validation": nll(model, rows_of(build, "validation"))}))
