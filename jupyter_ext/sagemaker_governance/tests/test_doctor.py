"""The checks of an installation, over the route."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from .. import __version__
from ..allow import SAGEMAKER_OPERATIONS
from ..doctor import rights
from ..doctor.catalogue import CHECKS
from ..doctor.finding import STATES
from .conftest import sts
from .lab import Lab
from .standin import StandIn, fixed, json_reply

GROUP = "arn:aws:sagemaker:eu-west-1:111122223333:model-package-group/credit"


async def registry(request: web.Request) -> web.StreamResponse:
    """A registry with one group of one version."""
    operation = request.headers["X-Amz-Target"].removeprefix("SageMaker.")
    return json_reply(
        {
            "ListModelPackageGroups": {
                "ModelPackageGroupSummaryList": [{"ModelPackageGroupArn": GROUP}]
            },
            "ListModelPackages": {"ModelPackageSummaryList": [{"ModelPackageArn": f"{GROUP}/1"}]},
            "DescribeDomain": {
                "DomainSettings": {"ExecutionRoleIdentityConfig": "USER_PROFILE_NAME"}
            },
            "DescribeApp": {"BuiltInLifecycleConfigArn": "arn:aws:sagemaker:x:y:studio/z"},
        }.get(operation, {})
    )


def denying(*operations: str) -> Any:
    """The registry, with some actions denied."""

    async def reply(request: web.Request) -> web.StreamResponse:
        operation = request.headers["X-Amz-Target"].removeprefix("SageMaker.")
        if operation not in operations:
            return await registry(request)
        text = f"User: R/S is not authorized to perform: sagemaker:{operation}"
        return json_reply({"__type": "AccessDeniedException", "Message": text}, 400)

    return reply


def policies(*names: str) -> Any:
    """IAM's list of what is attached to a role."""
    members = "".join(
        f"<member><PolicyArn>arn:aws:iam::aws:policy/{name}</PolicyArn></member>" for name in names
    )
    return fixed(
        "<ListAttachedRolePoliciesResponse><ListAttachedRolePoliciesResult><AttachedPolicies>"
        f"{members}</AttachedPolicies><IsTruncated>false</IsTruncated>"
        "</ListAttachedRolePoliciesResult></ListAttachedRolePoliciesResponse>",
        kind="text/xml",
    )


def lines(lab: Lab, **asked: object) -> list[dict[str, Any]]:
    """All lines of an answer."""
    got = lab.post("doctor", json.dumps(asked))
    assert got.status == 200, got.body
    assert got.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in got.body.splitlines()]


def findings(lab: Lab, **asked: object) -> list[dict[str, Any]]:
    """The findings of an answer."""
    return [one for one in lines(lab, **asked) if "check" in one]


def one(lab: Lab, check: str, connection: str | None = None, subject: str | None = None) -> Any:
    """The only finding of a check."""
    found = [
        one
        for one in findings(lab, only=[check])
        if (one["check"], one["connection"], one["subject"]) == (check, connection, subject)
    ]
    assert len(found) == 1, found
    return found[0]


@pytest.fixture
def registries(lab: Lab, upstream: StandIn) -> Lab:
    """The server, with registries that answer as SageMaker does."""
    upstream.on("/registry-own", registry)
    upstream.on("/registry-claims", registry)
    upstream.on("/iam", policies("SomethingElse"))
    return lab


def test_findings_are_streamed_with_how_far_it_is(registries: Lab) -> None:
    got = lines(registries)
    total, done = got[0]["total"], got[-1]
    assert done["done"] is True
    assert done["ms"] >= 0
    assert [line["finished"] for line in got if "finished" in line] == list(range(1, total + 1))
    found = [line for line in got if "check" in line]
    assert done["counts"] == {
        state: sum(f["state"] == state for f in found) for state in {f["state"] for f in found}
    }
    for f in found:
        assert f["state"] in STATES
        assert f["group"] in {"installation", "identity", "registry", "openpages", "mlflow"}
        assert f["message"]
        # Whatever is not fine says what to do.
        assert f["hint"] or f["state"] in ("ok", "info"), f
    states = {(f["connection"], f["check"], f["subject"]): f["state"] for f in found}
    assert states["own", "identity", None] == "ok"
    assert states["own", "action", "sagemaker:Search"] == "ok"
    assert states["refused", "identity", None] == "failed"
    assert states["ml-down", "mlflow", None] == "failed"
    assert states["op", "console", None] in ("ok", "failed")
    assert states["op-nosecret", "secrets", None] == "failed"


def test_what_stands_on_something_broken_is_not_tried(registries: Lab) -> None:
    for check in ("source-identity", "full-access", "action"):
        found = [f for f in findings(registries) if f["connection"] == "refused"]
        told = {f["check"]: f for f in found}
        assert told[check]["state"] == "untested"
        assert "“Role” failed" in told[check]["message"]
    assert one(registries, "mlflow-version", "ml-down")["state"] == "failed"


def test_every_check_is_in_the_catalogue(registries: Lab) -> None:
    assert {f["check"] for f in findings(registries)} <= set(CHECKS)


def test_every_operation_of_the_allow_list_is_tried_or_named() -> None:
    named = {*rights.READS, *rights.MLFLOW_READS, *rights.WRITES}
    # ListActions is let through for other front ends; ours does not call it.
    assert named == SAGEMAKER_OPERATIONS - {"ListActions"}


def test_each_action_is_tried_by_a_harmless_call(registries: Lab, upstream: StandIn) -> None:
    found = {
        f["subject"]: f for f in findings(registries, only=["action"]) if f["connection"] == "own"
    }
    for operation in rights.READS:
        assert found[f"sagemaker:{operation}"]["state"] == "ok", operation
    writes = found[None]
    assert writes["state"] == "untested"
    assert "cannot be tested without writing" in writes["message"]
    for operation in rights.WRITES:
        assert f"sagemaker:{operation}" in writes["message"]
    asked = {
        str(seen.header("X-Amz-Target")).removeprefix("SageMaker.")
        for seen in upstream.requests("/registry-own")
    }
    assert asked <= {*rights.READS, *rights.MLFLOW_READS}


@pytest.mark.parametrize("operation", rights.READS)
def test_a_denied_read_is_named_with_whom_to_ask(
    registries: Lab, upstream: StandIn, operation: str
) -> None:
    upstream.on("/registry-own", denying(operation))
    found = one(registries, "action", "own", f"sagemaker:{operation}")
    assert found["state"] == "failed"
    assert f"sagemaker:{operation}" in found["message"]
    assert "account 111122223333" in found["hint"]
    assert "reader.json" in found["hint"]


def test_without_mlflow_rights_only_mlflow_is_concerned(registries: Lab, upstream: StandIn) -> None:
    upstream.on("/registry-own", denying("ListMlflowApps"))
    found = one(registries, "action", "own", "sagemaker:ListMlflowApps")
    assert found["state"] == "warning"
    assert "mlflow-reader.json" in found["hint"]


def test_expired_credentials_are_told_once(registries: Lab, upstream: StandIn) -> None:
    upstream.on("/registry-own", fixed('{"__type": "ExpiredTokenException"}', 400))
    found = [f for f in findings(registries, only=["action"]) if f["connection"] == "own"]
    assert [f["state"] for f in found] == ["failed"]
    assert "have expired" in found[0]["message"]


def test_an_empty_registry_proves_nothing(registries: Lab, upstream: StandIn) -> None:
    upstream.on("/registry-own", fixed("{}"))
    found = one(registries, "action", "own", "sagemaker:DescribeModelPackage")
    assert found["state"] == "untested"
    assert one(registries, "action", "own", "sagemaker:Search")["state"] == "ok"


@pytest.mark.parametrize(
    ("behind", "state", "words"),
    [
        (0, "ok", "of AWS"),
        (90, "warning", "the clock of this space is"),
        (-90, "warning", "behind AWS"),
        (3600, "failed", "refuses its signatures"),
    ],
)
def test_the_clock_is_compared_with_that_of_aws(
    registries: Lab, upstream: StandIn, behind: int, state: str, words: str
) -> None:
    async def late(request: web.Request) -> web.StreamResponse:
        answer = await sts(request)
        moment = datetime.now(timezone.utc) - timedelta(seconds=behind)
        answer.headers["Date"] = format_datetime(moment, usegmt=True)
        return answer

    upstream.on("/sts", late)
    found = one(registries, "clock")
    assert found["state"] == state, found
    assert words in found["message"]
    # It is seen without a signature, which a wrong clock would spoil.
    assert upstream.requests("/sts")[0].header("Authorization") is None


def test_a_clock_that_nobody_tells_is_not_green(registries: Lab, upstream: StandIn) -> None:
    async def gone(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    upstream.on("/sts", gone)
    assert one(registries, "clock")["state"] == "untested"


def test_a_policy_that_grants_approval_is_told(registries: Lab, upstream: StandIn) -> None:
    assert one(registries, "full-access", "own")["state"] == "ok"
    asked = upstream.requests("/iam")[0]
    assert b"RoleName=R" in asked.body
    upstream.on("/iam", policies("Other", "AmazonSageMakerFullAccess"))
    found = one(registries, "full-access", "own")
    assert found["state"] == "warning"
    assert "grants approval" in found["message"]
    for name in ("AdministratorAccess", "AmazonSageMakerModelRegistryFullAccess"):
        upstream.on("/iam", policies("Other", name))
        found = one(registries, "full-access", "own")
        assert (found["state"], name in found["message"]) == ("warning", True)
    denied = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
    upstream.on("/iam", fixed(denied, 403, "text/xml"))
    found = one(registries, "full-access", "own")
    assert (found["state"], "cannot be seen" in found["message"]) == ("untested", True)
    upstream.on("/iam", fixed("<html>Sign in</html>", 200, "text/html"))
    assert one(registries, "full-access", "own")["state"] == "untested"


def test_the_source_identity_is_what_aws_says(registries: Lab, upstream: StandIn) -> None:
    assert one(registries, "source-identity", "own")["state"] == "ok"
    assert one(registries, "source-identity", "claims")["state"] == "untested"
    upstream.on("/registry-own", denying("DescribeDomain"))
    found = one(registries, "source-identity", "own")
    assert (found["state"], "sagemaker:DescribeDomain" in found["message"]) == ("untested", True)

    async def named(request: web.Request) -> web.StreamResponse:
        answer = await sts(request)
        assert isinstance(answer, web.Response)
        text = str(answer.text)
        return web.Response(
            text=text.replace(
                "<Credentials>", "<SourceIdentity>ds-042</SourceIdentity><Credentials>"
            ),
            content_type="text/xml",
        )

    upstream.on("/sts", named)
    found = findings(registries, only=["identity"])
    told = {(f["connection"], f["check"]): f for f in found}["claims", "source-identity"]
    assert (told["state"], '"ds-042"' in told["message"]) == ("ok", True)


def test_a_role_of_another_account_is_assumed_anew(registries: Lab, upstream: StandIn) -> None:
    for _ in range(2):
        assert one(registries, "identity", "claims")["state"] == "ok"
    assumed = [seen for seen in upstream.requests("/sts") if b"Reader" in seen.body]
    assert len(assumed) == 2


def test_the_page_says_its_version(registries: Lab) -> None:
    def told(**page: object) -> Any:
        return findings(registries, page=page, only=["versions"])[0]

    # A checkout has no front end in Jupyter's folders.
    assert told()["state"] == "failed"
    assert f"server extension {__version__}" in told()["message"]
    assert "page 0.0.1" in told(version="0.0.1", api=1, lab="4.6.6")["message"]


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{",
        "[" * 4000,
        '{"page": 1}',
        '{"page": {"version": "<script>"}}',
        '{"page": {"api": true}}',
        '{"only": ["../x"]}',
        '{"only": "clock"}',
        json.dumps({"only": ["a" * 60] * 100}),
    ],
)
def test_a_body_that_is_not_understood(lab: Lab, body: str) -> None:
    got = lab.post("doctor", body)
    assert (got.status, got.code) == (400, "bad_request")


def test_only_what_is_asked_for_is_looked_at(registries: Lab, upstream: StandIn) -> None:
    found = findings(registries, only=["space", "app"])
    assert {f["check"] for f in found} == {"space", "app"}
    assert not upstream.seen
    assert {f["connection"] for f in findings(registries, only=["claims"])} == {"claims"}


def test_who_goes_away_ends_the_checks(registries: Lab, upstream: StandIn) -> None:
    import asyncio
    import time

    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.4)
        return await registry(request)

    upstream.on("/registry-own", slow)
    connection = registries.connect()
    from .lab import FETCH, PREFIX, XSRF

    connection.request("POST", f"{PREFIX}doctor", b'{"only":["own"]}', {**FETCH, **XSRF})
    response = connection.getresponse()
    response.readline()
    connection.sock.close() if connection.sock else response.close()
    response.close()
    time.sleep(1.2)
    count = len(upstream.requests("/registry-own"))
    time.sleep(1.0)
    assert len(upstream.requests("/registry-own")) == count < 6


FIELDS = ("OPSS-Reg:Status", "OPSS-Reg:Risk", "OPSS-Reg:Owner", "AWS:ARN")


def test_the_fields_of_the_mapping_are_looked_for(upstream: StandIn, tmp_path: Path) -> None:
    lab = Lab(
        tmp_path,
        {
            "connections": [
                {
                    "id": "op",
                    "kind": "openpages",
                    "url": f"{upstream.url}/console",
                    "auth": {"type": "basic", "username": "svc", "password": {"env": "OP_PW"}},
                    "types": {"useCase": "Register", "modelGroup": "Group"},
                    "fields": dict(
                        zip(("status", "riskLevel", "owner", "groupArn"), FIELDS, strict=True)
                    ),
                }
            ],
        },
        {"AWS_REGION": "eu-west-1", "OP_PW": "pw-Mulberry-4410"},
    )

    def fields(*names: str) -> Any:
        return fixed(json.dumps({"field_definitions": [{"name": name} for name in names]}))

    try:
        types = json.dumps([{"name": n} for n in ("Register", "Group", "SOXBusEntity", "Model")])
        upstream.on("/console/api/v2/types", fixed(types))
        upstream.on("/console/api/v2/types/Register", fields(*FIELDS))
        upstream.on("/console/api/v2/types/Group", fields(*FIELDS))
        found = one(lab, "fields", "op")
        assert (found["state"], "all 4 configured" in found["message"]) == ("ok", True), found
        upstream.on("/console/api/v2/types/Group", fields("Other:Field"))
        found = one(lab, "fields", "op")
        assert found["state"] == "failed"
        assert "groupArn (AWS:ARN) of Group" in found["message"]
        upstream.on("/console/api/v2/types/Group", fixed('{"name":"Group"}'))
        assert one(lab, "fields", "op")["state"] == "untested"
    finally:
        lab.stop()
