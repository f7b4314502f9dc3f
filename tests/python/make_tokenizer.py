"""Makes tests/golden/tokenizer: a byte-level BPE of some 1,300 tokens with the control tokens of several model families.

    python tests/python/make_tokenizer.py OUT

The text it learns from is written here, so the folder can be made again: same `tokenizers` version, same file.
"""
import argparse
import json
import pathlib

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

TEXT = """
Exemplar is where people write the conversations a language model learns from. A prompt wants an answer; a labeller writes
it, a reviewer reads it and says which rule it breaks. What is approved is frozen in a snapshot, and a build makes tokens
from it. Every token is accounted for: exported, excluded with a reason, or cut away. The model learns the words of the
assistant and the token that ends its turn, and never the words of the user, the system or a tool.
Good answers are helpful, truthful and harmless. They say what they know, ask when a question is unclear, and stop.
Write code that says why. def add(a, b): return a + b. for (let i = 0; i < n; i++) { total += values[i] }
{"name": "get_weather", "arguments": {"city": "Paris", "days": 3, "exact": 1.0, "unit": "celsius"}}
SELECT id, body FROM message WHERE length(body) > 100 ORDER BY id LIMIT 10;
Les gens écrivent des réponses, et d'autres les relisent. Was gut ist, wird behalten; was falsch ist, wird verbessert.
La respuesta debe ser útil, veraz y breve. Ответ должен быть полезным и честным. 回答应当有帮助、真实并且简短。
你好，世界。模型从人写的对话中学习。これはテストの文です。한국어 문장도 있습니다. هذا نص قصير. שלום עולם.
One, two, three, four, five, six, seven, eight, nine, ten. 0 1 2 3 4 5 6 7 8 9 10 100 1000 2026-01-01.
Why is the sky blue? Because short waves scatter more. How many letters has strawberry? Ten: s-t-r-a-w-b-e-r-r-y.
""" * 4

SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CONTROL = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>",
    "<|eot_id|>", "<s>", "</s>", "[INST]", "[/INST]", "<|user|>", "<|assistant|>", "<|system|>", "<|end|>",
    "<bos>", "<start_of_turn>", "<end_of_turn>",
]
MARKUP = ["<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=2000, show_progress=False, min_frequency=2, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(TEXT.splitlines(keepends=True), trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in CONTROL])
    tokenizer.add_tokens([AddedToken(token, special=False, normalized=False) for token in MARKUP])
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": None,
        "eos_token": "<|im_end|>",
        "pad_token": {"__type": "AddedToken", "content": "<|endoftext|>", "lstrip": False, "rstrip": False, "special": True},
        "model_max_length": 8192,
        "clean_up_tokenization_spaces": False,
    }
    (out / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
