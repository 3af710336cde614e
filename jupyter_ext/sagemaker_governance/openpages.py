"""What an answer of OpenPages is when it is not the JSON that was asked for.

IBM publishes no error format, and a wrong address or an ended session comes as a
page for people. Each case has its words here, which name the connection and the
setting to look at; none repeats a page, a query or a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .connections import OpenPagesConnection
from .errors import RelayError
from .headers import is_html

if TYPE_CHECKING:
    from .forward import Answer

#: Number of a message of OpenPages, e.g. `OP-60005`.
_MESSAGE = re.compile(rb"\bOP-\d{3,6}\b")
#: What the path of a redirect to some login has.
_LOGIN_PATH = re.compile(r"log-?on|log-?in|sign-?in|/sso|/saml|/oauth|/authorize|/idp", re.I)
#: What a page with a login form has.
_LOGIN_PAGE = re.compile(
    rb"type\s*=\s*[\"']?password|log-?on\.jsp|j_security_check|\blog ?[io]n\b|\bsign ?in\b", re.I
)
_TITLE = re.compile(rb"<title[^>]*>([^<]{1,200})", re.I)

_ROOTS = (
    "mostly /opgrc or /openpages/opgrc, in Cloud Pak for Data /openpages-<instance>-opgrc (with a"
    " hyphen before opgrc, not a slash)"
)
_EGRESS = (
    "If OpenPages admits known IP addresses only, the egress address of this space (of its NAT"
    " gateway) must be among them."
)
_LOGINS = {
    "basic": "Check auth.username and the secret of auth.password, and that the account is not"
    " locked and may use the REST API.",
    "ibm-iam": "Check that the API key belongs to a user of this OpenPages instance; on-premises"
    " and hosted instances want auth.type basic.",
    "mcsp": "Check that auth.token_url is the token service of this instance (MCSP has several),"
    " and that the service id may use the Governance console's API.",
    "cp4d": "Check auth.username and its secret; with auth.apikey, auth.token_url decides between"
    " a token and ZenApiKey.",
}


def judge(answer: Answer, connection: OpenPagesConnection) -> Mapping[str, str]:
    """Headers that describe an answer which may pass.

    Raises
    ------
    RelayError
        For an answer that must not reach the browser: every page, every
        redirect, and a login that is refused.
    """

    def fail(code: str, message: str, hint: str) -> RelayError:
        return RelayError(code, f"{connection.id}: {message}", hint, connection.id)

    status, kind = answer.status, answer.content_type.split(";")[0].strip().lower()
    plain = answer.plain or b""
    number = _MESSAGE.search(plain)
    said = f"HTTP {status}" + (f", {number[0].decode()}" if number else "")
    setting = f"url of connection {connection.id}"
    if status == 401:
        raise fail(
            "upstream_unauthorized",
            f"OpenPages does not accept the configured login ({said}).",
            f"{_LOGINS[connection.auth.type]} All of it stands in connection {connection.id}.",
        )
    if 300 <= status < 400 and status != 304:
        raise fail(*_redirect(answer, setting, connection.auth.type))
    if answer.length == 0 or status in (204, 304):
        return _described(answer)
    if answer.plain is None:
        raise fail(
            "upstream_not_json",
            f"the answer is compressed, which was not asked for, and cannot be read ({said}).",
            f"Check for a proxy before {setting} that compresses what it should not.",
        )
    if "json" in kind:
        return _described(answer)
    if number and status >= 400 and kind == "text/plain":
        # A message of OpenPages itself, such as a value that is too long.
        return _described(answer)
    if status in (429, 502, 503, 504):
        raise fail(
            "upstream_unreachable",
            f"OpenPages, or a proxy before it, is not available now ({said}).",
            "Try again in some minutes; if it stays, ask who runs OpenPages.",
        )
    if status == 403 and number:
        raise fail(
            "upstream_forbidden",
            f"OpenPages refuses this to the user of the connection ({said}).",
            "An administrator of OpenPages must give the user of connection"
            f" {connection.id} the right to it.",
        )
    if status == 403:
        raise fail(
            "upstream_forbidden",
            f"something before OpenPages bars the way ({said}, {kind or 'no type'}).",
            f"{_EGRESS} Else look for a firewall or a proxy that does not let {setting} through.",
        )
    if status in (404, 405):
        raise fail(
            "upstream_wrong_path",
            f"there is no OpenPages API below {urlsplit(connection.url).path or '/'} ({said}).",
            f"Check the root path at the end of {setting}: {_ROOTS}.",
        )
    if is_html(kind) and status < 400 and _LOGIN_PAGE.search(plain):
        raise fail(
            "upstream_login_page",
            f"OpenPages answered with its login page ({said}).",
            f"It took us for a browser without a session: check auth.type and {setting}."
            f" {_LOGINS[connection.auth.type]}",
        )
    raise fail(
        "upstream_not_json",
        f"the answer is {_thing(answer, kind)}, not JSON ({said}).",
        f"Check host and root path of {setting} ({_ROOTS}), and for a proxy with its own pages.",
    )


def _described(answer: Answer) -> Mapping[str, str]:
    return {
        "Content-Type": "application/octet-stream",
        "X-Relay-Content-Type": answer.content_type or "application/json",
    }


def _redirect(answer: Answer, setting: str, auth: str) -> tuple[str, str, str]:
    try:
        target = urlsplit(answer.headers.get("Location", ""))
        host = target.hostname
    except ValueError:
        target, host = urlsplit(""), None
    where = f" of {host}" if host else ""
    if _to_login(answer):
        page = "logon.jsp" if target.path.endswith("logon.jsp") else "a login page"
        return (
            "upstream_login_page",
            f"OpenPages sends to {page}{where} (HTTP {answer.status}).",
            f"It took us for a browser without a session: check the root path at the end of"
            f" {setting} ({_ROOTS}) and auth.type. {_LOGINS[auth]}",
        )
    return (
        "upstream_redirect",
        f"OpenPages answered with a redirect{where} (HTTP {answer.status}).",
        f"Check scheme, host and root path of {setting}.",
    )


def _thing(answer: Answer, kind: str) -> str:
    if not is_html(kind):
        return kind or "of no type"
    found = _TITLE.search(answer.plain or b"")
    title = " ".join(found[1].decode("utf-8", "replace").split()) if found else ""
    title = re.sub(r"[^\w .,:;()/-]", "", title)[:60].strip()
    return f'a page "{title}"' if title else "a page"


def _to_login(answer: Answer) -> bool:
    """A redirect to a login, as for an ended session or a wrong root path."""
    if not 300 <= answer.status < 400:
        return False
    return _LOGIN_PATH.search(answer.headers.get("Location", "").split("?")[0]) is not None


def refused(answer: Answer) -> bool:
    """Whether a renewed login is worth a try: 401, or a page instead of an answer."""
    if answer.status == 401 or _to_login(answer):
        return True
    return answer.status < 400 and is_html(answer.content_type)


def unreached(error: RelayError) -> RelayError:
    """A failure of the network, with what is peculiar to OpenPages."""
    if error.code not in ("upstream_timeout", "upstream_unreachable", "upstream_closed"):
        return error
    return RelayError(error.code, error.message, f"{error.hint} {_EGRESS}", error.connection)
