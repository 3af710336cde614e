"""Why a role could not be assumed, and whom to ask for what."""

from __future__ import annotations

import re

from ..awserrors import Answered, error_code, is_stale, xml_text
from ..connections import Role
from ..errors import RelayError

_DENIED = re.compile(r"User: (\S+) is not authorized to perform: (sts:\w+)")
_SESSION = re.compile(r"arn:[\w-]+:sts::(\d{12}):assumed-role/([\w+=,.@-]+)/")


def explain(role: Role, connection: str, answer: Answered) -> RelayError:
    """The error behind an answer of STS that gave no credentials.

    Parameters
    ----------
    role
        The one that was asked for.
    connection
        Id of the connection that needs it.
    """
    code = error_code(answer) or xml_text(answer.start, "Code") or f"HTTP {answer.status}"
    said = xml_text(answer.start, "Message")

    def fail(kind: str, message: str, hint: str) -> RelayError:
        return RelayError(kind, f"{connection}: {message}", hint, connection)

    if is_stale(code):
        return fail(
            "credentials_expired",
            "the credentials of the space have expired.",
            "Try again in a minute; if it stays, restart the space.",
        )
    if code in ("SignatureDoesNotMatch", "IncompleteSignature", "InvalidSignatureException"):
        return fail(
            "credentials_unavailable",
            f"STS does not accept the signature ({code}).",
            "Check the clock of the space, and for a proxy that rewrites requests.",
        )
    if answer.status >= 500 or code.startswith("Throttl"):
        return fail(
            "upstream_unreachable",
            f"STS is busy or fails ({code}).",
            "Try again in a minute.",
        )
    if answer.status < 400:
        return fail(
            "upstream_unreachable",
            f"what answered for STS is not STS (HTTP {answer.status}).",
            "Check sts_endpoint_url of the connection, and for a proxy with a login page.",
        )
    what = f"role {role.name} of account {role.account} could not be assumed"
    if code == "RegionDisabledException":
        return fail(
            "assume_role_denied",
            f"{what}: STS is switched off in its region.",
            f"Ask the administrator of account {role.account} to activate STS in that region"
            " (Account settings of IAM), or use another region for the connection.",
        )
    denied = _DENIED.search(said)
    action = denied[2] if denied else "sts:AssumeRole"
    return fail(
        "assume_role_denied",
        f"{what}: {action} is refused ({code}).",
        _hint(role, connection, action, _caller(denied[1] if denied else ""), said),
    )


def _caller(arn: str) -> str:
    found = _SESSION.match(arn)
    return f"role {found[2]} of account {found[1]}" if found else "the role of this space"


def _hint(role: Role, connection: str, action: str, caller: str, said: str) -> str:
    admin = f"the administrator of account {role.account}"
    if action == "sts:SetSourceIdentity":
        carried = (
            f'The source identity "{role.source_identity}"'
            if role.source_identity
            else ("The session of this space carries a source identity, which")
        )
        return (
            f"{carried} goes on to every role that is assumed. Ask {admin} to allow"
            f" sts:SetSourceIdentity, beside sts:AssumeRole, to {caller} in the trust policy of"
            f" role {role.name}; {caller} needs sts:SetSourceIdentity on {role.arn} too."
        )
    if "sourceidentity" in said.replace(" ", "").lower():
        return (
            "The session of this space has another source identity already, which no role on the"
            f" way can change. Remove source_identity of connection {connection}, or set it to"
            ' "passthrough".'
        )
    external = (
        f"asks for another external id than external_id of connection {connection}"
        if role.external_id
        else f"asks for an external id, and connection {connection} has no external_id"
    )
    return (
        f"AWS does not tell which it is: {role.arn} does not exist; its trust policy does not"
        f" allow sts:AssumeRole to {caller}; it {external}; or {caller} itself lacks"
        f" sts:AssumeRole on it. Ask {admin} to compare role_arn, external_id and the trust"
        " policy; with a source identity, sts:SetSourceIdentity is needed as well."
    )
