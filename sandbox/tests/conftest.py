"""Fixtures of the sandbox's tests: real processes, one for a whole run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .aws_fixture import AwsProcess


@pytest.fixture(scope="session")
def aws_process() -> Iterator[AwsProcess]:
    """AWS with the hand-written groups."""
    with AwsProcess() as process:
        yield process


@pytest.fixture
def aws(aws_process: AwsProcess) -> AwsProcess:
    """AWS as it was seeded, with nothing switched off."""
    aws_process.control("POST", "reset")
    return aws_process
