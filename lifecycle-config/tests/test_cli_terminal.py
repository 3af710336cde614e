"""How the admin command line looks in a terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from rollout import Cli, attach, seen
from studio import BUCKET, ROOT

from sandbox.aws.studio.seeding import DOMAIN

#: Many processes, one after the other, on a machine that may be busy.
pytestmark = pytest.mark.timeout(300)

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
COMMANDS = ("publish", "render", "attach", "status", "rollback", "detach", "doctor")


def test_nothing_is_wider_than_the_terminal_and_no_colour_stands_alone(
    cli: Cli, sagemaker: Any, published: Path
) -> None:
    words = ("attach", "--wheel", str(published), "--bucket", BUCKET, "--dry-run")
    shown = seen(cli, *words)
    attach(cli, published)
    texts = [shown, seen(cli, "status"), seen(cli, "doctor"), seen(cli, "rollback", code=4)]
    for text in texts:
        plain = COLOUR.sub("", text)
        wide = [line for line in plain.splitlines() if len(line) > 80 and " " in line.strip()]
        assert [line for line in wide if len(max(line.split(), key=len)) < 40] == []
    assert COLOUR.search(texts[2])
    for sign in ("ok ", "WARN ", "? "):
        assert sign in COLOUR.sub("", texts[2])
    # The same words without colours.
    for variable in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        bare = seen(cli, "status", **variable)
        assert not COLOUR.search(bare)
        assert bare == COLOUR.sub("", texts[1])


def test_narrow_terminals_get_rows_one_below_the_other(
    cli: Cli, sagemaker: Any, published: Path
) -> None:
    attach(cli, published)
    narrow = COLOUR.sub("", seen(cli, "status", columns=60))
    assert "ds-042-lab\n  SHARING     private\n" in narrow
    assert "  TO DO       restart the app\n" in narrow


def test_pipes_get_whole_lines_without_colours(cli: Cli, published: Path) -> None:
    attach(cli, published)
    text = cli("doctor").out
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) > 80


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_and_has_an_example(cli: Cli, command: str) -> None:
    text = cli(command, "--help", AWS_REGION="").out
    assert max(len(line) for line in text.splitlines()) <= 80
    assert f"Usage: jupyterlab-sagemaker-governance {command} [OPTIONS]" in text
    assert f"npx jupyterlab-sagemaker-governance {command} --" in text


def test_all_commands_and_exit_codes_are_in_the_help(cli: Cli) -> None:
    text = cli("--help").out
    assert max(len(line) for line in text.splitlines()) <= 80
    for command in COMMANDS:
        assert re.search(rf"^  {command} +\w", text, re.M)
    assert "7 done in part." in " ".join(text.split())
    assert cli().out == text


def test_the_version_is_told(cli: Cli) -> None:
    version = json.loads((ROOT / "package.json").read_text())["version"]
    assert cli("--version").out == f"{version}\n"
    assert DOMAIN not in cli("--version").out
