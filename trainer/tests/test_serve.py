"""The model server, over real HTTP: base and adapter differ, errors name a cure, nothing runs on for nobody."""

import http.client
import json
import os
import shutil
import stat
import subprocess
import sys
import threading

import pytest

from .support import ENVIRONMENT, make_rows, make_run, run_config, train_in_process, wait_for, write_build

ASK = [{"role": "user", "content": "What is your name?"}]


@pytest.fixture(scope="module")
def base(tiny, tokenizer, tmp_path_factory):
    """A fully tuned model, served by its own path: it knows an answer to ASK."""
    return tune(tmp_path_factory.mktemp("base"), tiny, tokenizer, "I have no name.", method="full", learningRate=5e-3)


@pytest.fixture(scope="module")
def adapter(base, tokenizer, tmp_path_factory):
    """An adapter on that model which has learnt another answer."""
    return tune(tmp_path_factory.mktemp("adapter"), base, tokenizer, "My name is Tiny.", method="lora", learningRate=1e-2, maxSteps=100)


def tune(root, base, tokenizer, answer, method, **optimisation):
    folder = write_build(root / "b", base, {"train": make_rows(tokenizer, [(ASK[0]["content"], answer)] * 8)})
    optimisation = {"maxSteps": 40, "batchSize": 8, **optimisation}
    run = make_run(root / "run", run_config(base, folder, method=method, optimisation=optimisation, logging={"everySteps": 20}))
    assert train_in_process(run) == 0
    return run / "output"


def launch(folder, *extra):
    command = [sys.executable, "-m", "exemplar_trainer.serve", "--dir", str(folder), *extra]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wait_for(lambda: (folder / "serve.json").exists() or process.poll() is not None, what="serve.json")
    return process


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("serve")
    process = launch(folder)
    yield folder
    process.terminate()
    assert process.wait(20) == 0
    assert not (folder / "serve.json").exists()


def call(folder, method, path, body=None, token=None):
    facts = json.loads((folder / "serve.json").read_text())
    connection = http.client.HTTPConnection("127.0.0.1", facts["port"], timeout=60)
    data = None if body is None else json.dumps(body)
    connection.request(method, path, data, {"Authorization": f"Bearer {token or facts['token']}"})
    return connection.getresponse()


def ask(folder, model, tuning=None, **more):
    body = {"base": str(model), "adapter": tuning and str(tuning), "messages": ASK, "maxNewTokens": 20, "temperature": 0, "seed": 1}
    response = call(folder, "POST", "/generate", {**body, **more})
    return response.status, [json.loads(line) for line in response.read().splitlines()]


def text_of(lines):
    return "".join(line.get("text", "") for line in lines)


def test_serve_json_is_private_and_true(server):
    facts = json.loads((server / "serve.json").read_text())
    assert {"pid", "startTime", "bootId", "port", "token"} <= facts.keys()
    assert stat.S_IMODE(os.stat(server / "serve.json").st_mode) == 0o600


def test_wrong_token_is_401(server):
    for method, path in (("GET", "/health"), ("POST", "/generate")):
        response = call(server, method, path, token="wrong")
        assert response.status == 401 and "cure" in json.loads(response.read())


def test_adapter_and_base_answer_in_one_process(server, base, adapter):
    status, tuned = ask(server, base, adapter)
    assert status == 200 and text_of(tuned) == "My name is Tiny."
    done = tuned[-1]
    assert done["done"] is True and done["finish"] == "stop" and done["tokens"] > 0 and done["tokensPerSecond"] > 0
    assert len(tuned) > 3  # it came in pieces
    assert text_of(ask(server, base)[1]) == "I have no name."
    assert text_of(ask(server, base, adapter)[1]) == "My name is Tiny."  # and back again
    health = json.loads(call(server, "GET", "/health").read())
    assert health["status"] == "ok" and health["loaded"] == [{**health["loaded"][0], "base": str(base), "adapters": [str(adapter)]}]


def test_base_is_untouched_by_an_adapter_beside_it(server, base, adapter):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from exemplar_trainer.generation import generate
    from exemplar_trainer.prompting import encode_prompt, stop_token_ids

    tokenizer, model = AutoTokenizer.from_pretrained(base), AutoModelForCausalLM.from_pretrained(base)
    pieces = list(
        generate(model, tokenizer, encode_prompt(tokenizer, ASK), max_new_tokens=20, temperature=0, seed=1, stop_ids=stop_token_ids(tokenizer))
    )
    ask(server, base, adapter)
    assert text_of(ask(server, base)[1]) == "".join(pieces[:-1])


def test_temperature_draws_by_seed(server, tiny):
    first, again, other = (text_of(ask(server, tiny, temperature=1.0, seed=seed)[1]) for seed in (5, 5, 6))
    assert first == again != other


def test_errors_name_a_cure(server, base, adapter, tmp_path):
    for body, status, code in (
        ({"base": "/nowhere"}, 422, "folder-incomplete"),
        ({"adapter": "/nowhere"}, 422, "folder-incomplete"),
        ({"messages": []}, 400, "request-invalid"),
        ({"messages": [{"role": "user", "content": "x" * 5000}]}, 400, "context-exceeded"),
        ({"temperature": -1}, 400, "request-invalid"),
        ({"colour": "red"}, 400, "request-invalid"),
    ):
        got, lines = ask(server, base, **body)
        assert got == status and lines[0]["error"] and lines[0]["cure"] and lines[0]["code"] == code, body
    broken = shutil.copytree(adapter, tmp_path / "broken")
    config = json.loads((broken / "adapter_config.json").read_text())
    (broken / "adapter_config.json").write_text(json.dumps({**config, "r": 5}))
    got, lines = ask(server, base, broken)
    assert got == 422 and "does not fit the base model" in lines[0]["error"] and lines[0]["code"] == "adapter-differs"
    assert text_of(ask(server, base, adapter)[1]) == "My name is Tiny."  # the failure left nothing behind


def test_leaving_client_frees_the_model(server, tiny):
    body = {"base": str(tiny), "adapter": None, "messages": ASK, "maxNewTokens": 900, "temperature": 5.0, "seed": 3}
    response = call(server, "POST", "/generate", body)
    assert response.fp.readline()  # the first piece is there, hundreds are to come
    response.close()
    wait_for(lambda: not json.loads(call(server, "GET", "/health").read())["busy"], 2, "end of the forsaken answer")


def test_two_answers_are_written_side_by_side(server, base, adapter, tiny):
    """Each gets its turn for a token: the one that came second is at work before the first is done, and neither spoils the other."""
    body = {"messages": ASK, "maxNewTokens": 900, "temperature": 5.0, "seed": 3}
    first = call(server, "POST", "/generate", {**body, "base": str(base), "adapter": str(adapter)})
    assert first.fp.readline()
    assert text_of(ask(server, base)[1]) == "I have no name."  # while the other goes on with its adapter
    second = call(server, "POST", "/generate", {**body, "base": str(base), "adapter": None})
    assert second.fp.readline()
    second.close()
    assert text_of(ask(server, base, adapter)[1]) == "My name is Tiny."
    assert json.loads(call(server, "GET", "/health").read())["busy"]  # the first still is
    first.close()
    wait_for(lambda: not json.loads(call(server, "GET", "/health").read())["busy"], 5, "end of the forsaken answers")


def test_turns_are_given_in_the_order_of_asking():
    from exemplar_trainer.turns import GaveUp, Turns

    turns, order = Turns(), []
    turns.take()
    threads = []
    for name in "abc":
        thread = threading.Thread(target=lambda name=name: (turns.take(), order.append(name), turns.give_back()))
        threads.append(thread)
        thread.start()
        wait_for(lambda: len(turns._waiting) == len(threads), what=f"{name} in the queue")
    with pytest.raises(GaveUp):
        turns.take(lambda: True)
    turns.give_back()
    for thread in threads:
        thread.join(5)
    assert order == ["a", "b", "c"]
    turns.take()  # nothing was lost by the one that left


def test_a_model_that_answers_stays_in_memory(tiny, tmp_path):
    from exemplar_trainer.model_pool import ModelPool
    from exemplar_trainer.turns import GaveUp

    other = shutil.copytree(tiny, tmp_path / "other")
    pool = ModelPool(memory_bytes=int((tiny / "model.safetensors").stat().st_size * 1.5))
    with pool.lend(str(tiny), None):
        with pytest.raises(GaveUp), pool.lend(str(other), None, lambda: True):
            pass
        assert [entry["base"] for entry in pool.describe()] == [str(tiny)]
    with pool.lend(str(other), None):
        assert [entry["base"] for entry in pool.describe()] == [str(other)]


def test_only_one_server_a_folder(server):
    process = launch(server)
    assert process.wait(20) == 73 and b"already running" in process.stderr.read()


def test_leaves_when_idle(tmp_path):
    process = launch(tmp_path, "--idle-seconds", "0.5")
    assert process.wait(20) == 0 and not (tmp_path / "serve.json").exists()


def test_least_recently_used_leaves_first(tiny, adapter, tmp_path):
    from exemplar_trainer.model_pool import ModelPool
    from exemplar_trainer.pooled_model import ModelError

    copies = [shutil.copytree(tiny, tmp_path / name) for name in "abc"]
    size = (tiny / "model.safetensors").stat().st_size
    pool = ModelPool(memory_bytes=int(size * 2.5))
    for folder in (copies[0], copies[1], copies[0], copies[2]):
        with pool.lend(str(folder), None) as lent:
            assert lent.model is not None
    assert [entry["base"] for entry in pool.describe()] == [str(copies[0]), str(copies[2])]
    with pytest.raises(ModelError, match="not enough memory"), ModelPool(memory_bytes=size // 2).lend(str(tiny), None):
        pass


def test_a_model_trained_anew_is_loaded_anew(tiny, tmp_path):
    from exemplar_trainer.model_pool import ModelPool

    folder = shutil.copytree(tiny, tmp_path / "model")
    pool = ModelPool(memory_bytes=2**30)
    with pool.lend(str(folder), None) as lent:
        first = lent.model
    with pool.lend(str(folder), None) as lent:
        assert lent.model is first
    os.utime(folder / "model.safetensors", ns=(1, 1))
    with pool.lend(str(folder), None) as lent:
        assert lent.model is not first
