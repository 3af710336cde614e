"""An independent check of SigV4, from AWS's text, not from botocore."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote

from .standin import Seen


def verify(seen: Seen, secret: str, token: str) -> tuple[str, str, list[str]]:
    """Recompute the signature of a request.

    Returns
    -------
    tuple
        Region, service and the names of the signed headers.
    """
    authorization = seen.header("Authorization") or ""
    algorithm, _, rest = authorization.partition(" ")
    assert algorithm == "AWS4-HMAC-SHA256"
    fields = dict(part.strip().split("=", 1) for part in rest.split(","))
    _, date, region, service, terminator = fields["Credential"].split("/")
    assert terminator == "aws4_request"
    assert seen.header("X-Amz-Security-Token") == token
    names = fields["SignedHeaders"].split(";")
    assert "host" in names
    path, _, query = seen.raw_path.partition("?")
    pairs = sorted(p if "=" in p else f"{p}=" for p in query.split("&") if p)
    canonical = "\n".join(
        [
            seen.method,
            quote(path, safe="/~"),
            "&".join(pairs),
            *(f"{name}:{' '.join((seen.header(name) or '').split())}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(seen.body).hexdigest(),
        ]
    )
    scope = f"{date}/{region}/{service}/aws4_request"
    text = "\n".join(
        [
            "AWS4-HMAC-SHA256",
            seen.header("X-Amz-Date") or "",
            scope,
            hashlib.sha256(canonical.encode()).hexdigest(),
        ]
    )
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    expected = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    assert fields["Signature"] == expected, canonical
    return region, service, names
