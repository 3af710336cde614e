"""Every fault as a raw client sees it, and the control server's API."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from sandbox.gate import FAULTS, ControlServer, Gate
from sandbox.tests.gate_upstream import Rig, assume_role, request, rig, search

QUERY = request("POST", "/opgrc/api/v2/query", "Authorization: Bearer x", body=b"{}")
RUNS = request("GET", "/api/2.0/mlflow/experiments/search")


@pytest_asyncio.fixture
async def it() -> AsyncIterator[Rig]:
    async with rig() as started:
        yield started


async def call(it: Rig, method: str, path: str, body: object = None) -> tuple[int, Any]:
    async with (
        ClientSession() as session,
        session.request(method, it.control.url + path, json=body) as answer,
    ):
        return answer.status, await answer.json()


async def on(it: Rig, name: str, **members: object) -> None:
    status, told = await call(it, "POST", "/faults", {"name": name, **members})
    assert status == 200, told
    assert {"name": name, **members} in told["faults"]


def parts(raw: bytes) -> tuple[int, str, bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode().lower(), body


async def passes(it: Rig, raw: bytes, name: str = "aws") -> bool:
    return (await it.send(raw, name)).endswith(b"ok")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("throttle", 400, "ThrottlingException"),
        ("denied", 400, "AccessDeniedException"),
        ("expired-credentials", 400, "ExpiredTokenException"),
        ("error-500", 500, "InternalFailure"),
    ],
)
async def test_aws_answers_in_its_json(it: Rig, fault: str, status: int, code: str) -> None:
    await on(it, fault)
    got, head, body = parts(await it.send(search()))
    assert got == status
    assert "application/x-amz-json-1.1" in head
    assert json.loads(body)["__type"] == code
    assert it.upstream.requests == []
    assert (await call(it, "DELETE", f"/faults/{fault}"))[0] == 200
    assert await passes(it, search())


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("throttle", 400, "Throttling"),
        ("denied", 403, "AccessDenied"),
        ("expired-credentials", 403, "ExpiredToken"),
        ("error-500", 500, "InternalFailure"),
    ],
)
async def test_sts_answers_in_its_xml(it: Rig, fault: str, status: int, code: str) -> None:
    await on(it, fault)
    got, head, body = parts(await it.send(assume_role()))
    assert got == status
    assert "text/xml" in head
    assert f"<Code>{code}</Code>".encode() in body


@pytest.mark.asyncio
async def test_a_denial_names_the_action(it: Rig) -> None:
    await on(it, "denied", operation="Search")
    message = json.loads(parts(await it.send(search()))[2])["message"]
    assert "is not authorized to perform: sagemaker:Search" in message
    assert await passes(it, assume_role())


@pytest.mark.asyncio
@pytest.mark.parametrize(("name", "raw"), [("openpages", QUERY), ("mlflow", RUNS)])
async def test_http_services_answer_in_json(it: Rig, name: str, raw: bytes) -> None:
    await on(it, "throttle", upstream=name)
    status, head, body = parts(await it.send(raw, name))
    assert status == 429
    assert "retry-after: 1" in head
    assert json.loads(body)
    await call(it, "DELETE", "/faults")
    await on(it, "error-500", upstream=name)
    assert parts(await it.send(raw, name))[0] == 500
    await call(it, "DELETE", "/faults")
    await on(it, "denied", upstream=name)
    assert parts(await it.send(raw, name))[0] == 403


@pytest.mark.asyncio
async def test_the_login_page_comes_instead_of_the_api(it: Rig) -> None:
    await on(it, "openpages-login-page")
    status, head, body = parts(await it.send(QUERY, "openpages"))
    assert status == 200
    assert "text/html" in head
    assert b"Log in" in body
    assert await passes(it, RUNS, "mlflow")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fault", "answers", "says"),
    [
        ("openpages-redirect", 302, "location: /opgrc/logon.jsp"),
        ("openpages-proxy-page", 200, "content-type: text/html"),
    ],
)
async def test_other_pages_come_instead_of_the_api(
    it: Rig, fault: str, answers: int, says: str
) -> None:
    await on(it, fault)
    status, head, body = parts(await it.send(QUERY, "openpages"))
    assert status == answers
    assert says in head.lower()
    assert b"rows" not in body
    assert await passes(it, RUNS, "mlflow")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fault", "name", "other"),
    [
        ("openpages-down", "openpages", "aws"),
        ("mlflow-down", "mlflow", "openpages"),
        ("registry-down", "aws-claims", "aws-markets"),
    ],
)
async def test_a_service_that_is_down(it: Rig, fault: str, name: str, other: str) -> None:
    await on(it, fault)
    assert await it.send(search(), name) == b""
    assert it.upstream.requests == []
    assert await passes(it, search(), other)


@pytest.mark.asyncio
async def test_a_dropped_connection(it: Rig) -> None:
    await on(it, "drop", times=1)
    with pytest.raises(ConnectionResetError):
        await it.send(search())
    assert it.upstream.requests == []
    assert await passes(it, search())


@pytest.mark.asyncio
async def test_another_registry_can_be_down(it: Rig) -> None:
    await on(it, "registry-down", upstream="aws-markets")
    assert await it.send(search(), "aws-markets") == b""
    assert await passes(it, search(), "aws-claims")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nX-A: b\r\n\r\n0123456789",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n"
        b"4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n",
    ],
)
async def test_half_a_body(it: Rig, reply: bytes) -> None:
    it.upstream.reply = reply
    await on(it, "half-body")
    _, head, body = parts(await it.send(search()))
    assert "content-length: 10" in head
    assert "chunked" not in head
    assert "x-a: b" in head
    assert body == b"01234"


@pytest.mark.asyncio
async def test_slow_waits(it: Rig) -> None:
    await on(it, "slow", ms=150, upstream="aws")
    start = time.perf_counter()
    assert await passes(it, search())
    assert time.perf_counter() - start >= 0.15


@pytest.mark.asyncio
async def test_slow_leaves_other_upstreams_alone(it: Rig) -> None:
    an_hour = 3_600_000
    await on(it, "slow", ms=an_hour, upstream="aws")
    assert await passes(it, search(), "aws-claims")


@pytest.mark.asyncio
async def test_latency_is_not_a_fault(it: Rig) -> None:
    status, told = await call(it, "POST", "/latency", {"upstream": "aws", "ms": 120})
    assert (status, told["faults"], told["latency"]) == (200, [], {"aws": 120})
    start = time.perf_counter()
    assert await passes(it, search())
    assert time.perf_counter() - start >= 0.12
    assert (await call(it, "POST", "/latency", {"ms": 5}))[1]["latency"]["mlflow"] == 5
    assert (await call(it, "POST", "/latency", {"ms": 0}))[1]["latency"] == {}


@pytest.mark.asyncio
async def test_times_counts_down(it: Rig) -> None:
    await on(it, "throttle", operation="search", times=2)
    assert await passes(it, assume_role())
    assert parts(await it.send(search()))[0] == 400
    assert parts(await it.send(search()))[0] == 400
    assert await passes(it, search())
    assert (await call(it, "GET", "/"))[1]["faults"] == []


@pytest.mark.asyncio
async def test_an_operation_may_be_a_pattern(it: Rig) -> None:
    await on(it, "error-500", operation="post */query")
    assert parts(await it.send(QUERY, "openpages"))[0] == 500
    assert await passes(it, request("GET", "/opgrc/api/v2/types"), "openpages")


@pytest.mark.asyncio
async def test_the_same_fault_again_replaces_it(it: Rig) -> None:
    await on(it, "slow", ms=5000)
    await on(it, "slow", ms=1)
    state = (await call(it, "GET", "/"))[1]
    assert state["faults"] == [{"name": "slow", "ms": 1}]
    assert state["known"] == FAULTS


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"name": "thunder"}, "openpages-login-page"),
        ({}, "throttle"),
        ({"name": "slow", "upstream": "azure"}, "aws-claims"),
        ({"name": "slow", "ms": "x"}, '"ms"'),
        ({"name": "slow", "ms": -1}, '"ms"'),
        ({"name": "slow", "times": 0}, '"times"'),
        ({"name": "slow", "times": 1.5}, '"times"'),
        ({"name": "slow", "delay": 1}, "delay"),
        ({"name": ["slow"]}, '"name"'),
        ([], "object"),
    ],
)
async def test_a_wrong_switch_is_named(it: Rig, body: object, says: str) -> None:
    status, told = await call(it, "POST", "/faults", body)
    assert status == 400
    assert says in told["error"]["message"]
    assert (await call(it, "GET", "/"))[1]["faults"] == []


@pytest.mark.asyncio
async def test_unknown_calls_and_pages_are_refused(it: Rig) -> None:
    assert (await call(it, "DELETE", "/faults/thunder"))[0] == 400
    status, told = await call(it, "GET", "/nothing")
    assert status == 404
    assert "GET /credentials/<persona>" in told["error"]["hint"]
    headers = {"Sec-Fetch-Site": "cross-site"}
    async with ClientSession(headers=headers) as page, page.get(f"{it.control.url}/") as answer:
        assert answer.status == 403


@pytest.mark.asyncio
async def test_every_fault_can_be_switched_on(it: Rig) -> None:
    for name in FAULTS:
        await on(it, name)
    assert len((await call(it, "GET", "/"))[1]["faults"]) == len(FAULTS)
    assert (await call(it, "DELETE", "/faults"))[1]["faults"] == []


async def _stand_in(calls: list[str], status: int = 200) -> tuple[web.AppRunner, str]:
    async def answer(incoming: web.Request) -> web.Response:
        calls.append(f"{incoming.method} {incoming.path_qs}")
        return web.json_response({"AccessKeyId": "ASIA1"}, status=status)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [200, 500])
async def test_credentials_and_reset_reach_the_stand_ins(status: int) -> None:
    calls: list[str] = []
    runner, url = await _stand_in(calls, status)
    gates = [Gate("aws", url), Gate("openpages", f"{url}/opgrc")]
    again: list[str] = []

    async def mlflow() -> None:
        again.append("mlflow")

    control = ControlServer(gates, resets={"mlflow": mlflow})
    for gate in gates:
        await gate.start()
    await control.start()
    async with ClientSession() as session:
        await session.post(f"{control.url}/faults", json={"name": "drop"})
        path = "/credentials/approver?seconds=900"
        async with session.get(control.url + path) as answer:
            assert answer.status == status
            assert await answer.json() == {"AccessKeyId": "ASIA1"}
        async with session.post(f"{control.url}/reset") as answer:
            assert answer.status == (200 if status == 200 else 502)
            told = await answer.json()
        async with session.get(control.url) as answer:
            assert (await answer.json())["faults"] == []
    assert calls == [
        "GET /_sandbox/credentials/approver?seconds=900",
        "POST /_sandbox/reset",
        "POST /_sandbox/reset",
    ]
    assert again == ["mlflow"]
    if status == 200:
        assert told == {"reset": ["aws", "openpages", "mlflow"]}
    else:
        assert "aws: answered 500; openpages: answered 500" in told["error"]["message"]
    await control.stop()
    for gate in gates:
        await gate.stop()
    await runner.cleanup()


@pytest.mark.asyncio
async def test_a_missing_aws_is_told() -> None:
    control = ControlServer([Gate("aws", "http://127.0.0.1:9")])
    await control.start()
    async with (
        ClientSession() as session,
        session.get(f"{control.url}/credentials/reader") as answer,
    ):
        assert answer.status == 502
        assert "credentials" in (await answer.json())["error"]["message"]
    await control.stop()


@pytest.mark.asyncio
async def test_a_taken_port_is_an_error() -> None:
    first = Gate("aws", "http://127.0.0.1:9")
    await first.start()
    port = int(first.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        await Gate("mlflow", "http://127.0.0.1:9", port).start()
    with pytest.raises(OSError, match="in use"):
        await ControlServer([first], port=port).start()
    await first.stop()
