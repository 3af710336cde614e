"""The page about the checks says what the code does."""

from __future__ import annotations

import re

from ..doctor import cli
from ..doctor.catalogue import CHECKS
from ..doctor.report import GROUPS
from .lab import PACKAGE_ROOT

PAGE = (PACKAGE_ROOT.parent / "docs" / "doctor.md").read_text()


def test_every_check_has_its_section() -> None:
    sections = re.findall(r"^### `([a-z-]+)`: (.+)\n((?:.*\n)+?)(?=^##|\Z)", PAGE, re.MULTILINE)
    assert [(name, title) for name, title, _ in sections] == [
        (name, check.title) for name, check in CHECKS.items()
    ]
    for name, _, text in sections:
        assert f"\n- Tried: {CHECKS[name].how}\n" in f"\n{text}", name
        for word in ("Means", "Next"):
            assert re.search(rf"^- {word}: \S", text, re.MULTILINE), (name, word)


def test_the_exit_codes_are_those_of_the_command() -> None:
    text = " ".join(PAGE.split())
    for code, words in (
        (cli.FINE, "nothing failed"),
        (cli.BROKEN, "the checks could not be run"),
        (cli.USAGE, "wrong usage"),
        (cli.FOUND, "something failed"),
    ):
        assert f"{code} {words}" in text
        assert f"{code} {words}" in " ".join(cli._EPILOG.split())


def test_the_commands_of_the_page_are_understood() -> None:
    given = re.findall(r"jupyter sagemaker-governance (.+)", PAGE)
    assert given
    for arguments in given:
        options = cli._parser().parse_args(arguments.split())
        assert set(options.only) <= {*CHECKS, *GROUPS}


def test_every_group_of_a_check_is_shown() -> None:
    assert {check.group for check in CHECKS.values()} == set(GROUPS)
