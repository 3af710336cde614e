"""Logins of OpenPages and MLflow: what is read of an answer, when they are fetched anew."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from aiohttp import web

from ..auth import tokens
from ..auth.secrets import Secrets
from ..auth.tokens import Exchanged, Static
from ..connections import Auth, Secret
from ..errors import RelayError
from ..forward import Forwarder, Outgoing
from ..limits import Limits
from .standin import StandIn, json_reply

ADDRESS = "https://t.example/x?a=Persimmon"
AUTH = Auth(type="mcsp", apikey=Secret("env", "SOME_KEY"), token_url=ADDRESS)


class Service:
    """In place of a token service."""

    def __init__(self, answers: Callable[[int], tuple[int, object]]) -> None:
        self._answers = answers
        self.bodies: list[bytes] = []

    async def post(
        self, connection: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes]:
        self.bodies.append(body)
        number = len(self.bodies)
        await asyncio.sleep(0.01)
        status, answer = self._answers(number)
        return status, answer if isinstance(answer, bytes) else json.dumps(answer).encode()


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "key-Persimmon")


class Vault:
    """In place of Secrets Manager, with one secret."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.read = 0
        self.aws: Any = self

    def client(self, service: str, region: str | None) -> Vault:
        return self

    def get_secret_value(self, SecretId: str) -> dict[str, str]:
        self.read += 1
        return {"SecretString": self.text}


def exchanged(service: Service, auth: Auth = AUTH) -> Exchanged:
    aws: Any = None
    return Exchanged(auth, Secrets(aws, None), "op", service.post)


async def word(login: Exchanged) -> str:
    return (await login.authorize("GET", "https://op.example", {}, None))["Authorization"]


def jwt(seconds: float) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": time.time() + seconds}).encode())
    return f"e30.{claims.decode().rstrip('=')}.sig"


@pytest.mark.parametrize(
    "answer",
    [
        {"token": "T"},
        {"token": "T", "token_type": "jwt", "expires_in": 7200, "expiration": 1},
        {"access_token": "T", "expires_in": 3600, "refresh_token": "not_supported"},
        {"_messageCode_": "success", "message": "success", "token": "T"},
    ],
)
def test_every_form_of_an_answer(answer: object) -> None:
    assert asyncio.run(word(exchanged(Service(lambda _: (200, answer))))) == "Bearer T"


@pytest.mark.parametrize(
    ("life", "ahead"),
    [({"expires_in": 3600}, 120), ({"expires_in": 200}, 50), ({}, 120), ({"jwt": 400}, 100)],
)
def test_it_is_renewed_ahead_and_nobody_waits_for_it(life: dict[str, Any], ahead: int) -> None:
    # A JWT is made here: its end would come nearer while other tests run.
    more = {"token": jwt(life["jwt"])} if "jwt" in life else life
    service = Service(lambda number: (200, {"token": f"T{number}", **more}))

    async def scene() -> None:
        login = exchanged(service)
        first = await asyncio.gather(*(word(login) for _ in range(50)))
        assert len(set(first)) == len(service.bodies) == 1
        login._tried = -1e9
        login._until = time.monotonic() + ahead + 3
        assert await word(login) == first[0]
        await asyncio.sleep(0.03)
        assert len(service.bodies) == 1
        login._until = time.monotonic() + ahead - 3
        assert [await word(login) for _ in range(20)] == [first[0]] * 20
        await asyncio.sleep(0.03)
        assert len(service.bodies) == 2

    asyncio.run(scene())


def test_a_failed_renewal_does_not_end_a_token_that_works() -> None:
    service = Service(lambda number: (200, {"token": "T"}) if number == 1 else (503, b"busy"))

    async def scene() -> None:
        login = exchanged(service)
        await word(login)
        login._tried = -1e9
        login._until = time.monotonic() + 30
        for _ in range(20):
            assert await word(login) == "Bearer T"
        await asyncio.sleep(0.03)
        assert len(service.bodies) == 2
        login._until = time.monotonic()
        with pytest.raises(RelayError) as caught:
            await word(login)
        assert caught.value.code == "upstream_unreachable"

    asyncio.run(scene())


def test_fifty_that_were_refused_with_one_token_renew_it_once() -> None:
    service = Service(lambda number: (200, {"token": f"T{number}"}))

    async def scene() -> str:
        login = exchanged(service)
        await word(login)
        refused = {"Authorization": "Bearer T1"}
        assert all(await asyncio.gather(*(login.renew(refused) for _ in range(50))))
        # Late news of the old one.
        assert await login.renew(refused)
        return await word(login)

    assert asyncio.run(scene()) == "Bearer T2"
    assert len(service.bodies) == 2


@pytest.mark.parametrize(
    ("status", "answer", "code", "part"),
    [
        (
            400,
            {"errorCode": "BXNIM0415E", "errorMessage": "key-Persimmon"},
            "unauthorized",
            "BXNIM",
        ),
        (401, {"message": "who?"}, "unauthorized", "HTTP 401"),
        (302, b"", "unauthorized", "HTTP 302"),
        (200, b"<html>key-Persimmon</html>", "unauthorized", "HTTP 200, a page"),
        (200, {"token": "two\nlines"}, "unauthorized", "HTTP 200"),
        (200, ["T"], "unauthorized", "HTTP 200"),
        (429, {}, "unreachable", "HTTP 429"),
        (502, b"<html></html>", "unreachable", "HTTP 502"),
    ],
)
def test_what_is_no_token(status: int, answer: object, code: str, part: str) -> None:
    service = Service(lambda _: (status, answer))

    async def scene() -> None:
        login = exchanged(service)
        for _ in range(5):
            with pytest.raises(RelayError) as caught:
                await word(login)
            assert caught.value.code == f"upstream_{code}"
            assert part in caught.value.message
            assert "Persimmon" not in caught.value.message + caught.value.hint

    asyncio.run(scene())
    # Asked once, said five times: accounts get locked.
    assert len(service.bodies) == 1


def test_a_key_that_was_rotated_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(
        lambda number: (200, {"token": "T"}) if b"new" in service.bodies[-1] else (401, {})
    )
    vault = Vault("old")
    auth = Auth(type="mcsp", apikey=Secret("secretsmanager", "op"), token_url=AUTH.token_url)
    login = Exchanged(auth, Secrets(vault.aws, "eu-west-1"), "op", service.post)

    async def scene() -> str:
        with pytest.raises(RelayError):
            await word(login)
        vault.text = "new"
        login._failed = None
        return await word(login)

    assert asyncio.run(scene()) == "Bearer T"


Ask = Callable[[], Awaitable["str | int"]]


class Door:
    """A console with one good password, asked through the forwarder."""

    def __init__(self, upstream: StandIn, vault: Vault, good: str) -> None:
        self.good = good
        self.logins: list[str] = []
        self._url = f"{upstream.url}/door/api"
        auth = Auth(type="basic", username="svc", password=Secret("secretsmanager", "op"))
        self.login = Static(auth, Secrets(vault.aws, "eu-west-1"), "op")
        upstream.on("/door/", self._answer)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        word = request.headers["Authorization"].removeprefix("Basic ")
        self.logins.append(base64.b64decode(word).decode().removeprefix("svc:"))
        await asyncio.sleep(0.05)
        return json_reply({}, 200 if self.logins[-1] == self.good else 401)

    def visit(self, scene: Callable[[Ask], Awaitable[None]]) -> None:
        """Run a scene with a function that asks once, for a status or an error."""

        async def all_of_it() -> None:
            forwarder = Forwarder(Limits())

            async def ask() -> str | int:
                outgoing = Outgoing("op", "GET", self._url, retry_safe=True)
                try:
                    answer = await forwarder.send(outgoing, self.login, lambda a: a.status == 401)
                except RelayError as error:
                    return error.code
                answer.close()
                return answer.status

            try:
                await scene(ask)
            finally:
                await forwarder.close()

        asyncio.run(all_of_it())


def test_a_password_that_stays_refused_is_tried_once(
    upstream: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault("wrong")
    door = Door(upstream, vault, "right")

    async def scene(ask: Ask) -> None:
        assert await ask() == 401
        assert [await ask() for _ in range(3)] == ["upstream_unauthorized"] * 3
        assert door.logins == ["wrong"]
        # Once when it was used first, once when it was refused.
        assert vault.read == 2
        monkeypatch.setattr(tokens, "_REFUSED_FOR", 0.5)
        door.login.answered(await door.login._headers(), 401)
        await asyncio.sleep(0.6)
        # The time is over: one finds out for all.
        got = await asyncio.gather(*(ask() for _ in range(6)))
        assert sorted(map(str, got)) == ["401", *["upstream_unauthorized"] * 5]
        assert door.logins == ["wrong"] * 2
        await asyncio.sleep(0.6)
        vault.text = "right"
        assert await asyncio.gather(*(ask() for _ in range(6))) == [200] * 6
        assert door.logins == ["wrong"] * 2 + ["right"] * 6

    door.visit(scene)


def test_a_password_that_was_rotated_is_tried_once_more(upstream: StandIn) -> None:
    vault = Vault("old")
    door = Door(upstream, vault, "old")

    async def scene(ask: Ask) -> None:
        assert await ask() == 200
        vault.text = door.good = "new"
        assert await ask() == 200
        assert door.logins == ["old", "old", "new"]
        assert await ask() == 200
        assert door.logins[3:] == ["new"]
        vault.text, door.good = "newer", "newest"
        # Another password, and a wrong one again: not tried a third time.
        assert await ask() == 401
        assert await ask() == "upstream_unauthorized"
        assert door.logins[4:] == ["new", "newer"]

    door.visit(scene)


def test_an_account_that_was_unlocked_is_used_again(
    upstream: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_REFUSED_FOR", 0.2)
    door = Door(upstream, Vault("same"), "locked")

    async def scene(ask: Ask) -> None:
        assert await ask() == 401
        door.good = "same"
        await asyncio.sleep(0.3)
        assert [await ask() for _ in range(3)] == [200] * 3

    door.visit(scene)
