"""Many files of MLflow's UI in one answer: which may be asked for, and how they travel.

The answer is a row of records, each with a head of `kind` (1 byte), `file` (2 bytes) and
`length` (4 bytes), big-endian, then `length` bytes. Files come side by side: a large one
does not keep a small one waiting.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass

from ..errors import RelayError
from ..foreign import parse_json
from ..paths import check_path

#: Files in one answer; MLflow's page asks for some 20 at once.
MAX_FILES = 256
#: Bytes of a request.
MAX_REQUEST = 128 * 1024
#: Bytes of an `index.html` that is looked through; MLflow's own has a few thousand.
MAX_PAGE = 256 * 1024

#: JSON with `path`, `status`, `type` and `encoding`: a file begins.
HEAD = 1
#: Bytes of it, as MLflow sent them.
DATA = 2
#: It is whole.
END = 3
#: JSON with `path`, `code`, `message`, `hint`: it could not be had.
FAIL = 4

_RECORD = struct.Struct(">BHI")
_NAMED = re.compile(
    # Not beyond the next tag: a page of nothing but openings is read once, not as many
    # times as it has openings.
    rb"""<(?:script|link)\b[^<>]*?\b(?:src|href)=["']?(?:\./)?(static-files/[^"'\s>?#]+\.(?:js|css))"""
)


@dataclass(frozen=True)
class Wanted:
    """What a browser asks for."""

    paths: tuple[str, ...]
    #: Also the scripts and sheets that `index.html` names.
    follow: bool


def read_request(body: bytes) -> Wanted:
    """Check a request, `{"paths": [...], "follow": false}`.

    Raises
    ------
    RelayError
        `bad_request`, `bad_path`, `path_not_allowed`
    """
    try:
        request = parse_json(body)
    except ValueError:
        request = None
    paths = request.get("paths") if isinstance(request, dict) else None
    follow = request.get("follow", False) if isinstance(request, dict) else None
    if (
        not isinstance(paths, list)
        or not 0 < len(paths) <= MAX_FILES
        or not all(isinstance(path, str) for path in paths)
        or not isinstance(follow, bool)
    ):
        raise RelayError(
            "bad_request", f"The request must name 1 to {MAX_FILES} files as a list of paths."
        )
    for path in paths:
        if check_path(path) not in ("", "version") and not path.startswith("static-files/"):
            raise RelayError(
                "path_not_allowed",
                "Only files of MLflow's UI come many at a time.",
                "Ask for the others one by one.",
            )
    return Wanted(tuple(dict.fromkeys(paths)), follow)


def named_in(page: bytes) -> list[str]:
    """Paths of the scripts and sheets that an `index.html` names.

    Odd ones are left out, and those beyond `MAX_FILES`; all of a page that is larger
    than `MAX_PAGE`.
    """
    found: dict[str, None] = {}
    if len(page) > MAX_PAGE:
        return []
    for match in _NAMED.finditer(page):
        if len(found) >= MAX_FILES:
            break
        path = match[1].decode("latin-1")
        try:
            check_path(path)
        except RelayError:
            continue
        found[path] = None
    return list(found)


def record(kind: int, file: int, content: bytes | dict[str, object] = b"") -> bytes:
    """A record of the answer."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return _RECORD.pack(kind, file, len(data)) + data
