"""`python -m exemplar_trainer.tiny_model --out DIR [--texts FILE]`: a random Llama of 0.8 M parameters for tests.

Same files, template and control tokens as the real base model, made in seconds and always the same bytes.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

from .environment import prepare_environment
from . import model_folder
from .files import write_json_atomically
from .progress import quiet_libraries, report
from .tiny_dialogues import DIALOGUES

SEED = 20260101
VOCABULARY = 1024
CONTEXT_TOKENS = 1024


def main(arguments: list[str] | None = None) -> int:
    """Make the folder and return 0; `--texts` is a UTF-8 file whose lines train the tokenizer instead."""
    parser = argparse.ArgumentParser(prog="exemplar_trainer.tiny_model")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--texts", type=Path)
    options = parser.parse_args(arguments)
    prepare_environment()
    texts = options.texts.read_text(encoding="utf-8").splitlines() if options.texts else None
    make_tiny_model(options.out.resolve(), texts)
    report("ready", 1, "tiny model made")
    return 0


def make_tiny_model(out: Path, texts: list[str] | None = None) -> None:
    """Write the model folder `out`, replacing what stood there."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    quiet_libraries()
    temporary = out.with_name(out.name + ".tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    tokenizer = _train_tokenizer(texts)
    model_folder.write_tokenizer(temporary, tokenizer, CONTEXT_TOKENS)
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        settings = LlamaConfig(
            vocab_size=len(tokenizer["model"]["vocab"]),  # a short text may not fill the vocabulary
            hidden_size=128,
            intermediate_size=768,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=CONTEXT_TOKENS,
            tie_word_embeddings=True,
            initializer_range=0.02,
        )
        model = LlamaForCausalLM(settings)
    model_folder.save_weights(model, temporary)
    (temporary / "README.md").write_text("# Tiny test model\n\nRandom weights, for tests only.\n", encoding="utf-8")
    about = {
        "name": "tiny-test-model",
        "licence": "Apache-2.0",
        "source": f"random weights, seed {SEED}",
        "sha256": None,
        "dtype": "float32",
        "templateNote": "ChatML without a default system prompt",
    }
    write_json_atomically(temporary / "exemplar.json", about)
    model_folder.publish(temporary, out)


def _train_tokenizer(texts: list[str] | None) -> dict:
    """tokenizer.json of a byte-level BPE: every byte is in the vocabulary, so any text can be encoded."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[AddedToken(token, normalized=False, special=True) for token in model_folder.CONTROL_TOKENS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts or [text for dialogue in DIALOGUES for text in dialogue], trainer)
    return json.loads(tokenizer.to_str())


if __name__ == "__main__":
    sys.exit(main())
