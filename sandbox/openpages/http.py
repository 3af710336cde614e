"""What the HTTP handlers share."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from .errors import OpenPagesError
from .users import User

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Route = tuple[str, str, Handler]
"""Method, path and handler."""
USER: web.RequestKey[User] = web.RequestKey("user", User)


async def body_of(request: web.Request) -> dict[str, object]:
    """The JSON object of a body; empty when there is none. Raises OpenPagesError (400)."""
    try:
        parsed = json.loads(await request.read() or b"{}")
    except ValueError:
        raise OpenPagesError(400, "The body is not JSON.") from None
    if not isinstance(parsed, dict):
        raise OpenPagesError(400, "The body must be a JSON object.")
    return parsed


def user_of(request: web.Request) -> User:
    """Who asks, as the guard found out."""
    return request[USER]


def whole_of(text: str | None, name: str, default: int, least: int) -> int:
    """A number of the query string, at least ``least``. Raises OpenPagesError (400)."""
    if text is None:
        return default
    if not text.isdecimal() or int(text) < least:
        raise OpenPagesError(400, f'"{name}" must be a whole number >= {least}.')
    return int(text)
