"""Progress of long set-up commands: one JSON object a line on stdout."""

import json
import warnings


def report(stage: str, progress: float, message: str = "") -> None:
    """Print `{"stage", "progress", "message"}`; `progress` is a share from 0 to 1."""
    print(json.dumps({"stage": stage, "progress": round(progress, 3), "message": message}), flush=True)


def report_failure(code: str, message: str, cure: str, **facts: str) -> None:
    """Print `{"stage": "failed", "code", "message", "cure", "facts"}`: what happened, and what the reader can do about it."""
    line = {"stage": "failed", "code": code, "message": message, "cure": cure, "facts": {"detail": message, **facts}}
    print(json.dumps(line), flush=True)


def quiet_libraries() -> None:
    """Keep the libraries' own progress bars and notices away from our stdout contract and out of the log."""
    import transformers

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
