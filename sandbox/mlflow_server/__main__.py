"""``python -m sandbox.mlflow_server DIRECTORY``: seed a directory, unless it is."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType

from sandbox.catalogue import build

from . import seed


def _stop(_number: int, _frame: FrameType | None) -> None:
    # As an exception, so that the server and the trainer are stopped on the way out.
    raise SystemExit(143)


def main() -> None:
    """Seed the directory given on the command line."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m sandbox.mlflow_server DIRECTORY")
    signal.signal(signal.SIGTERM, _stop)
    seed(Path(sys.argv[1]), build())


if __name__ == "__main__":
    main()
