"""``python -m sandbox.mlflow_server [--brief] DIRECTORY``: seed a directory, unless it is."""

from __future__ import annotations

import argparse
import signal
from dataclasses import replace
from pathlib import Path
from types import FrameType

from sandbox.catalogue import build

from . import seed


def _stop(_number: int, _frame: FrameType | None) -> None:
    # As an exception, so that the server and the trainer are stopped on the way out.
    raise SystemExit(143)


def main() -> None:
    """Seed the directory given on the command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.mlflow_server")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--brief", action="store_true", help="only one experiment's runs")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    catalogue = build()
    if options.brief:
        first = catalogue.runs[0].experiment
        runs = tuple(run for run in catalogue.runs if run.experiment == first)
        catalogue = replace(catalogue, runs=runs)
    seed(options.directory, catalogue)


if __name__ == "__main__":
    main()
