"""Judges the engine's rows against Python: transformers for text, ids and masks, `datasets` for a build folder.

    python tests/python/judge_tokens.py ROWS.jsonl --tokenizer FOLDER [--template FILE] [--training-template FILE]
    python tests/python/judge_tokens.py --build FOLDER

A row has messages, tools (JSON text or null), ids, labels and text, as emit-rows.ts writes them, or `refused`.
- text equals apply_chat_template(tokenize=False);
- ids equal apply_chat_template(tokenize=True), unless content spells an added token: there Python lets the user write
  control tokens, and the row is held to decode(ids) == text and to the special tokens of the same row without them;
- with --training-template (the same template with {% generation %} tags) labels != -100 equals Python's assistant mask
  without the turns of weight 0;
- a row the template refused must be refused by Python too; the engine's own refusals are only counted.
With --build, `load_dataset` must accept the folder and find the features the Parquet footer declares.
Prints "N equal, N different" and exits 1 on any difference.
"""
import argparse
import datetime
import json
import os
import pathlib
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")


# Rows the engine leaves out although Python renders them: there is no right mask or no safe encoding for them.
OWN_REFUSALS = {
    "mixed-turn",
    "tool-call-dropped",
    "control-token-in-content",
    "character-not-in-vocabulary",
    "nothing-trained",
    "reserved-character",
    "not-well-formed",
}


class PinnedDatetime(datetime.datetime):
    """`strftime_now` of transformers asks for now; the engine pins the recipe's default date."""

    @classmethod
    def now(cls, tz=None):
        return cls(2026, 1, 1)


def contents(value):
    """Every string of a message, wherever it stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from contents(item)
    elif isinstance(value, list):
        for item in value:
            yield from contents(item)


def to_hf(row):
    messages = json.loads(json.dumps(row["messages"]))
    for message in messages:
        message.pop("weight", None)
        for call in message.get("tool_calls") or []:
            if row.get("argumentsAs", "mapping") == "mapping":
                call["function"]["arguments"] = json.loads(call["function"]["arguments"])
    tools = json.loads(row["tools"]) if row.get("tools") else None
    return messages, tools


class Judge:
    def __init__(self, folder, template, training_template):
        from transformers import AutoTokenizer
        from transformers.utils import chat_template_utils

        chat_template_utils.datetime = PinnedDatetime
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.template = template or self.tokenizer.chat_template
        self.training_template = training_template
        self.special = {token.content: index for index, token in self.tokenizer.added_tokens_decoder.items() if token.special}
        self.added = {token.content: index for index, token in self.tokenizer.added_tokens_decoder.items()}

    def spells_control(self, row):
        words = "\n".join(contents([row["messages"], json.loads(row["tools"]) if row.get("tools") else None]))
        return any(token in words for token in self.added if token.strip())

    def fault(self, row):
        """What is wrong with a row, or None."""
        messages, tools = to_hf(row)
        options = dict(tools=tools, chat_template=self.template)
        try:
            text = self.tokenizer.apply_chat_template(messages, tokenize=False, **options)
        except Exception as error:
            return None if row.get("refused") else f"Python refuses: {error}"
        if row.get("refused") in OWN_REFUSALS:
            return None
        if row.get("refused"):
            return f"Python renders what was refused as {row['refused']}: {row['message']}"
        if text != row["text"]:
            at = next((i for i, (a, b) in enumerate(zip(text, row["text"])) if a != b), min(len(text), len(row["text"])))
            return f"text differs at {at}: Python {text[at:at + 40]!r}, ours {row['text'][at:at + 40]!r}"
        if self.spells_control(row):
            return self.guarded_fault(row)
        encoded = self.tokenizer.apply_chat_template(messages, tokenize=True, return_dict=True, **options)
        if encoded["input_ids"] != row["ids"]:
            at = next((i for i, (a, b) in enumerate(zip(encoded["input_ids"], row["ids"])) if a != b), -1)
            return f"ids differ at {at}: Python {encoded['input_ids'][at:at + 5]}, ours {row['ids'][at:at + 5]}"
        if any(label not in (-100, token) for token, label in zip(row["ids"], row["labels"])):
            return "a label is neither -100 nor its id"
        return self.mask_fault(row, messages, tools)

    def guarded_fault(self, row):
        import unicodedata

        decoded = self.tokenizer.decode(row["ids"], skip_special_tokens=False, clean_up_tokenization_spaces=False)
        if unicodedata.normalize("NFC", decoded) != unicodedata.normalize("NFC", row["text"]):
            return "guarded ids do not decode to the text"
        messages, tools = self.without_controls(to_hf(row))
        expected = self.tokenizer.apply_chat_template(messages, tokenize=True, return_dict=True, tools=tools, chat_template=self.template)
        control = set(self.special.values())
        ours = [token for token in row["ids"] if token in control]
        theirs = [token for token in expected["input_ids"] if token in control]
        return None if ours == theirs else f"control tokens differ: the template places {theirs}, ours {ours}"

    def without_controls(self, value):
        """The same conversation with every special token in it replaced by a letter. Other markup, such as <think>, stays:
        templates read it in content and write their own in its place."""
        if isinstance(value, str):
            for token in sorted(self.special, key=len, reverse=True):
                value = value.replace(token, "x")
            return value
        if isinstance(value, dict):
            return {self.without_controls(key): self.without_controls(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.without_controls(item) for item in value]
        return value

    def mask_fault(self, row, messages, tools):
        if not self.training_template:
            return None
        encoded = self.tokenizer.apply_chat_template(
            messages, tokenize=True, return_dict=True, return_assistant_tokens_mask=True, tools=tools, chat_template=self.training_template
        )
        if encoded["input_ids"] != row["ids"]:
            return "the training template does not give the ids of the template"
        mask = leave_out_turns(encoded["assistant_masks"], [m.get("weight") == 0 for m in row["messages"] if m["role"] == "assistant"])
        if mask is None:
            return "Python's assistant mask does not have one range a turn"
        return None if mask == [int(label != -100) for label in row["labels"]] else "the mask differs from Python's assistant mask"


def leave_out_turns(mask, untrained):
    """Python's mask has every assistant turn; here without those of weight 0. None when turns and ranges do not pair up."""
    if not any(untrained):
        return mask
    starts = [at for at, value in enumerate(mask) if value and (at == 0 or not mask[at - 1])]
    if len(starts) != len(untrained):
        return None
    mask = list(mask)
    for at, left_out in zip(starts, untrained):
        while left_out and at < len(mask) and mask[at]:
            mask[at] = 0
            at += 1
    return mask


def judge_rows(file, tokenizer, template=None, training_template=None):
    """Faults of the rows in a file of emit-rows.ts, the rows themselves, and how many of them spell control tokens."""
    judge = Judge(tokenizer, template, training_template)
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
    faults = [f"row {number}: {fault}" for number, row in enumerate(rows, 1) if (fault := judge.fault(row))]
    return faults, rows, sum("refused" not in row and judge.spells_control(row) for row in rows)


def judge_build(folder):
    """Faults of a build folder as `datasets` sees it."""
    import datasets
    import pyarrow.parquet as pq

    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    loaded = datasets.load_dataset(str(folder), cache_dir=str(folder.parent / ".judge-cache"))
    faults = []
    for split, counts in manifest["counts"].items():
        if counts["rows"] != (len(loaded[split]) if split in loaded else 0):
            faults.append(f"{split}: {len(loaded[split])} rows, manifest {counts['rows']}")
    for file in manifest["files"]:
        if not file["path"].endswith(".parquet"):
            continue
        metadata = pq.read_metadata(folder / file["path"]).metadata
        declared = datasets.Features.from_dict(json.loads(metadata[b"huggingface"])["info"]["features"])
        if declared != loaded[file["split"]].features:
            faults.append(f"{file['path']}: features {loaded[file['split']].features}, declared {declared}")
        if datasets.Features.from_arrow_schema(pq.read_schema(folder / file["path"])) != declared:
            faults.append(f"{file['path']}: the Arrow schema differs from the declared features")
    for split, rows in loaded.items():
        if "labels" not in rows.column_names:
            continue
        tokens = sum(len(ids) for ids in rows["input_ids"])
        trained = sum(label != -100 for labels in rows["labels"] for label in labels)
        counts = manifest["counts"][split]
        if (tokens, trained) != (counts["tokens"], counts["trainedTokens"]):
            faults.append(f"{split}: {tokens} tokens, {trained} trained; manifest {counts['tokens']}, {counts['trainedTokens']}")
        if any(len(row["input_ids"]) != len(row["labels"]) or set(row["attention_mask"]) != {1} for row in rows):
            faults.append(f"{split}: lengths or attention_mask are wrong")
    return faults, len(manifest["files"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=pathlib.Path)
    parser.add_argument("--tokenizer", type=pathlib.Path)
    parser.add_argument("--template", type=pathlib.Path)
    parser.add_argument("--training-template", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path)
    args = parser.parse_args()
    faults, total, refused, guarded = [], 0, 0, 0
    if args.rows:
        read = lambda file: file.read_text(encoding="utf-8") if file else None  # noqa: E731
        faults, rows, guarded = judge_rows(args.rows, args.tokenizer, read(args.template), read(args.training_template))
        total, refused = len(rows), sum("refused" in row for row in rows)
    if args.build:
        build_faults, files = judge_build(args.build)
        faults += build_faults
        total += max(files, len(build_faults))
    for fault in faults[:20]:
        print(fault)
    print(f"{total - len(faults)} equal, {len(faults)} different ({refused} refused, {guarded} with control tokens spelt in content)")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
