"""Users and rights, workflows with assignees, and the switches of the OpenPages stand-in."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from sandbox.catalogue import build
from sandbox.catalogue.model import UseCase
from sandbox.gate import ControlServer, Gate
from sandbox.openpages import FIELDS
from sandbox.openpages.app import CONTEXTS, Application
from sandbox.openpages.auth import DEFAULT_PASSWORD, MCSP_PATH, Auth
from sandbox.openpages.store import Store
from sandbox.openpages.users import AUDITOR, OFFICER, SERVICE
from sandbox.tests.openpages_server import CATALOGUE, JOINED, NOW, OpenPages, running

KEPT = UseCase("205", "C-5", "C-5 Kept", "Approved", "Low", "Dov", "102", associable=False)
WITH_KEPT = replace(CATALOGUE, use_cases=(*CATALOGUE.use_cases, KEPT))
LINKED = f"{JOINED} WHERE [AWSModelGroup].[Name] = 'loose'"


@pytest_asyncio.fixture
async def openpages() -> AsyncIterator[OpenPages]:
    async with running(WITH_KEPT) as started:
        yield started


def loose_of(openpages: OpenPages) -> str:
    every = openpages.store.readable("AWSModelGroup")
    return next(one.id for one in every if one.values["Name"] == "loose")


def told(body: Any) -> str:
    return str(body["errors"][0]["message"])


async def link(openpages: OpenPages, use_case: str) -> tuple[int, Any]:
    path = f"/contents/{loose_of(openpages)}/associations"
    body = {"associations": [{"id": use_case, "type": "parent"}]}
    return await openpages.json("POST", path, json=body)


# ------------------------------------------------------------------- rights


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("user", "use_case", "rights"),
    [
        (SERVICE, "201", {"read", "write", "associate"}),
        (SERVICE, "203", set()),
        (SERVICE, "205", {"read", "write"}),
        (OFFICER, "203", {"read", "write", "associate"}),
        (OFFICER, "205", {"read", "write", "associate"}),
        (AUDITOR, "201", {"read"}),
        (AUDITOR, "203", set()),
    ],
)
async def test_effective_rights_are_the_askers(
    openpages: OpenPages, user: Any, use_case: str, rights: set[str]
) -> None:
    asked = openpages.as_user(user)
    status, body = await asked.json("GET", f"/contents/{use_case}/permissions/effective")
    assert status == 200
    assert body["security_principal"] == user.name
    assert {right for right in ("read", "write", "associate") if body[f"can_{right}"]} == rights
    assert (await asked.json("GET", f"/contents/{use_case}"))[0] == (200 if rights else 403)


@pytest.mark.asyncio
async def test_each_user_sees_its_own_rows(openpages: OpenPages) -> None:
    register = "SELECT [Register].[Resource ID] FROM [Register]"
    assert "203" not in await openpages.names(register)
    assert "203" in await openpages.as_user(OFFICER).names(register)
    # The pages of one user's answer are not another's.
    assert "203" not in await openpages.names(register)
    assert "203" in await openpages.as_user(OFFICER).names(JOINED)


@pytest.mark.asyncio
async def test_who_may_not_associate_does_not_link(openpages: OpenPages) -> None:
    status, body = await link(openpages, "205")
    assert status == 403
    assert "associate" in told(body)
    status, body = await link(openpages.as_user(AUDITOR), "201")
    assert status == 403
    assert loose_of(openpages) in told(body) or "201" in told(body)
    assert await openpages.names(LINKED) == []
    assert (await link(openpages.as_user(OFFICER), "205"))[0] == 200
    assert await openpages.names(LINKED) == ["205"]
    # A link that somebody may not make, they may not undo either.
    path = f"/contents/{loose_of(openpages)}/associations"
    status, _ = await openpages.json("DELETE", path, params={"parents": "205"})
    assert status == 403
    assert await openpages.names(LINKED) == ["205"]


@pytest.mark.asyncio
async def test_who_may_not_write_changes_nothing(openpages: OpenPages) -> None:
    auditor = openpages.as_user(AUDITOR)
    assert (await auditor.json("PUT", "/contents/201", json={"description": "x"}))[0] == 403
    assert (await auditor.json("POST", "/workflows/definitions/4001/start/204"))[0] == 403
    _, one = await openpages.json("GET", "/contents/201")
    assert one["description"] == "C-1 Credit"


@pytest.mark.asyncio
async def test_a_change_names_its_author_and_its_moment(openpages: OpenPages) -> None:
    openpages.store.clock = lambda: NOW + 3600
    officer = openpages.as_user(OFFICER)
    await officer.json("PUT", "/contents/201", json={"description": "Seen"})
    _, body = await openpages.query(
        "SELECT [Last Modified By], [Last Modification Date], [Created By] FROM [Register] "
        "WHERE [Name] LIKE 'C-1%'"
    )
    (row,) = body["rows"]
    values = [field["value"] for field in row["fields"]]
    assert values == [OFFICER.name, "2026-09-21T15:13:20.000+00:00", SERVICE.name]


# ---------------------------------------------------------------- workflows


async def instances(openpages: OpenPages, **params: str) -> list[dict[str, Any]]:
    status, body = await openpages.json("GET", "/workflows/instances/search", params=params)
    assert status == 200, body
    found: list[dict[str, Any]] = body["activity_instances"]
    return found


@pytest.mark.asyncio
async def test_a_workflow_goes_from_hand_to_hand(openpages: OpenPages) -> None:
    _, listed = await openpages.json(
        "GET", "/workflows/definitions", params={"object_type": "Register"}
    )
    (found,) = listed["definitions"]
    _, full = await openpages.json("GET", f"/workflows/definitions/{found['id']}")
    actions = {
        stage["name"]: [action["name"] for action in stage["actions"]] for stage in full["stages"]
    }
    start = f"/workflows/definitions/{found['id']}/start"
    openpages.store.clock = lambda: NOW
    status, instance = await openpages.json("POST", f"{start}/204")
    assert status == 200
    status, body = await openpages.json("POST", f"{start}/204")
    assert status == 400
    assert "already has an active workflow" in told(body)
    assert (await openpages.json("POST", f"{start}/203"))[0] == 403
    assert (await openpages.json("POST", f"{start}/{loose_of(openpages)}"))[0] == 400

    openpages.store.clock = lambda: NOW + 60
    path = f"/workflows/instances/{instance['id']}/transition"
    status, body = await openpages.json("POST", f"{path}/Approve%20for%20development")
    assert status == 400
    assert "not available" in told(body)
    (first,) = actions["Use Case Data Gathering"]
    assert (await openpages.json("POST", f"{path}/{first}"))[0] == 200
    (now,) = await instances(openpages, workflow=found["name"])
    assert (now["stage"], now["grc_object"]["id"]) == ("Risk Assessment", "204")
    assert now["start_date"] == "2026-09-21T14:13:20.000+00:00"
    assert now["stage_start_date"] == "2026-09-21T14:14:20.000+00:00"
    assert SERVICE.name in [one["user_name"] for one in now["assignees"]]

    (second,) = actions["Risk Assessment"]
    assert (await openpages.json("POST", f"{path}/{second}"))[0] == 200
    status, body = await openpages.json("POST", f"{path}/Approve%20for%20development")
    assert status == 403
    assert "not an assignee" in told(body)
    assert set(actions["Stakeholder Review"]) == {"Approve for development", "Reject"}
    officer = openpages.as_user(OFFICER)
    assert (await officer.json("POST", f"{path}/Approve%20for%20development"))[0] == 200
    assert await instances(openpages) == []
    _, one = await openpages.json("GET", "/contents/204")
    assert one["fields"][0]["value"]["name"] == "Approved for Development"
    assert (await officer.json("POST", f"{path}/Reject"))[0] == 404


@pytest.mark.asyncio
async def test_an_action_names_the_fields_it_misses(openpages: OpenPages) -> None:
    _, instance = await openpages.json("POST", "/workflows/definitions/4001/start/202")
    action = "Send%20for%20risk%20and%20applicability%20scoring"
    path = f"/workflows/instances/{instance['id']}/transition/{action}"
    status, body = await openpages.json("POST", path)
    assert status == 400
    assert FIELDS["riskLevel"] in told(body)
    assert FIELDS["owner"] in told(body)
    (still,) = await instances(openpages)
    assert still["stage"] == "Use Case Data Gathering"
    fields = [
        {"name": FIELDS["riskLevel"], "value": {"name": "Low"}},
        {"name": FIELDS["owner"], "value": "Eve"},
    ]
    assert (await openpages.json("PUT", "/contents/202", json={"fields": fields}))[0] == 200
    assert (await openpages.json("POST", path))[0] == 200


@pytest.mark.asyncio
async def test_the_search_filters_limits_and_keeps_secrets() -> None:
    async with running(build(now=NOW)) as openpages:
        everything = await instances(openpages, limit="500")
        by_name = await instances(openpages, type_definition="Register", limit="500")
        by_id = await instances(openpages, type_definition="94", limit="500")
        models = await instances(openpages, workflow="Model Lifecycle", limit="500")
        assert by_name == by_id
        assert len(by_name) + len(models) == len(everything)
        assert {one["grc_object"]["type_definition_id"] for one in models} == {"58"}
        assert all(one["assignees"] and one["stage_start_date"] for one in everything)
        assert len(await instances(openpages, limit="3")) == 3
        started = [one["start_date"] for one in everything]
        assert started == sorted(started)
        by_case = {one["grc_object"]["id"]: one for one in by_name}
        assert by_case["15002"]["stage"] == "Stakeholder Review"
        assert [one["user_name"] for one in by_case["15002"]["assignees"]] == [OFFICER.name]
        # Instances outlive a reset with the same ids, as the catalogue is the same.
        await openpages.switch("reset")
        assert await instances(openpages, limit="500") == everything
        status, _ = await openpages.json(
            "GET", "/workflows/instances/search", params={"limit": "all"}
        )
        assert status == 400
        status, _ = await openpages.json(
            "GET", "/workflows/instances/search", params={"type_definition": "Nope"}
        )
        assert status == 404


@pytest.mark.asyncio
async def test_a_search_gives_a_hundred_unless_asked() -> None:
    async with running(build(3000, now=NOW)) as openpages:
        assert len(await instances(openpages)) == 100
        everything = await instances(openpages, limit="100000")
        assert len(everything) > 200
        seen: list[dict[str, Any]] = []
        for _ in range(99):
            asked = {"limit": "60", "offset": str(len(seen))}
            _, body = await openpages.json("GET", "/workflows/instances/search", params=asked)
            seen += body["activity_instances"]
            if "next" not in body:
                break
            assert body["next"]["href"].endswith(f"offset={len(seen)}")
        assert seen == everything


# ----------------------------------------------------------------- switches


@pytest.mark.asyncio
async def test_a_link_is_seen_when_its_time_has_come(openpages: OpenPages) -> None:
    clock = NOW
    openpages.store.clock = lambda: clock
    await openpages.switch("sync-delay", seconds=30)
    assert await openpages.names(LINKED) == []
    assert (await link(openpages, "201"))[0] == 200
    path = f"/contents/{loose_of(openpages)}/associations"
    _, near = await openpages.json("GET", path, params={"association_type": "parent"})
    assert [one["id"] for one in near["associations"]] == ["101", "201"]
    clock = NOW + 29
    assert await openpages.names(LINKED) == []
    clock = NOW + 30
    assert await openpages.names(LINKED) == ["201"]
    # An undo takes its time too, and an undo of the undo none.
    await openpages.json("DELETE", path, params={"parents": "201"})
    assert await openpages.names(LINKED) == ["201"]
    await link(openpages, "201")
    clock = NOW + 600
    assert await openpages.names(LINKED) == ["201"]
    await openpages.json("DELETE", path, params={"parents": "201"})
    clock = NOW + 700
    assert await openpages.names(LINKED) == []
    await link(openpages, "202")
    await openpages.switch("sync-delay", seconds=0)
    assert await openpages.names(LINKED) == ["202"]


@pytest.mark.asyncio
async def test_a_conflict_is_met_once_and_changes_nothing(openpages: OpenPages) -> None:
    await openpages.switch("conflict")
    status, body = await link(openpages, "201")
    assert status == 500
    assert "recently updated by another user" in told(body)
    assert await openpages.names(LINKED) == []
    assert (await link(openpages, "201"))[0] == 200
    await openpages.switch("conflict", times=2)
    for _ in range(2):
        assert (await openpages.json("PUT", "/contents/201", json={"description": "x"}))[0] == 500
    assert (await openpages.json("PUT", "/contents/201", json={"description": "x"}))[0] == 200


async def bearer(openpages: OpenPages) -> tuple[dict[str, str], float]:
    url = openpages.root + MCSP_PATH
    async with openpages.session.post(url, json={"apikey": "sandbox-apikey"}) as answer:
        granted = await answer.json()
    return {"Authorization": f"Bearer {granted['token']}"}, granted["expires_in"]


@pytest.mark.asyncio
async def test_tokens_end_in_the_middle_of_a_list(openpages: OpenPages) -> None:
    headers, _ = await bearer(openpages)
    url = f"{openpages.root}/opgrc/api/v2/query"
    await openpages.switch("expire", after=2)
    seen = []
    for offset in range(4):
        body = {"statement": JOINED, "limit": 1, "offset": offset}
        async with openpages.session.post(url, json=body, headers=headers) as answer:
            seen.append(answer.status)
    assert seen == [200, 200, 401, 401]
    headers, _ = await bearer(openpages)
    async with openpages.session.post(url, json={"statement": JOINED}, headers=headers) as answer:
        assert answer.status == 200


@pytest.mark.asyncio
async def test_the_life_of_tokens_can_be_set_and_reset(openpages: OpenPages) -> None:
    assert await openpages.switch("token-life", seconds=90) == {"seconds": 90}
    assert (await bearer(openpages))[1] == 90
    await openpages.switch("reset")
    assert (await bearer(openpages))[1] == 3600
    for body in ({}, {"seconds": 0}, {"seconds": "9"}, {"seconds": True}, {"seconds": -1}):
        url = f"{openpages.root}/_sandbox/token-life"
        async with openpages.session.post(url, json=body) as answer:
            assert answer.status == 400, body


@pytest.mark.asyncio
@pytest.mark.parametrize("context", CONTEXTS)
async def test_every_root_path_is_the_same_instance(openpages: OpenPages, context: str) -> None:
    login = base64.b64encode(f"{SERVICE.name}:{DEFAULT_PASSWORD}".encode()).decode()
    url = f"{openpages.root}{context}/api/v2/query"
    body = {"statement": JOINED, "limit": 1}
    headers = {"Authorization": f"Basic {login}"}
    async with openpages.session.post(url, json=body, headers=headers) as answer:
        assert answer.status == 200
        assert (await answer.json())["next"]["href"] == f"{url}?offset=1"
    async with openpages.session.post(url, json=body, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, f"{context}/logon.jsp")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "path",
    [
        "/api/2.0/apikeys/token",
        "/api/2.0/services/20260131-1122/apikeys/token",
        "/siusermgr/api/1.0/apikeys/token",
        "/api/rest/mcsp/apikeys/token",
    ],
)
async def test_every_form_of_the_mcsp_call_grants(openpages: OpenPages, path: str) -> None:
    body = {"apikey": f"sandbox-apikey-{OFFICER.name}"}
    async with openpages.session.post(openpages.root + path, json=body) as answer:
        assert answer.status == 200
        token = (await answer.json())["token"]
    url = f"{openpages.root}/opgrc/api/v2/contents/203"
    headers = {"Authorization": f"Bearer {token}"}
    async with openpages.session.get(url, headers=headers) as answer:
        assert answer.status == 200


@pytest.mark.asyncio
async def test_the_control_server_passes_switches_on() -> None:
    runner = web.AppRunner(Application(Store(CATALOGUE), Auth()).build())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gate = Gate("openpages", f"http://127.0.0.1:{runner.addresses[0][1]}")
    control = ControlServer([gate])
    await gate.start()
    await control.start()
    async with running() as other:
        url = f"{control.url}/openpages/sync-delay"
        async with other.session.post(url, json={"seconds": 5}) as answer:
            assert (answer.status, await answer.json()) == (200, {"seconds": 5})
        async with other.session.post(url, json={"seconds": "5"}) as answer:
            assert answer.status == 400
        async with other.session.post(f"{control.url}/openpages/nothing") as answer:
            assert answer.status == 404
        lonely = ControlServer([])
        await lonely.start()
        async with other.session.post(f"{lonely.url}/openpages/expire") as answer:
            assert answer.status == 404
            assert "without OpenPages" in (await answer.json())["error"]["message"]
        await lonely.stop()
    await control.stop()
    await gate.stop()
    await runner.cleanup()
