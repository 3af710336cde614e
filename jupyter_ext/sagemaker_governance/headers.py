"""Which headers pass, in both directions. Everything else is dropped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, quote, unquote

from tornado.httputil import HTTPHeaders

#: Set on every answer of our routes: nothing that comes through can ever run
#: as a page of the lab's origin, be framed, sniffed or read by another site.
SECURITY_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

#: Request headers that pass to MLflow and OpenPages. Cookie, Authorization,
#: Origin, Referer, X-Amz-*, Forwarded and X-Forwarded-* are not among them.
_REQUEST = (
    "Accept",
    "Accept-Encoding",
    "Content-Type",
    "Range",
    "If-Range",
    "If-None-Match",
    "If-Modified-Since",
)
_REQUEST_PREFIX = "x-mlflow-"
#: Of these not: they name the server that a signing endpoint asks, and which
#: one that is stands in the configuration only.
_ROUTING_PREFIX = "x-mlflow-sm-"

#: Response headers that pass as they are. Set-Cookie, Location, CSP, CORS and
#: WWW-Authenticate are not among them.
_RESPONSE = (
    "Content-Encoding",
    "Content-Range",
    "Accept-Ranges",
    "Retry-After",
    "x-amzn-RequestId",
    "x-amzn-ErrorType",
)
_CACHE = ("ETag", "Last-Modified")

#: Routes of artifacts whose last segment names no file.
_NAMELESS = ("get-artifact", "get-trace-artifact", "artifacts/files")
#: Characters of a file's name; systems take 255 bytes.
_MOST_NAME = 120

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[\x20-\x7e]*")
#: Never in `headers` of a connection: they belong to the relay or to HTTP.
_RESERVED = re.compile(
    r"authorization|cookie|host|origin|referer|connection|keep-alive|te|trailer|upgrade|expect"
    r"|transfer-encoding|content-.*|proxy-.*|sec-.*|x-amz-(?:date|security-token|content-sha256)"
    r"|forwarded|x-forwarded-.*",
    re.IGNORECASE,
)


def check_static_header(name: object, value: object) -> tuple[str, str]:
    """Check a header that the configuration adds to every request.

    Raises
    ------
    ValueError
        With the reason.
    """
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        raise ValueError(f"header name {name!r} is not valid")
    if _RESERVED.fullmatch(name):
        raise ValueError(f"header {name} cannot be configured")
    if not isinstance(value, str) or not _VALUE.fullmatch(value):
        raise ValueError(f"the value of header {name} is not printable text")
    return name, value


def request_headers(incoming: HTTPHeaders, with_body: bool) -> dict[str, str]:
    """Headers of the browser that go on to MLflow or OpenPages."""
    result = {}
    for name in _REQUEST:
        values = incoming.get_list(name)
        if name == "Content-Type" and not with_body:
            continue
        if len(values) == 1 and _VALUE.fullmatch(values[0]):
            result[name] = values[0]
    for name, value in incoming.get_all():
        # WSGI servers read an underscore as a hyphen.
        lower = name.lower().replace("_", "-")
        if lower.startswith(_ROUTING_PREFIX) or not lower.startswith(_REQUEST_PREFIX):
            continue
        if _VALUE.fullmatch(value):
            result[name] = value
    # Without it an HTTP client would announce its own encodings, which the
    # browser then could not decode.
    result.setdefault("Accept-Encoding", "identity")
    result.setdefault("Accept", "*/*")
    return result


def response_headers(upstream: Mapping[str, str], cacheable: bool) -> dict[str, str]:
    """Headers of an upstream's answer that go on to the browser.

    Parameters
    ----------
    cacheable
        True: validators and `Cache-Control` pass, for hashed assets. Shared
        caches are excluded all the same, the answer is one person's.
    """
    result = {name: upstream[name] for name in _RESPONSE if name in upstream}
    result["Cache-Control"] = "no-store"
    if cacheable:
        result.update({name: upstream[name] for name in _CACHE if name in upstream})
        control = _private(upstream.get("Cache-Control", ""))
        if control:
            result["Cache-Control"] = control
        elif "ETag" in upstream or "Last-Modified" in upstream:
            result["Cache-Control"] = "private, no-cache"
    return {name: value for name, value in result.items() if _VALUE.fullmatch(value)}


def _private(control: str) -> str:
    directives = [part.strip() for part in control.split(",") if part.strip()]
    kept = [d for d in directives if d.lower() not in ("public", "private")]
    kept = [d for d in kept if not d.lower().startswith("s-maxage")]
    return ", ".join(["private", *kept]) if directives else ""


def attachment(upstream_disposition: str, path: str, query: str) -> str:
    """`Content-Disposition` that makes a browser save an artifact.

    The name is the one that was asked for, which is what a person was shown: an
    upstream must not make `plot.png` a program. Only a request that names no file
    takes the upstream's.
    """
    named = _first(parse_qsl(query), ("path", "artifact_file_path"))
    name = _file_name(named or ("" if path.endswith(_NAMELESS) else path))
    if not name:
        match = re.search(r"filename\*=(?:utf-8)?''([^;]+)", upstream_disposition, re.IGNORECASE)
        if match:
            name = _file_name(unquote(match[1]))
        else:
            match = re.search(r'filename="?([^";]+)', upstream_disposition, re.IGNORECASE)
            name = _file_name(match[1] if match else "")
    return f"attachment; filename*=UTF-8''{quote(name or 'artifact', safe='')}"


def _file_name(path: str) -> str:
    """Last segment of a path, as a name that is what it looks like on every system."""
    last = path.replace("\\", "/").split("/")[-1]
    kept = (
        char
        for char in last
        # Controls, and marks that turn text around: `exe.gnp` reads `png.exe`.
        if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and char not in '<>:"|?*'
    )
    # Windows drops dots and spaces at the end, and then reads another ending.
    name = "".join(kept).strip(". ")
    if len(name) <= _MOST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    tail = f"{dot}{ending}" if stem and len(ending) <= 16 else ""
    return name[: _MOST_NAME - len(tail)] + tail


def _first(pairs: Iterable[tuple[str, str]], names: tuple[str, ...]) -> str:
    return next((value for name, value in pairs if name in names), "")


def plain_value(value: str) -> str:
    """A header value of an upstream, as text that can be matched and printed.

    Bytes that are not UTF-8 (aiohttp hands them on as surrogates) become the
    replacement character.
    """
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def media_type(value: str) -> str:
    """A `Content-Type` that can be passed on, empty for one that cannot."""
    return value if len(value) <= 256 and _VALUE.fullmatch(value) else ""


def is_html(content_type: str) -> bool:
    """Whether an answer claims to be a page."""
    return content_type.split(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")
