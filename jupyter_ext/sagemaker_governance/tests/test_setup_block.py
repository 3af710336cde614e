"""The block that discovery writes is one that this server takes as it is.

The blocks are those that the Jest test of the front end compares with what it
writes (`src/governance/setup/__tests__/block.spec.ts`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..config import configure
from ..connections import OpenPagesConnection, Secret
from ..environment import Environment

HERE = Environment("studio-private", "d-1", "s", "ds-042", "eu-west-1", "111122223333", None)
ROOT = Path(__file__).resolve().parents[3]
BLOCKS: dict[str, Any] = json.loads(
    (ROOT / "src/governance/setup/__tests__/blocks.json").read_text("utf-8")
)
REGISTRIES: list[dict[str, Any]] = [
    {"id": "own", "kind": "sagemaker"},
    {"id": "claims", "kind": "sagemaker", "role_arn": "arn:aws:iam::222233334444:role/Reader"},
]


def parsed(entry: dict[str, Any]) -> OpenPagesConnection:
    result = configure([*REGISTRIES, entry], HERE)
    assert result.problems == ()
    connection = result.connections[entry["id"]]
    assert isinstance(connection, OpenPagesConnection)
    return connection


def entry_of(block: dict[str, Any]) -> dict[str, Any]:
    assert set(block) == {"SageMakerGovernance"}
    (entry,) = block["SageMakerGovernance"]["connections"]
    return dict(entry)


def secrets(connection: OpenPagesConnection) -> list[Secret]:
    auth = connection.auth
    return [one for one in (auth.password, auth.apikey, auth.token) if one is not None]


@pytest.mark.parametrize("block", BLOCKS["files"])
def test_a_whole_file_says_what_was_decided(block: dict[str, Any]) -> None:
    entry = entry_of(block)
    connection = parsed(entry)
    assert dict(connection.types) == BLOCKS["members"]["types"]
    assert dict(connection.fields) == BLOCKS["members"]["fields"]
    assert dict(connection.entities) == BLOCKS["members"]["entities"]
    assert connection.task_view_url == BLOCKS["members"]["task_view_url"]
    assert connection.auth.type == entry["auth"]["type"]
    assert [secret.source for secret in secrets(connection)] in (["env"], ["secretsmanager"])


def test_every_way_to_sign_in_is_there() -> None:
    kinds = {entry_of(block)["auth"]["type"] for block in BLOCKS["files"]}
    assert kinds == {"basic", "ibm-iam", "mcsp", "cp4d"}


def test_members_fit_into_an_entry_that_exists() -> None:
    entry = {
        "id": "console",
        "kind": "openpages",
        "label": "Console",
        "url": "https://console.example/opgrc",
        "auth": {"type": "ibm-iam", "apikey": {"env": "KEY"}},
        "types": {"useCase": "Old"},
        "entities": {"own": "1"},
    }
    connection = parsed({**entry, **BLOCKS["members"]})
    assert dict(connection.types) == BLOCKS["members"]["types"]
    assert connection.fields["riskLevel"] is None
    assert dict(connection.entities) == BLOCKS["members"]["entities"]
    assert connection.label == "Console"


def test_the_file_to_begin_with_is_taken_too() -> None:
    connection = parsed(entry_of(BLOCKS["start"]))
    assert connection.types["useCase"] == "Register"
    assert connection.types["modelGroup"] is None


def test_what_the_browser_reads_back_is_what_was_decided() -> None:
    told = parsed(entry_of(BLOCKS["files"][0])).to_json()
    assert told["schema"] == {
        "types": BLOCKS["members"]["types"],
        "fields": BLOCKS["members"]["fields"],
    }
    assert told["taskViewUrl"] == BLOCKS["members"]["task_view_url"]


def test_a_whole_file_keeps_what_discovery_does_not_decide() -> None:
    connection = parsed(entry_of(BLOCKS["whole"]))
    assert (connection.linking.tag, connection.linking.card) == (True, False)
    assert connection.workflows is False
    assert dict(connection.types) == BLOCKS["members"]["types"]
