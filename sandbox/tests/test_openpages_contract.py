"""The stand-in against the table of what is public about OpenPages."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from aiohttp import ClientResponse
from botocore.loaders import Loader

from sandbox.openpages.auth import DEFAULT_APIKEY, DEFAULT_PASSWORD, MCSP_PATH
from sandbox.openpages.contract import PAGE, TABLE, placed
from sandbox.openpages.users import SERVICE
from sandbox.tests.openpages_server import OpenPages, running
from sandbox.tests.test_openpages_rights import WITH_KEPT

Entry = dict[str, Any]
CALLS: dict[str, Entry] = {one["id"]: one for one in TABLE["calls"]}
REFUSALS: dict[str, Entry] = {one["id"]: one for one in TABLE["refusals"]}


@dataclass
class World:
    """A stand-in and the names that the table uses for what is in it."""

    openpages: OpenPages
    names: dict[str, str]

    def filled(self, value: Any) -> Any:
        """``{name}`` replaced everywhere."""
        if isinstance(value, dict):
            return {name: self.filled(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.filled(one) for one in value]
        if not isinstance(value, str):
            return value
        return re.sub(r"\{([^{}]+)\}", lambda found: self.names[found[1]], value)

    async def send(self, entry: Entry, authorization: str | None) -> tuple[int, str]:
        """Status and text of an entry's call."""
        call = CALLS[entry["call"]] if "call" in entry else entry
        tried = self.filled(entry["try"])
        path = call["path"]
        for name, value in tried.get("path", {}).items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        path = self.filled(path)
        root = "" if call.get("root") else "/opgrc"
        headers = {"Authorization": authorization} if authorization else {}
        answer: ClientResponse
        async with self.openpages.session.request(
            call["method"],
            f"{self.openpages.root}{root}{path}",
            params=tried.get("query"),
            json=tried.get("body"),
            data=tried.get("form"),
            headers=headers,
            allow_redirects=False,
        ) as answer:
            return answer.status, await answer.text()


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    async with running(WITH_KEPT) as openpages:
        store = openpages.store
        groups = {one.values["Name"]: one.id for one in store.readable("AWSModelGroup")}
        names = {
            "apikey": DEFAULT_APIKEY,
            "password": DEFAULT_PASSWORD,
            "user": SERVICE.name,
            "useCase": "201",
            "hidden": "203",
            "kept": "205",
            "entity": "101",
            "group": groups["loose"],
            "linked": groups["credit-a"],
            "4001 bytes": "x" * 4001,
        }
        it = World(openpages, names)
        _, bare = await openpages.json("POST", "/workflows/definitions/4001/start/202")
        _, foreign = await openpages.json("POST", "/workflows/definitions/4001/start/204")
        path = f"/workflows/instances/{foreign['id']}/transition"
        for action in (
            "Send for risk and applicability scoring",
            "Submit for stakeholder review",
        ):
            status, _ = await openpages.json("POST", f"{path}/{quote(action)}")
            assert status == 200
        names |= {"bareInstance": bare["id"], "foreignInstance": foreign["id"]}
        yield it


async def bearer(world: World) -> str:
    url, body = world.openpages.root + MCSP_PATH, {"apikey": DEFAULT_APIKEY}
    async with world.openpages.session.post(url, json=body) as answer:
        return f"Bearer {(await answer.json())['token']}"


async def prepare(world: World, entry: Entry) -> str:
    """Do what has to be done before; tells the header of the call itself."""
    header = await bearer(world)
    for name in entry.get("after", ()):
        status, text = await world.send(CALLS[name], header)
        assert status == CALLS[name]["status"], text
        if name == "workflow-start":
            world.names["instance"] = json.loads(text)["id"]
    return header


def misfit(shape: Any, value: Any, where: str = "answer") -> str | None:
    """Why a value is not of a shape; None: it is. Members beyond the shape are free."""
    if shape == "any":
        return None
    if isinstance(shape, str):
        kinds: dict[str, tuple[type, ...]] = {
            "string": (str,),
            "number": (int, float),
            "boolean": (bool,),
        }
        fits = isinstance(value, kinds[shape]) and (
            shape == "boolean" or not isinstance(value, bool)
        )
        return None if fits else f"{where} is {value!r}, not a {shape}"
    if isinstance(shape, list):
        if not isinstance(value, list) or not value:
            return f"{where} is not an array with something in it"
        told = (misfit(shape[0], one, f"{where}[{at}]") for at, one in enumerate(value))
        return next(filter(None, told), None)
    if not isinstance(value, dict):
        return f"{where} is not an object"
    for member, inner in shape.items():
        name = member.removesuffix("?")
        if name not in value:
            if member == name:
                return f"{where} has no {name}"
            continue
        wrong = misfit(inner, value[name], f"{where}.{name}")
        if wrong:
            return wrong
    return None


@pytest.mark.asyncio
@pytest.mark.parametrize("name", CALLS)
async def test_a_call_is_answered_as_the_table_says(world: World, name: str) -> None:
    call = CALLS[name]
    header = await prepare(world, call)
    if name == "basic":
        # The client of the tests signs in with user and password.
        status, _ = await world.openpages.json("GET", call["path"].removeprefix("/api/v2"))
        assert status == 200
        return
    status, text = await world.send(call, None if call.get("root") else header)
    assert status == call["status"], text
    if call["answer"] is None:
        assert text == ""
    else:
        assert misfit(call["answer"], json.loads(text)) is None


@pytest.mark.asyncio
@pytest.mark.parametrize("name", REFUSALS)
async def test_what_is_refused_is_refused(world: World, name: str) -> None:
    refusal = REFUSALS[name]
    header: str | None = await prepare(world, refusal)
    if refusal.get("bearer") == "expired":
        await world.openpages.switch("expire")
    if "user" in refusal:
        header = refusal["user"]
    if "switch" in refusal:
        await world.openpages.switch(refusal["switch"])
    before = world.openpages.store.version
    status, text = await world.send(refusal, header)
    assert status == refusal["status"], text
    assert refusal["says"] in text
    assert world.openpages.store.version == before, "a refused call changed something"
    if status != 302:
        (error,) = json.loads(text)["errors"]
        assert error.get("code") == refusal["code"]


def _pattern(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "1", path).removeprefix("/")


def test_the_table_and_the_allow_list_are_the_same_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the relay lets through stands in the table, and the other way round."""
    monkeypatch.syspath_prepend(str(PAGE.parents[1] / "jupyter_ext"))
    allowed = importlib.import_module("sagemaker_governance.allow").OPENPAGES_PATHS
    unused = set(allowed)
    for call in CALLS.values():
        if call.get("root"):
            continue
        fits = [
            (method, path)
            for method, path in allowed
            if method == call["method"] and re.fullmatch(path, _pattern(call["path"]))
        ]
        assert fits, f"the relay does not pass on {call['method']} {call['path']}"
        unused -= set(fits)
    # The relay could write contents; nothing in the product does so.
    assert {method for method, path in unused if "associations" not in path} <= {"POST", "PUT"}
    assert all(re.fullmatch(r"api/v2/contents(/.*)?", path) for _, path in unused), unused


def _blocks() -> list[Any]:
    """The JSON blocks of the page."""
    page = PAGE.read_text(encoding="utf-8")
    return [json.loads(one) for one in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]


def test_the_configurations_of_the_page_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PAGE.parents[1] / "jupyter_ext"))
    package = "sagemaker_governance"
    configure = importlib.import_module(f"{package}.config").configure
    environment = importlib.import_module(f"{package}.environment").Environment
    here = environment("studio-private", "d-1", "s", "ds-042", "eu-west-1", "111122223333", None)
    seen = set()
    for block in _blocks():
        if "SageMakerGovernance" in block:
            entries = block["SageMakerGovernance"]["connections"]
            made = configure(entries, here)
            assert not made.problems, made.problems
            seen |= {one["auth"]["type"] for one in entries if one["kind"] == "openpages"}
    assert seen == {"basic", "ibm-iam", "mcsp", "cp4d"}


def test_the_policies_of_the_page_name_real_actions() -> None:
    loader = Loader()
    policies = [block for block in _blocks() if "Statement" in block]
    assert policies
    for statement in (one for policy in policies for one in policy["Statement"]):
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            service, _, operation = action.partition(":")
            assert operation in loader.load_service_model(service, "service-2")["operations"]


def test_every_entry_names_its_source_and_how_sure_it_is() -> None:
    words = set(TABLE["certainty"])
    for entry in (*CALLS.values(), *REFUSALS.values()):
        sure = entry["certainty"]
        assert {sure} <= words if isinstance(sure, str) else set(sure.values()) <= words
        assert entry["sources"], entry["id"]
        assert set(entry["sources"]) <= set(TABLE["sources"]), entry["id"]
    for title, address in TABLE["sources"].values():
        assert title
        assert address is None or re.fullmatch(r"https://\S+", address)


def test_the_page_prints_the_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert placed(page) == page, "run python -m sandbox.openpages.contract"
