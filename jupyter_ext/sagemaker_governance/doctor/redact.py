"""Keeps secrets out of what the checks say.

Two nets, since either has holes: values that are known to be secret, wherever
they stand and however they are written; and text that looks like a secret.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

from ..connections import OpenPagesConnection, Secret
from .finding import Finding

if TYPE_CHECKING:
    from ..relay import Relay

HIDDEN = "[hidden]"

#: Names of variables and members whose values are secret.
_SECRET_NAME = re.compile(
    r"secret|passw|passphrase|token|credential|cookie|authori[sz]ation|private_?key"
    r"|api_?key|access_?key|session_?key|(?:^|_)auth(?:$|_)|(?:^|_)(?:key|pass|sig)$",
    re.IGNORECASE,
)
#: Shorter values of variables that only look secret by name are words of
#: everyday use; a secret that the configuration names is hidden whatever it is.
_SHORTEST = 5
#: From this length on, a value is hidden inside of longer words too.
_INSIDE = 4
_EVERYDAY = re.compile(r"true|false|none|null|default|enabled|disabled|\d{1,8}", re.IGNORECASE)

_SCHEME = r"[a-z][a-z0-9+.-]*://"
_WORD = r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^\s,;&\"'<>{}()]+)"
_NAMED = (
    r"(?!secretsmanager:)[\w.-]*(?:secret|passw(?:or)?d|passphrase|token|credentials?|api[_-]?key|access[_-]?key"
    r"|private[_-]?key|session[_-]?key|signature|cookie|authorization)[\w.-]*"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|$)", re.DOTALL),
        HIDDEN,
    ),
    # A header to the end of its line: cookies and logins have spaces in them.
    (
        re.compile(
            r"\b((?:proxy-)?authorization|(?:set-)?cookie)([\"']?\s*[:=]\s*)[^\r\n]*", re.IGNORECASE
        ),
        rf"\1\2{HIDDEN}",
    ),
    (
        re.compile(
            r"\b(basic|bearer|zenapikey|aws4-hmac-sha256|digest|negotiate)\s+"
            r"[\w.~+/=,;:%-]*[\d=.+/%][\w.~+/=,;:%-]*",
            re.IGNORECASE,
        ),
        rf"\1 {HIDDEN}",
    ),
    # Whatever stands before the last @: passwords have slashes and question marks.
    (re.compile(rf"\b({_SCHEME})[^\s<>\"']*@", re.IGNORECASE), rf"\1{HIDDEN}@"),
    (
        re.compile(rf"(\b{_SCHEME}[^\s?#\"'<>]*)[?#][^\s\"'<>]*", re.IGNORECASE),
        rf"\1?{HIDDEN}",
    ),
    # A query without the address before it.
    (re.compile(r"\?(?=[\w.~%-]+=)[^\s\"'<>]*"), f"?{HIDDEN}"),
    (re.compile(r"\bx-amz-[\w-]+\s*[=:]\s*[^\s&\"'<>]+", re.IGNORECASE), f"X-Amz-{HIDDEN}"),
    (
        re.compile(rf"([\"']?\b{_NAMED}[\"']?\s*[=:]\s*){_WORD}", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}"), HIDDEN),
    (re.compile(r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b"), HIDDEN),
    # Tokens are long; of what we print, only a SHA-256 in hexadecimal is too.
    (re.compile(r"(?<![\w+=-])(?![0-9a-f]{64}(?![\w+=-]))[\w+=-]{72,}"), HIDDEN),
)


class Redactor:
    """Hides what is secret in texts.

    Parameters
    ----------
    known
        Values that are secret.
    """

    def __init__(self, known: Iterable[str]) -> None:
        spellings = {text for value in known for text in _spellings(value)}
        # The longest first: one secret may be the start of another.
        ordered = sorted(spellings, key=len, reverse=True)
        long = [re.escape(text) for text in ordered if len(text) >= _INSIDE]
        short = [re.escape(text) for text in ordered if len(text) < _INSIDE]
        parts = [*long, *(rf"(?<!\w){text}(?!\w)" for text in short)]
        self._known = re.compile("|".join(parts)) if parts else None

    def text(self, text: str) -> str:
        """The text without secrets, on one line, at most 1,200 characters."""
        text = self._hide(text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        # Once more: a break in the line may have parted a secret.
        text = self._hide(" ".join(_without_controls(text).split()))
        return text if len(text) <= 1200 else f"{text[:1199]}…"

    def _hide(self, text: str) -> str:
        return self._known.sub(HIDDEN, text) if self._known else text

    def json(self, finding: Finding) -> dict[str, Any]:
        """A finding as a line of the answer."""
        return {
            name: self.text(value) if isinstance(value, str) else value
            for name, value in asdict(finding).items()
        }


def redactor(relay: Relay, environ: Mapping[str, str] | None = None) -> Redactor:
    """What hides everything that the server knows to be secret at this moment."""
    env = os.environ if environ is None else environ
    return Redactor(
        [*_of_environment(env), *_of_configuration(relay, env), *relay.secrets_in_use()]
    )


def _of_environment(env: Mapping[str, str]) -> Iterator[str]:
    for name, value in env.items():
        if _SECRET_NAME.search(name) and len(value) >= _SHORTEST:
            if not _EVERYDAY.fullmatch(value):
                yield value
        elif "@" in value and "://" in value:
            yield from _of_address(value)


def _of_address(value: str) -> Iterator[str]:
    """Login in an address: of a proxy, of a package index."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return
    login, at, _ = parts.netloc.rpartition("@")
    if at:
        yield login
        _, colon, password = login.partition(":")
        yield from (password, unquote(password)) if colon else ()


def _of_configuration(relay: Relay, env: Mapping[str, str]) -> Iterator[str]:
    """Secrets that the configuration refers to, or holds against the rules."""
    yield from _of_entries(relay.raw_connections, env)
    for connection in relay.configuration.connections.values():
        auth = getattr(connection, "auth", None)
        if auth is None:
            continue
        yield from (
            value
            for value in auth.headers.values()
            if len(value) >= _INSIDE and not value.startswith("arn:")
        )
        user = auth.username
        name = env.get(user.name, "") if isinstance(user, Secret) else user
        for secret in (auth.password, auth.apikey):
            if isinstance(secret, Secret) and secret.source == "env" and name:
                value = env.get(secret.name)
                if value:
                    yield base64.b64encode(f"{name}:{value}".encode()).decode()
        if isinstance(connection, OpenPagesConnection) and auth.token_url:
            query = urlsplit(auth.token_url).query
            values = (part.partition("=")[2] for part in query.split("&"))
            yield from (value for value in values if len(value) >= _INSIDE)


def _of_entries(raw: object, env: Mapping[str, str], secret: bool = False) -> Iterator[str]:
    if isinstance(raw, Mapping):
        reference = raw.get("env")
        if isinstance(reference, str) and env.get(reference):
            yield env[reference]
        if "env" in raw or "secretsmanager" in raw:
            return
        for name, value in raw.items():
            below = secret or name == "headers" or bool(_SECRET_NAME.search(str(name)))
            # An object named auth or headers is no secret as a whole.
            plain = name in ("auth", "token_url") and not secret
            yield from _of_entries(value, env, below and not plain)
    elif isinstance(raw, (list, tuple)):
        for value in raw:
            yield from _of_entries(value, env, secret)
    elif isinstance(raw, str):
        if secret and len(raw) >= _INSIDE and not raw.startswith("arn:"):
            yield raw
        elif "@" in raw and "://" in raw:
            yield from _of_address(raw)


def _spellings(value: str) -> Iterator[str]:
    """A secret, and how it looks in addresses, in JSON and in a login."""
    stripped = value.strip()
    if not stripped:
        return
    yield stripped
    yield from (quote(stripped, safe=""), quote(stripped), quote_plus(stripped))
    yield stripped.encode("unicode_escape").decode("ascii")
    yield stripped.replace("\\", "\\\\").replace('"', '\\"').replace("/", "\\/")
    yield " ".join(stripped.split())
    if len(stripped) >= _SHORTEST:
        yield base64.b64encode(stripped.encode()).decode().rstrip("=")
        yield base64.urlsafe_b64encode(stripped.encode()).decode().rstrip("=")


def _without_controls(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]", " ", text)
