"""Sessions of assumed roles: when they are asked for, renewed and given up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest

from ..auth import roles
from ..auth.refusal import explain
from ..auth.roles import AssumedRole
from ..connections import Role
from ..errors import RelayError

ROLE = Role("arn:aws:iam::222233334444:role/path/Reader", "ext-1", "ds-042", "jupyter-ds-042")
CALLER = "arn:aws:sts::111122223333:assumed-role/Scientist/SageMaker"


def granted(number: int, seconds: float) -> tuple[int, str]:
    until = datetime.fromtimestamp(time.time() + seconds, timezone.utc)
    return 200, (
        f"<Credentials><AccessKeyId>ASIA{number}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
        f"<SessionToken>a/b+c==</SessionToken><Expiration>{until:%Y-%m-%dT%H:%M:%SZ}</Expiration>"
        "</Credentials>"
    )


def refused(code: str, message: str = "", status: int = 403) -> tuple[int, str]:
    return status, f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"


class Sts:
    """In place of the forwarder: answers as told, keeps what was asked."""

    def __init__(self, answers: Callable[[int], tuple[int, str] | RelayError]) -> None:
        self._answers = answers
        self.asked: list[dict[str, list[str]]] = []

    async def send(self, outgoing: Any, authorizer: Any, stale: Any = None) -> Any:
        self.asked.append(parse_qs((await outgoing.body.read()).decode()))
        number = len(self.asked)
        await asyncio.sleep(0.01)
        answer = self._answers(number)
        if isinstance(answer, RelayError):
            raise answer
        status, text = answer
        return SimpleNamespace(status=status, start=text.encode(), headers={}, close=lambda: None)


def assumed(sts: Sts) -> AssumedRole:
    aws: Any = SimpleNamespace()
    forwarder: Any = sts
    return AssumedRole(aws, forwarder, ROLE, "eu-west-1", "claims", "https://sts.example")


def test_what_is_asked_and_that_it_is_asked_once() -> None:
    sts = Sts(lambda number: granted(number, 3600))

    async def scene() -> list[str]:
        role = assumed(sts)
        found = await asyncio.gather(*(role.frozen() for _ in range(50)))
        again = await role.frozen()
        # Fifty requests that were refused with the same session renew it once.
        await asyncio.gather(*(role.renew("ASIA1") for _ in range(50)))
        await role.renew("ASIA1")
        return [
            *{one.access_key for one in found},
            again.access_key,
            (await role.frozen()).access_key,
        ]

    assert asyncio.run(scene()) == ["ASIA1", "ASIA1", "ASIA2"]
    assert len(sts.asked) == 2
    assert sts.asked[0] == {
        "Action": ["AssumeRole"],
        "Version": ["2011-06-15"],
        "RoleArn": [ROLE.arn],
        "RoleSessionName": ["jupyter-ds-042"],
        "ExternalId": ["ext-1"],
        "SourceIdentity": ["ds-042"],
    }


def test_it_is_renewed_ahead_and_nobody_waits_for_it() -> None:
    sts = Sts(lambda number: granted(number, 200 if number == 1 else 3600))

    async def scene() -> list[str]:
        role = assumed(sts)
        await role.frozen()
        role._tried = -1e9
        used = [(await role.frozen()).access_key for _ in range(20)]
        await asyncio.sleep(0.05)
        return [*used, (await role.frozen()).access_key]

    assert asyncio.run(scene()) == ["ASIA1"] * 20 + ["ASIA2"]
    assert len(sts.asked) == 2


@pytest.mark.parametrize("left", [200, 30])
def test_a_failed_renewal_does_not_end_a_session_that_works(left: int) -> None:
    down = RelayError("upstream_unreachable", "claims: sts.example could not be reached.")
    sts = Sts(lambda number: granted(number, left) if number == 1 else down)

    async def scene() -> list[str]:
        role = assumed(sts)
        await role.frozen()
        role._tried = -1e9
        used = [(await role.frozen()).access_key for _ in range(20)]
        await asyncio.sleep(0.05)
        role._until = time.time()
        with pytest.raises(RelayError) as caught:
            await role.frozen()
        assert caught.value.code == "upstream_unreachable"
        assert "STS could not be asked for role Reader" in caught.value.message
        return used

    assert asyncio.run(scene()) == ["ASIA1"] * 20
    # Once ahead, not once a request; and once when it had ended.
    assert len(sts.asked) == 3


def test_a_busy_sts_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "_PAUSES", (0.0, 0.0))
    answers = [refused("Throttling", status=400), refused("InternalFailure", status=500)]
    sts = Sts(lambda number: answers[number - 1] if number < 3 else granted(number, 3600))
    assert asyncio.run(assumed(sts).frozen()).access_key == "ASIA3"
    busy = Sts(lambda number: answers[0])
    with pytest.raises(RelayError) as caught:
        asyncio.run(assumed(busy).frozen())
    assert (caught.value.code, len(busy.asked)) == ("upstream_unreachable", 3)


def test_a_refused_role_is_not_asked_for_by_every_request() -> None:
    sts = Sts(lambda number: refused("AccessDenied"))

    async def scene() -> None:
        role = assumed(sts)
        for _ in range(5):
            with pytest.raises(RelayError) as caught:
                await role.frozen()
            assert caught.value.code == "assume_role_denied"

    asyncio.run(scene())
    assert len(sts.asked) == 1


@pytest.mark.parametrize(
    ("answer", "code", "part"),
    [
        (refused("ExpiredToken"), "credentials_expired", "restart the space"),
        (refused("SignatureDoesNotMatch"), "credentials_unavailable", "clock"),
        (refused("RegionDisabledException"), "assume_role_denied", "activate STS"),
        (refused("Throttling", status=400), "upstream_unreachable", "Try again"),
        ((503, "<html>busy</html>"), "upstream_unreachable", "Try again"),
        ((200, "<html>Log in</html>"), "upstream_unreachable", "sts_endpoint_url"),
        (refused("AccessDenied", "no words"), "assume_role_denied", "the role of this space"),
        (
            refused(
                "AccessDenied",
                f"User: {CALLER} is not authorized to perform: sts:SetSourceIdentity on"
                f" resource: {ROLE.arn}",
            ),
            "assume_role_denied",
            '"ds-042" goes on to every role that is assumed. Ask the administrator of account'
            " 222233334444 to allow sts:SetSourceIdentity, beside sts:AssumeRole, to role"
            " Scientist of account 111122223333 in the trust policy of role Reader",
        ),
    ],
)
def test_every_refusal_has_a_next_step(answer: tuple[int, str], code: str, part: str) -> None:
    status, text = answer
    shown: Any = SimpleNamespace(status=status, start=text.encode(), headers={})
    error = explain(ROLE, "claims", shown)
    assert error.code == code
    assert error.message.startswith("claims: ")
    assert part in error.hint
    assert "ext-1" not in error.message + error.hint
