"""Environment variables that the libraries read when they are first imported."""

import os


def prepare_environment() -> None:
    """Call before the first import of torch or transformers.

    Nothing is fetched from a hub at run time. Threads that wait for each other sleep instead of spinning: on a machine
    shared with the web server, a browser and a database, spinning costs four times the processor time
    and makes a step four times as slow (measured on two busy cores). A value set by the operator is kept.
    """
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_DATASETS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
