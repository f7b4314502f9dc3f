"""Exit codes of every command and the exceptions which lead to them."""

EXIT_OK = 0
EXIT_CRASH = 1
EXIT_DATA = 65  # the build is not what its manifest says, or cannot be trained on
EXIT_ALREADY_RUNNING = 73  # another process holds this directory's lock
EXIT_STOPPED = 75  # stopped on request; resumable
EXIT_CONFIG = 78  # run.json, base model or machine cannot do what was asked
EXIT_SECOND_TERM = 143  # second SIGTERM: left at once, nothing saved


class TrainerError(Exception):
    """An expected failure: `str(error)` is one sentence for people, `exit_code` is what the process returns."""

    exit_code = EXIT_CRASH


class ConfigError(TrainerError):
    """run.json, the base model folder or this machine is wrong; the message names the key or the file."""

    exit_code = EXIT_CONFIG


class DataError(TrainerError):
    """The build is wrong; the message names the file and, where there is one, the row."""

    exit_code = EXIT_DATA


class AlreadyRunning(TrainerError):
    """Another live process holds the lock of the same directory."""

    exit_code = EXIT_ALREADY_RUNNING


class Stopped(TrainerError):
    """A stop was asked for before the first training step, so there is nothing to save."""

    exit_code = EXIT_STOPPED
