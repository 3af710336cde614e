"""Sign-in, contents, associations, types and workflows of the OpenPages stand-in."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from sandbox.openpages import FIELDS, TYPES, auth
from sandbox.openpages.auth import CP4D_PATH, IAM_GRANT, IAM_PATH, MCSP_PATH
from sandbox.openpages.store import Store
from sandbox.tests.openpages_server import CATALOGUE, OpenPages, running

QUERY = "/opgrc/api/v2/query"
ASK = {"statement": "SELECT [Register].[Name] FROM [Register]"}
KEY = "sandbox-apikey"


@pytest_asyncio.fixture
async def openpages() -> AsyncIterator[OpenPages]:
    async with running() as started:
        yield started


def group_id(store: Store, name: str) -> str:
    return next(one.id for one in store.readable("AWSModelGroup") if one.values["Name"] == name)


async def ask(openpages: OpenPages, authorization: str | None) -> tuple[int, str]:
    headers = {"Authorization": authorization} if authorization else {}
    async with openpages.session.post(
        openpages.root + QUERY, json=ASK, headers=headers, allow_redirects=False
    ) as answer:
        return answer.status, answer.content_type


TOKEN_CALLS: list[tuple[str, str, dict[str, Any], str]] = [
    ("mcsp", MCSP_PATH, {"json": {"apikey": KEY}}, "token"),
    ("ibm-iam", IAM_PATH, {"data": {"grant_type": IAM_GRANT, "apikey": KEY}}, "access_token"),
    (
        "cp4d",
        CP4D_PATH,
        {"json": {"username": "svc-sagemaker-governance", "password": "sandbox-password"}},
        "token",
    ),
    (
        "cp4d with a key",
        CP4D_PATH,
        {"json": {"username": "svc-sagemaker-governance", "api_key": KEY}},
        "token",
    ),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("kind", "path", "request_", "member"), TOKEN_CALLS)
async def test_a_token_opens_the_api(
    openpages: OpenPages, kind: str, path: str, request_: dict[str, Any], member: str
) -> None:
    before = int(time.time())
    async with openpages.session.post(openpages.root + path, **request_) as answer:
        assert answer.status == 200
        token = (await answer.json())[member]
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert before + 3600 <= claims["exp"] <= time.time() + 3601
    assert await ask(openpages, f"Bearer {token}") == (200, "application/json")
    await openpages.session.post(f"{openpages.root}/_sandbox/expire")
    assert await ask(openpages, f"Bearer {token}") == (401, "application/json")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "request_", "status"),
    [
        (MCSP_PATH, {"json": {"apikey": "wrong"}}, 401),
        (MCSP_PATH, {"json": {}}, 401),
        (MCSP_PATH, {"json": ["apikey"]}, 401),
        (MCSP_PATH, {"data": b"apikey"}, 400),
        (IAM_PATH, {"data": {"grant_type": IAM_GRANT, "apikey": "wrong"}}, 401),
        (IAM_PATH, {"data": {"grant_type": "password", "apikey": KEY}}, 400),
        (CP4D_PATH, {"json": {"username": "svc-sagemaker-governance", "password": "no"}}, 401),
        (CP4D_PATH, {"json": {"username": "someone", "api_key": KEY}}, 401),
    ],
)
async def test_a_token_is_refused(
    openpages: OpenPages, path: str, request_: dict[str, Any], status: int
) -> None:
    async with openpages.session.post(openpages.root + path, **request_) as answer:
        assert answer.status == status
        assert "token" not in await answer.json()


@pytest.mark.asyncio
async def test_tokens_really_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=time.time())
    clock.time = lambda: clock.now
    monkeypatch.setattr(auth, "time", clock)
    async with running(seconds=1) as openpages:
        async with openpages.session.post(
            openpages.root + MCSP_PATH, json={"apikey": KEY}
        ) as answer:
            granted = await answer.json()
        assert granted["expires_in"] == 1
        assert (await ask(openpages, f"Bearer {granted['token']}"))[0] == 200
        clock.now += 0.9
        assert (await ask(openpages, f"Bearer {granted['token']}"))[0] == 200
        clock.now += 0.2
        assert (await ask(openpages, f"Bearer {granted['token']}"))[0] == 401


def basic(user: str, secret: str) -> str:
    return base64.b64encode(f"{user}:{secret}".encode()).decode()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("authorization", "status", "content_type"),
    [
        ("Basic " + basic("svc-sagemaker-governance", "sandbox-password"), 200, "application/json"),
        ("ZenApiKey " + basic("svc-sagemaker-governance", KEY), 200, "application/json"),
        ("Basic " + basic("svc-sagemaker-governance", "wrong"), 401, "application/json"),
        ("Basic !!", 401, "application/json"),
        ("Bearer invented", 401, "application/json"),
        ("Negotiate abc", 401, "application/json"),
        (None, 302, "text/html"),
    ],
)
async def test_who_is_let_in(
    openpages: OpenPages, authorization: str | None, status: int, content_type: str
) -> None:
    assert await ask(openpages, authorization) == (status, content_type)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "path", ["/openpages/api/v2/query", "/grc/api/query", "/api/v2/query", "/opgrc", "/"]
)
async def test_a_wrong_context_leads_to_the_login_page(openpages: OpenPages, path: str) -> None:
    headers = {"Authorization": "Basic " + basic("svc-sagemaker-governance", "sandbox-password")}
    url = openpages.root + path
    async with openpages.session.post(url, json=ASK, headers=headers, allow_redirects=False) as got:
        assert got.status == 302
        assert got.headers["Location"] == "/opgrc/logon.jsp"
    async with openpages.session.get(url, headers=headers) as followed:
        assert followed.status == 200
        assert followed.content_type == "text/html"
        assert "Log in" in await followed.text()


@pytest.mark.asyncio
async def test_types_tell_this_instances_names(openpages: OpenPages) -> None:
    _, types = await openpages.json("GET", "/types")
    assert {one["name"] for one in types} > set(TYPES.values())
    assert "field_definitions" not in types[0]
    _, use_case = await openpages.json("GET", "/types/Register")
    fields = {one["name"]: one for one in use_case["field_definitions"]}
    assert {FIELDS["status"], FIELDS["riskLevel"], FIELDS["owner"]} <= fields.keys()
    words = [one["name"] for one in fields[FIELDS["status"]]["enum_values"]]
    assert "In pre-assessment" in words
    _, group = await openpages.json("GET", f"/types/{TYPES['modelGroup']}")
    assert FIELDS["groupArn"] in [one["name"] for one in group["field_definitions"]]
    _, near = await openpages.json("GET", "/types/Register/associations")
    assert {(one["name"], one["relationship"]) for one in near} == {
        ("SOXBusEntity", "Parent"),
        ("AWSModelGroup", "Child"),
        ("SOXIssue", "Child"),
    }
    status, body = await openpages.json("GET", "/types/ModelGroup")
    assert status == 404
    assert "ModelGroup" in body["errors"][0]["message"]


@pytest.mark.asyncio
async def test_contents_and_permissions(openpages: OpenPages) -> None:
    status, one = await openpages.json("GET", "/contents/201")
    assert status == 200
    assert (one["id"], one["name"], one["primary_parent_id"]) == ("201", "C-1 Credit", "101")
    fields = {field["name"]: field for field in one["fields"]}
    assert fields[FIELDS["status"]]["value"]["name"] == "Approved for Development"
    assert "value" not in fields["MRG-AIFacts-ModelUseCase:Purpose"]
    status, denied = await openpages.json("GET", "/contents/203")
    assert status == 403
    assert "203" in denied["errors"][0]["message"]
    assert (await openpages.json("GET", "/contents/999"))[0] == 404
    _, rights = await openpages.json("GET", "/contents/201/permissions/effective")
    assert rights["can_read"]
    assert rights["can_associate"]
    _, rights = await openpages.json("GET", "/contents/203/permissions/effective")
    assert not rights["can_read"]
    assert not rights["can_associate"]


@pytest.mark.asyncio
async def test_a_denied_use_case_is_named_by_its_group(openpages: OpenPages) -> None:
    hidden = group_id(openpages.store, "hidden")
    _, near = await openpages.json(
        "GET", f"/contents/{hidden}/associations", params={"association_type": "parent"}
    )
    assert near == {"associations": [{"id": "203", "type_definition_id": "94"}]}


@pytest.mark.asyncio
async def test_link_and_relink(openpages: OpenPages) -> None:
    loose = group_id(openpages.store, "loose")
    path = f"/contents/{loose}/associations"
    link = {"associations": [{"id": "202", "type": "parent"}]}
    assert await openpages.json("POST", path, json=link) == (200, None)
    assert await openpages.json("POST", path, json=link) == (200, None)
    _, near = await openpages.json("GET", path, params={"association_type": "parent"})
    assert [one["id"] for one in near["associations"]] == ["101", "202"]
    rows = await openpages.names(
        "SELECT [Register].[Resource ID] FROM [Register] JOIN [AWSModelGroup] ON "
        "PARENT([Register]) WHERE [AWSModelGroup].[Name] = 'loose'"
    )
    assert rows == ["202"]
    assert await openpages.json("DELETE", path, params={"parents": "101"}) == (200, None)
    status, body = await openpages.json("DELETE", path, params={"parents": "202"})
    assert status == 400
    assert "only parent" in body["errors"][0]["message"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("link", "status"),
    [
        ({"associations": [{"id": "203", "type": "parent"}]}, 403),
        ({"associations": [{"id": "999", "type": "parent"}]}, 404),
        ({"associations": [{"id": "202", "type": "child"}]}, 400),
        ({"associations": [{"id": "202", "type": "Parent"}]}, 400),
        ({"associations": []}, 400),
        ({}, 400),
    ],
)
async def test_links_that_are_refused(
    openpages: OpenPages, link: dict[str, Any], status: int
) -> None:
    path = f"/contents/{group_id(openpages.store, 'loose')}/associations"
    before = await openpages.json("GET", path)
    assert (await openpages.json("POST", path, json=link))[0] == status
    assert await openpages.json("GET", path) == before


@pytest.mark.asyncio
async def test_create_change_delete(openpages: OpenPages) -> None:
    wanted = {
        "name": "churn-models",
        "description": "Churn",
        "type_definition_id": "AWSModelGroup",
        "primary_parent_id": "201",
        "fields": [{"name": FIELDS["groupArn"], "value": "arn:aws:sagemaker:x"}],
    }
    status, made = await openpages.json("POST", "/contents", json=wanted)
    assert status == 201
    path = f"/contents/{made['id']}"
    status, changed = await openpages.json("PUT", path, json={"description": "New"})
    assert (status, changed["description"]) == (200, "New")
    _, read = await openpages.json("GET", path)
    values = {field["name"]: field.get("value") for field in read["fields"]}
    assert values[FIELDS["groupArn"]] == "arn:aws:sagemaker:x"
    assert (await openpages.json("DELETE", path))[0] == 204
    assert (await openpages.json("GET", path))[0] == 404


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"fields": [{"name": "Nope", "value": "x"}]}, 400, "OP-60005"),
        ({"fields": [{"name": FIELDS["status"], "value": {"name": "Invented"}}]}, 400, "Invented"),
        ({"fields": [{"name": FIELDS["owner"], "value": "x" * 4001}]}, 500, "OP-03381"),
        ({"fields": [{"name": FIELDS["owner"], "value": ["x"]}]}, 400, FIELDS["owner"]),
        ({"fields": [{"name": "Resource ID", "value": "1"}]}, 400, "read-only"),
        ({"name": ""}, 400, "required"),
        ({"primary_parent_id": "102"}, 400, "primary parent"),
    ],
)
async def test_changes_that_are_refused(
    openpages: OpenPages, body: dict[str, Any], status: int, says: str
) -> None:
    before = await openpages.json("GET", "/contents/201")
    got, told = await openpages.json("PUT", "/contents/201", json=body)
    assert got == status
    assert says in told["errors"][0]["message"]
    assert await openpages.json("GET", "/contents/201") == before


@pytest.mark.asyncio
async def test_writes_outlive_a_start_and_reset_ends_them(tmp_path: Path) -> None:
    journal = tmp_path / "openpages.jsonl"
    link = {"associations": [{"id": "202", "type": "parent"}]}
    async with running(journal=journal) as openpages:
        loose = group_id(openpages.store, "loose")
        await openpages.json("POST", f"/contents/{loose}/associations", json=link)
        await openpages.json("PUT", "/contents/201", json={"description": "Δ"})
        await openpages.json("POST", "/workflows/definitions/4001/start/204")
    journal.write_text(journal.read_text("utf-8") + '{"op": "upd', "utf-8")
    async with running(journal=journal) as openpages:
        assert (await openpages.json("GET", "/contents/201"))[1]["description"] == "Δ"
        _, near = await openpages.json("GET", f"/contents/{loose}/associations")
        assert {"101", "202"} <= {one["id"] for one in near["associations"]}
        assert len(openpages.store.instances) == 1
        await openpages.session.post(f"{openpages.root}/_sandbox/reset")
        assert (await openpages.json("GET", "/contents/201"))[1]["description"] == "C-1 Credit"
    assert journal.read_text("utf-8") == ""
    journal.write_text('{"op": "update", "id": "12345", "values": {}, "at": 1}\n', "utf-8")
    with pytest.raises(ValueError, match="line 1 does not fit"):
        Store(CATALOGUE, journal)


@pytest.mark.asyncio
async def test_unknown_calls_are_named(openpages: OpenPages) -> None:
    status, body = await openpages.json("GET", "/folders/1")
    assert status == 404
    assert "/folders/1" in body["errors"][0]["message"]
    status, body = await openpages.json("POST", "/contents", data=b"{")
    assert status == 400
    assert "JSON" in body["errors"][0]["message"]


@pytest.mark.asyncio
async def test_the_command_tells_its_address_and_stops(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sandbox.openpages", "--groups", "40", "--state", str(tmp_path / "state.jsonl")),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    url = json.loads(await asyncio.wait_for(process.stdout.readline(), 30))["url"]
    assert url.endswith("/opgrc")
    headers = {"Authorization": "Basic " + basic("svc-sagemaker-governance", "sandbox-password")}
    async with ClientSession() as session:
        ask_all = {**ASK, "limit": 500}
        async with session.post(f"{url}/api/v2/query", json=ask_all, headers=headers) as answer:
            rows = (await answer.json())["rows"]
    assert "CREDIT-001 Credit risk assessment" in [row["fields"][0]["value"] for row in rows]
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 10) == 0
