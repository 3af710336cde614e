"""Checks of the raw path and query before anything is sent."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote_to_bytes

from .errors import RelayError

# Raw bytes of RFC 3986 path characters; everything else must be escaped.
_PATH = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*")
_QUERY = re.compile(r"[\x21\x22\x24-\x7e]*")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")

#: Escapes that hide structure from whoever matches the path first: slash,
#: backslash, the percent sign itself (double encoding), NUL and controls, DEL.
_HIDDEN = re.compile(r"%(?:2f|5c|25|[01][0-9a-f]|7f)", re.IGNORECASE)

_HINT = "Paths go to the upstream as they are; this one could be read in two ways."


def check_path(path: str) -> str:
    """Check a raw path below a connection, without leading slash.

    Returns
    -------
    str
        The path decoded once, for matching only: what is sent is the raw one.

    Raises
    ------
    RelayError
        `bad_path`
    """
    reason = None
    if not _PATH.fullmatch(path) or _ESCAPE.search(path):
        reason = "it has characters that must be escaped"
    elif _HIDDEN.search(path):
        reason = "it has an escaped slash, backslash, percent sign or control character"
    elif path.startswith("/") or "//" in path:
        reason = "it has an empty segment"
    decoded = ""
    if reason is None:
        try:
            decoded = unquote_to_bytes(path).decode("utf-8")
        except UnicodeDecodeError:
            reason = "it is not UTF-8"
        else:
            # What follows a `;` is dropped by some servers.
            # Some normalise: U+2025 becomes two dots, U+FF0F a slash.
            plain = unicodedata.normalize("NFKC", decoded)
            names = [
                part.split(";")[0] for part in (*decoded.split("/"), *plain.split("/")) if part
            ]
            if any(name in ("", ".", "..") for name in names):
                reason = "it has an empty, . or .. segment"
    if reason is not None:
        raise RelayError("bad_path", f"The path was refused: {reason}.", _HINT)
    return decoded


def check_query(query: str) -> str:
    """Check a raw query and take out what is meant for the lab.

    The lab's own token and XSRF value may come as parameters, and its `fetch`
    appends a time stamp against caches: none of them is the upstream's.

    Raises
    ------
    RelayError
        `bad_path`
    """
    if not _QUERY.fullmatch(query) or _ESCAPE.search(query):
        raise RelayError("bad_path", "The query has characters that must be escaped.", _HINT)
    kept = []
    for pair in query.split("&"):
        name = unquote_to_bytes(pair.split("=")[0].replace("+", " ")).strip().lower()
        if name in (b"token", b"_xsrf") or re.fullmatch(r"\d{13}", pair) or not pair:
            continue
        kept.append(pair)
    # Browsers leave some characters as they are; signatures need them escaped.
    return quote("&".join(kept), safe="-._~!$&'()*+,;=:@/?%[]")
