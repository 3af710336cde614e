"""``python -m sandbox.mlflow_server.install VERSION ...``: install other versions of MLflow."""

from __future__ import annotations

import argparse

from .versions import OLDER, ensure, is_ready


def main() -> None:
    """Command line; exit code 1 from ``--check`` when something is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("versions", nargs="+", choices=OLDER, metavar="VERSION")
    parser.add_argument("--check", action="store_true", help="only look")
    options = parser.parse_args()
    for version in options.versions:
        if options.check:
            if not is_ready(version):
                raise SystemExit(1)
        else:
            ensure(version)


if __name__ == "__main__":
    main()
