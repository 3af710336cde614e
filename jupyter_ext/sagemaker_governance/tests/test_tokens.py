"""Tokens for OpenPages: what is read of an answer, when they are fetched anew."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ..auth.secrets import Secrets
from ..auth.tokens import Exchanged
from ..connections import Auth, Secret
from ..errors import RelayError

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
    kept = {"SecretString": "old"}

    class FakeClient:
        def get_secret_value(self, SecretId: str) -> dict[str, str]:
            return dict(kept)

    class FakeAws:
        def client(self, service: str, region: str | None) -> FakeClient:
            return FakeClient()

    aws: Any = FakeAws()
    auth = Auth(type="mcsp", apikey=Secret("secretsmanager", "op"), token_url=AUTH.token_url)
    login = Exchanged(auth, Secrets(aws, "eu-west-1"), "op", service.post)

    async def scene() -> str:
        with pytest.raises(RelayError):
            await word(login)
        kept["SecretString"] = "new"
        login._failed = None
        return await word(login)

    assert asyncio.run(scene()) == "Bearer T"
