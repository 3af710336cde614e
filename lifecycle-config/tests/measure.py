"""Times of the installer, for ``npm run bench -- --only installer``.

    python lifecycle-config/tests/measure.py --wheel dist/X.whl [--runs 5]

Prints one JSON object; milliseconds are medians of wall-clock time, as a space waits.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from conftest import S3
from person import Image, Person
from studio import Studio

from sandbox.tests.aws_fixture import AwsProcess


def timed(studio: Studio, word: str) -> tuple[float, float]:
    """Wall-clock and processor seconds of a start.

    Raises:
        SystemExit: it did not end as it should.
    """
    before, start = os.times(), time.perf_counter()
    result = studio.run()
    wall, after = time.perf_counter() - start, os.times()
    if result.code != 0 or word not in result.log:
        raise SystemExit(f"the installer ended with {result.code}: {result.log}")
    used = after.children_user + after.children_system
    return wall, used - before.children_user - before.children_system


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    person = Person.find()
    found: dict[str, list[tuple[float, float]]] = {"first": [], "warm": [], "again": []}
    with tempfile.TemporaryDirectory(prefix="sg-studio-") as folder, AwsProcess() as aws:
        ground = Path(folder)
        ground.chmod(0o755)
        s3 = S3(aws)
        s3.upload(options.wheel)
        image = Image.of(Path(sys.base_prefix), person, ground)
        for number in range(options.runs):
            studio = Studio(ground / str(number), s3.env(), person, image)
            studio.pin(options.wheel)
            found["first"].append(timed(studio, "installed in"))
            found["again"].append(timed(studio, "nothing changed"))
            studio.reset_container()
            found["warm"].append(timed(studio, "installed in"))
            shutil.rmtree(studio.folder)
    told: dict[str, object] = {"runs": options.runs, "user": person.name}
    for name, times in found.items():
        told[f"{name}Ms"] = round(statistics.median(wall for wall, _ in times) * 1000)
        told[f"{name}CpuMs"] = round(statistics.median(used for _, used in times) * 1000)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
