"""The table in lifecycle-config/README.md is the tests and the script's words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from studio import ROOT, SCRIPT

HERE = Path(__file__).parent
TESTED = ("test_install.py", "test_faults.py", "test_places.py", "test_killed.py")
OF_THE_FILE = {
    "test_fits_a_lifecycle_configuration_with_room_for_connections",
    "test_has_lf_line_ends_and_its_shebang_on_the_first_line",
    "test_passes_shellcheck_and_bash",
    "test_what_it_says_is_in_the_app_log_too",
    "test_the_second_user_is_real",
}
"""About the script or the tests themselves: no situation of a space."""


def rows() -> list[list[str]]:
    """Cells of the table."""
    text = (ROOT / "lifecycle-config/README.md").read_text("utf-8")
    section = text.partition("## What the installer does, whatever happens")[2]
    lines = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_test_is_in_the_table_and_nothing_else() -> None:
    named = [name for row in rows() for name in re.findall(r"`(test_\w+)`", row[3])]
    written = {
        node.name
        for file in TESTED
        for node in ast.parse((HERE / file).read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    assert len(named) == len(set(named))
    assert set(named) == written - OF_THE_FILE


def test_the_table_has_the_words_of_the_script() -> None:
    script = SCRIPT.read_text("utf-8")
    for row in rows():
        for words in re.findall(r'"([^"]+)"', row[1]):
            assert words in script, words


def test_the_table_says_how_a_line_begins() -> None:
    for row in rows():
        assert re.match(r"DONE|SKIPPED|ERROR|none$|as without ", row[1]), row
