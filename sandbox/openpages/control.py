"""``/_sandbox``: switches of the stand-in that the real console does not have."""

from __future__ import annotations

from aiohttp import web

from .auth import Auth
from .errors import OpenPagesError
from .http import Route, body_of
from .store import Store
from .synchronisation import Synchronisation

PREFIX = "/_sandbox"


class Controls:
    """Handlers over the parts of one stand-in."""

    def __init__(self, store: Store, auth: Auth) -> None:
        self.store = store
        self.auth = auth
        self._seconds = auth.seconds

    def routes(self) -> list[Route]:
        """Methods and whole paths."""
        calls = {
            "reset": self.reset,
            "expire": self.expire,
            "token-life": self.token_life,
            "sync-delay": self.sync_delay,
            "conflict": self.conflict,
        }
        return [("POST", f"{PREFIX}/{name}", handler) for name, handler in calls.items()]

    async def reset(self, _request: web.Request) -> web.Response:
        """Everything as at the start; tokens that are out stay valid."""
        self.store.reset()
        self.auth.seconds = self._seconds
        self.auth.calls_left = None
        return web.json_response({"reset": True})

    async def expire(self, request: web.Request) -> web.Response:
        """``{"after"?: n}``: every token ends now, or after n more calls of the API."""
        after = _number(await body_of(request), "after", None)
        if after is None:
            return web.json_response({"expired": self.auth.expire_all()})
        self.auth.calls_left = int(after)
        return web.json_response({"after": int(after)})

    async def token_life(self, request: web.Request) -> web.Response:
        """``{"seconds": n}``: life of the tokens granted from now on."""
        seconds = _number(await body_of(request), "seconds", None)
        if not seconds:
            raise OpenPagesError(400, '"seconds" must be a number > 0.')
        self.auth.seconds = seconds
        return web.json_response({"seconds": seconds})

    async def sync_delay(self, request: web.Request) -> web.Response:
        """``{"seconds": n}``: how long the query service hides a new link; 0 ends it."""
        seconds = _number(await body_of(request), "seconds", 0.0) or 0.0
        if seconds:
            self.store.links.seconds = seconds
        else:
            self.store.links = Synchronisation()
            self.store.version += 1
        return web.json_response({"seconds": seconds})

    async def conflict(self, request: web.Request) -> web.Response:
        """``{"times"?: n}``: the next n writes find the object just changed (default 1)."""
        times = _number(await body_of(request), "times", 1.0)
        self.store.conflicts = int(times or 0)
        return web.json_response({"times": self.store.conflicts})


def _number(body: dict[str, object], name: str, default: float | None) -> float | None:
    value = body.get(name, default)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise OpenPagesError(400, f'"{name}" must be a number >= 0.')
    return float(value)
