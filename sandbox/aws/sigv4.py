"""Checks AWS signatures, from AWS's text: for the services that moto does not play."""

from __future__ import annotations

import calendar
import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from .bridge import MAX_SKEW, UNSIGNED

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/\s,]+)/(?P<date>\d{8})/(?P<region>[^/\s,]+)"
    r"/(?P<service>[^/\s,]+)/aws4_request,\s*SignedHeaders=(?P<names>[^\s,]+),\s*"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)


class BadSignature(Exception):
    """A request that is refused before anybody looks who asks.

    Args:
        code: AWS's error code.
        message: AWS's words.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Signed:
    """A request with a signature, not yet checked."""

    method: str
    path: str
    """Raw, as it came."""
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    authorization: re.Match[str]

    @property
    def access_key(self) -> str:
        """Who says to have signed it."""
        return self.authorization["key"]

    @property
    def names(self) -> list[str]:
        """Headers that are signed."""
        return self.authorization["names"].split(";")


def read(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Signed:
    """Take a request apart.

    Args:
        target: raw path and query.
        headers: names in lower case.

    Raises:
        BadSignature: there is no signature, or not all that belongs to it.
    """
    said = headers.get("authorization")
    if said is None:
        raise BadSignature("MissingAuthenticationTokenException", "Missing Authentication Token")
    match = _AUTHORIZATION.fullmatch(said.strip())
    if match is None or "x-amz-date" not in headers:
        raise BadSignature(
            "IncompleteSignatureException",
            "Authorization header requires Credential, SignedHeaders and Signature, "
            "and the request the header X-Amz-Date.",
        )
    path, _, query = target.partition("?")
    return Signed(method, path, query, headers, body, match)


def check(signed: Signed, secret: str, token: str, region: str, service: str) -> None:
    """Check scope, clock, payload and signature.

    Args:
        secret: of the access key.
        token: of its session.

    Raises:
        BadSignature: with AWS's words for it.
    """
    given = signed.authorization
    if given["region"] != region:
        raise BadSignature(
            "SignatureDoesNotMatch",
            f"Credential should be scoped to a valid region, not '{region}'.",
        )
    if given["service"] != service:
        raise BadSignature(
            "SignatureDoesNotMatch", f"Credential should be scoped to correct service: '{service}'."
        )
    at = signed.headers["x-amz-date"]
    try:
        skew = time.time() - calendar.timegm(time.strptime(at + " UTC", "%Y%m%dT%H%M%SZ %Z"))
    except ValueError:
        skew = MAX_SKEW + 1
    if abs(skew) > MAX_SKEW:
        raise BadSignature("InvalidSignatureException", f"Signature expired: {at}")
    if signed.headers.get("x-amz-security-token") != token:
        raise BadSignature(
            "UnrecognizedClientException", "The security token included in the request is invalid."
        )
    digest = hashlib.sha256(signed.body).hexdigest()
    told = signed.headers.get("x-amz-content-sha256", digest)
    if told not in (digest, UNSIGNED) or "host" not in signed.names:
        raise _mismatch()
    # Services other than S3 escape the path again; one library does not, which is
    # the same for all paths that need no escape.
    ways = {quote(signed.path, safe="/~"), signed.path}
    if not any(
        hmac.compare_digest(_signature(signed, secret, path, told), given["signature"])
        for path in ways
    ):
        raise _mismatch()


def _mismatch() -> BadSignature:
    return BadSignature(
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. "
        "Check your AWS Secret Access Key and signing method. Consult the service "
        "documentation for details.",
    )


def _signature(signed: Signed, secret: str, path: str, digest: str) -> str:
    pairs = sorted(part.partition("=")[::2] for part in signed.query.split("&") if part)
    canonical = "\n".join(
        [
            signed.method,
            path,
            "&".join(f"{name}={value}" for name, value in pairs),
            *(f"{n}:{' '.join(signed.headers.get(n, '').split())}" for n in signed.names),
            "",
            ";".join(signed.names),
            digest,
        ]
    )
    given = signed.authorization
    scope = [given["date"], given["region"], given["service"], "aws4_request"]
    text = "\n".join(
        [
            "AWS4-HMAC-SHA256",
            signed.headers["x-amz-date"],
            "/".join(scope),
            hashlib.sha256(canonical.encode()).hexdigest(),
        ]
    )
    key = f"AWS4{secret}".encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
