"""Checks of who asks: role, source identity, policies that are too broad."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from ..awserrors import error_code, is_stale, xml_text
from ..connections import SageMakerConnection
from ..errors import RelayError
from ..tracking.control import Refused, call
from .ask import query
from .finding import OK, UNTESTED, WARNING, Amiss, Finding

if TYPE_CHECKING:
    from ..relay import Relay

#: AWS's own policies that grant `sagemaker:UpdateModelPackage` without a condition, as the
#: AWS Managed Policy Reference has them; `lifecycle-config/cli/roles.ts` warns of the same.
_BROAD = (
    "AdministratorAccess",
    "AmazonSageMakerFullAccess",
    "AmazonSageMakerModelRegistryFullAccess",
    "PowerUserAccess",
)
_OF_AWS = re.compile(r"arn:[\w-]+:iam::aws:policy/(?:.*/)?([^/]+)")
#: Seconds for IAM, which spaces without internet mostly cannot reach.
_PATIENCE = 8.0
#: IAM has one place for each partition.
_IAM_REGION = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_SESSION = re.compile(
    r"arn:(?P<partition>[\w-]+):sts::(?P<account>\d{12}):assumed-role/(?P<role>[\w+=,.@-]+)/"
)


async def identity(relay: Relay, connection: SageMakerConnection) -> list[Finding]:
    """Who STS says we are; the role of another account is assumed anew.

    Raises
    ------
    RelayError
    Amiss
    """
    await relay.ready()
    role = relay.role(connection)
    if role is not None:
        await role.renew()
    arn = await _caller(relay, connection)
    account = xml_account(arn)
    if connection.account and account and account != connection.account:
        raise Amiss(
            f"{arn} is in account {account}, the connection is for {connection.account}",
            f"Correct role_arn or account of connection {connection.id}.",
        )
    if role is None:
        return [Finding("identity", OK, arn)]
    return [Finding("identity", OK, f"{arn}, by sts:AssumeRole")]


def xml_account(arn: str) -> str | None:
    """Account in an ARN of STS or IAM."""
    found = re.match(r"arn:[\w-]+:(?:sts|iam)::(\d{12}):", arn)
    return found[1] if found else None


async def _caller(relay: Relay, connection: SageMakerConnection) -> str:
    answer = await query(
        relay,
        connection,
        "sts",
        {"Action": "GetCallerIdentity", "Version": "2011-06-15"},
        relay.authorizer(connection, "sts"),
    )
    arn = xml_text(answer.start, "Arn")
    if answer.status == 200 and arn:
        return arn
    code = error_code(answer) or f"HTTP {answer.status}"
    if is_stale(code):
        raise Amiss(
            f"STS says that the credentials have expired ({code})",
            "Try again in a minute; if it stays, restart the space.",
        )
    if "Signature" in code:
        raise Amiss(
            f"STS does not accept the signature ({code})",
            "Look at the check of the clock, and for a proxy that rewrites requests.",
        )
    raise Amiss(
        f"STS does not tell who we are ({code})",
        "Check sts_endpoint_url of the connection, the endpoint policy of STS in the VPC, and"
        " for a proxy with a login page.",
    )


async def source_identity(relay: Relay, connection: SageMakerConnection) -> list[Finding]:
    """Whether CloudTrail and the registry learn which person acts."""
    await relay.ready()
    role = relay.role(connection)
    if role is not None:
        await role.frozen()
        if role.source_identity:
            return [
                Finding(
                    "source-identity",
                    OK,
                    f'STS answers with source identity "{role.source_identity}"',
                )
            ]
        return [
            Finding(
                "source-identity",
                UNTESTED,
                "STS names no source identity in its answer: either there is none, or it was set"
                " before, which STS does not repeat",
                "If writes are refused there, turn on ExecutionRoleIdentityConfig"
                " USER_PROFILE_NAME in the domain, or set source_identity of connection"
                f" {connection.id}: lifecycle-config/iam/registry-account.json asks for one.",
            )
        ]
    return [await _of_domain(relay, connection)]


async def _of_domain(relay: Relay, connection: SageMakerConnection) -> Finding:
    environment = relay.environment
    if environment.kind == "studio-shared":
        return Finding(
            "source-identity",
            WARNING,
            "a shared space carries no source identity",
            "Register and decide in a private space.",
        )
    hidden = "STS does not tell a session its own source identity"
    if not environment.domain_id:
        return Finding(
            "source-identity",
            UNTESTED,
            f"{hidden}, and the domain is not known",
            "Nothing to do outside of Studio.",
        )
    try:
        asked = {"DomainId": environment.domain_id}
        domain = await call(relay, connection, "DescribeDomain", asked)
    except Refused as error:
        why = "the role lacks sagemaker:DescribeDomain" if error.denied else str(error)
        return Finding(
            "source-identity",
            UNTESTED,
            f"{hidden}, and its domain cannot be asked: {why}",
            "Ask an administrator to run: npx jupyterlab-sagemaker-governance doctor"
            f" --domain-id {environment.domain_id}",
        )
    settings = domain.get("DomainSettings")
    now = settings.get("ExecutionRoleIdentityConfig") if isinstance(settings, dict) else None
    if now == "USER_PROFILE_NAME":
        return Finding(
            "source-identity",
            OK,
            "the domain passes user profile names on, to apps that were started after it was set",
        )
    return Finding(
        "source-identity",
        WARNING,
        f"ExecutionRoleIdentityConfig of the domain is {now or 'DISABLED'}: CloudTrail does not"
        " tell which person acted",
        "Ask an administrator to set it to USER_PROFILE_NAME while no app runs:"
        " docs/admin-guide.md has the command.",
    )


async def full_access(relay: Relay, connection: SageMakerConnection) -> list[Finding]:
    """Whether the role may approve because of a policy that is too broad.

    Raises
    ------
    RelayError
    Amiss
    """
    arn = await _caller(relay, connection)
    session = _SESSION.match(arn)
    if session is None:
        return [
            Finding(
                "full-access",
                UNTESTED,
                f"{arn} is no session of a role",
                "Look at the policies of that identity in the IAM console.",
            )
        ]
    name = session["role"]
    seen = await _attached(relay, connection, name, session["partition"])
    if isinstance(seen, str):
        return [
            Finding(
                "full-access",
                UNTESTED,
                f"the policies of role {name} cannot be seen: {seen}",
                "Nothing is wrong with that. Ask an administrator whether"
                f" {' or '.join(_BROAD)} is attached: each alone lets everybody approve.",
            )
        ]
    named = {found[1] for policy in seen if (found := _OF_AWS.fullmatch(policy))}
    if broad := sorted(named.intersection(_BROAD)):
        return [
            Finding(
                "full-access",
                WARNING,
                f"{' and '.join(broad)} attached to role {name}: it alone grants approval",
                "Ask an administrator to detach it, or to attach lifecycle-config/iam"
                "/data-scientist.json beside it, with the name of the approvers' role in its"
                " NeverRunAsApprover: docs/permissions.md.",
            )
        ]
    return [
        Finding(
            "full-access",
            OK,
            f"no policy of AWS that grants approval is attached to role {name} (managed policies:"
            f" {len(seen)}; own and inline ones are not read)",
        )
    ]


async def _attached(
    relay: Relay, connection: SageMakerConnection, role: str, partition: str
) -> list[str] | str:
    """ARNs of the managed policies of a role, or why they cannot be seen."""
    from ..auth.aws import SigV4

    signer = SigV4(relay.source(connection), "iam", _IAM_REGION.get(partition, connection.region))
    form = {
        "Action": "ListAttachedRolePolicies",
        "Version": "2010-05-08",
        "RoleName": role,
        "MaxItems": "1000",
    }
    try:
        answer = await asyncio.wait_for(query(relay, connection, "iam", form, signer), _PATIENCE)
    except RelayError as error:
        return f"IAM is not reached ({error.code})"
    except asyncio.TimeoutError:
        return "IAM does not answer"
    body = answer.plain or b""
    if answer.status != 200 or b"ListAttachedRolePoliciesResult" not in body:
        code = error_code(answer) or f"HTTP {answer.status}"
        if code.startswith("AccessDenied"):
            return "iam:ListAttachedRolePolicies is not allowed"
        return f"IAM answered {code}"
    if xml_text(body, "IsTruncated") == "true":
        return "there are more than one answer holds"
    return [one.decode() for one in re.findall(rb"<PolicyArn>([^<]*)</PolicyArn>", body)]
