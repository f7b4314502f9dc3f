"""The Exemplar trainer: fine-tunes, samples and serves models built from a labelled snapshot.

Importing this package is cheap on purpose: torch and transformers are imported by the commands that need
them, so `supervise` and a failing configuration answer in milliseconds.
"""

__version__ = "0.1.0"
