"""The control server: faults, counts, latency, reset and credentials of a sandbox."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from .faults import FAULTS, Fault, FaultBoard, UnknownFault
from .proxy import Gate

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Reset = Callable[[], Awaitable[None]]
log = logging.getLogger(__name__)


class _Refused(Exception):
    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.hint = status, message, hint


class ControlServer:
    """Switches of a running sandbox, on its own port of 127.0.0.1.

    It takes over the faults and counts of ``gates``, and calls the stand-ins behind the
    gates ``aws`` and ``openpages`` directly, so that faults never hit the sandbox's own
    calls. ``resets`` holds more to do on ``POST /reset``, by name.
    """

    def __init__(
        self,
        gates: Iterable[Gate],
        *,
        resets: Mapping[str, Reset] | None = None,
        port: int = 0,
    ) -> None:
        by_name = {gate.name: gate for gate in gates}
        self._board = FaultBoard(by_name)
        for gate in by_name.values():
            gate.board = self._board
        self._stand_ins = {
            name: by_name[name].upstream.rstrip("/").removesuffix("/opgrc")
            for name in ("aws", "openpages")
            if name in by_name
        }
        self._resets = dict(resets or {})
        self._wanted_port = port
        self._runner: web.AppRunner | None = None
        self._client: ClientSession | None = None

    @property
    def url(self) -> str:
        """Address after :meth:`start`."""
        if not self._runner:
            raise RuntimeError("the control server is not started")
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        self._client = ClientSession(timeout=ClientTimeout(total=60))
        app = web.Application(middlewares=[self._guard])
        add = app.router.add_route
        add("GET", "/", self._state)
        add("POST", "/faults", self._fault_on)
        add("DELETE", "/faults", self._faults_off)
        add("DELETE", "/faults/{name}", self._faults_off)
        add("GET", "/counts", self._counts)
        add("DELETE", "/counts", self._counts_off)
        add("POST", "/latency", self._latency)
        add("POST", "/reset", self._reset)
        add("GET", "/credentials/{persona}", self._credentials)
        add("POST", "/openpages/{call}", self._openpages)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self._wanted_port).start()
        except OSError:
            await runner.cleanup()
            await self._client.close()
            raise
        self._runner = runner

    async def stop(self) -> None:
        """Close the listener."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None
        if self._client:
            await self._client.close()
            self._client = None

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        # A page in the browser that looks at the sandbox must not read its credentials:
        # another site's requests carry this header, tools send none.
        if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            return _error(_Refused(403, "Only tools may use the control server, not pages."))
        try:
            return await handler(request)
        except UnknownFault as error:
            return _error(_Refused(400, str(error)))
        except _Refused as error:
            return _error(error)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as error:
            known = (
                "GET /, POST|DELETE /faults, DELETE /faults/<name>, GET|DELETE /counts, "
                "POST /latency, POST /reset, GET /credentials/<persona>, POST /openpages/<switch>"
            )
            told = f"{request.method} {request.path} is not a call of the control server."
            return _error(_Refused(error.status, told, f"Calls: {known}."))

    # ----------------------------------------------------------------- state

    def _state_json(self) -> dict[str, object]:
        return {
            "faults": [one.as_json() for one in self._board.faults],
            "latency": self._board.latency,
            "counts": self._counts_json(),
            "known": FAULTS,
        }

    def _counts_json(self) -> dict[str, dict[str, int]]:
        return {name: dict(counter) for name, counter in self._board.counts.items()}

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(self._state_json())

    async def _fault_on(self, request: web.Request) -> web.Response:
        body = await _json(request)
        extra = body.keys() - {"name", "upstream", "operation", "ms", "times"}
        if extra:
            raise _Refused(400, f"Unknown members: {', '.join(sorted(extra))}.")
        fault = Fault(
            name=_text(body, "name") or "",
            upstream=_text(body, "upstream"),
            operation=_text(body, "operation"),
            ms=_number(body, "ms", 0),
            times=_whole(body, "times"),
        )
        self._board.switch_on(fault)
        return web.json_response(self._state_json())

    async def _faults_off(self, request: web.Request) -> web.Response:
        self._board.switch_off(request.match_info.get("name"))
        return web.json_response(self._state_json())

    async def _counts(self, _request: web.Request) -> web.Response:
        return web.json_response(self._counts_json())

    async def _counts_off(self, _request: web.Request) -> web.Response:
        self._board.clear_counts()
        return web.json_response(self._counts_json())

    async def _latency(self, request: web.Request) -> web.Response:
        """``{"upstream"?: name, "ms": n}``: every call there waits; 0 ends it."""
        body = await _json(request)
        upstream, ms = _text(body, "upstream"), _number(body, "ms", 0)
        if ms is None:
            raise _Refused(400, '"ms" is required.')
        if upstream is not None:
            self._board.check_upstream(upstream)
        for name in self._board.upstreams if upstream is None else (upstream,):
            self._board.latency[name] = ms
            if not ms:
                del self._board.latency[name]
        return web.json_response(self._state_json())

    # ------------------------------------------------------------ passed on

    def _session(self) -> ClientSession:
        if not self._client:
            raise RuntimeError("the control server is not started")
        return self._client

    async def _reset(self, _request: web.Request) -> web.Response:
        """Faults, latency and counts off, then every part back to its seed."""
        self._board.switch_off()
        self._board.latency.clear()
        self._board.clear_counts()
        resets: dict[str, Reset] = {
            name: partial(self._reset_stand_in, url) for name, url in self._stand_ins.items()
        }
        resets.update(self._resets)
        results = await asyncio.gather(
            *(reset() for reset in resets.values()), return_exceptions=True
        )
        failed: list[str] = []
        for part, result in zip(resets, results, strict=True):
            if isinstance(result, BaseException):
                log.error("reset of %s failed", part, exc_info=result)
                failed.append(f"{part}: {result}")
        if failed:
            raise _Refused(502, f"Not everything was reset: {'; '.join(failed)}.")
        return web.json_response({"reset": list(resets)})

    async def _reset_stand_in(self, url: str) -> None:
        async with self._session().post(f"{url}/_sandbox/reset") as answer:
            if answer.status >= 300:
                raise RuntimeError(f"answered {answer.status}")

    async def _openpages(self, request: web.Request) -> web.Response:
        """A switch of the OpenPages stand-in: ``sandbox/openpages/control.py``."""
        if "openpages" not in self._stand_ins:
            raise _Refused(404, "This sandbox runs without OpenPages.")
        url = f"{self._stand_ins['openpages']}/_sandbox/{request.match_info['call']}"
        try:
            async with self._session().post(url, data=await request.read()) as answer:
                body = await answer.read()
                return web.Response(
                    body=body, status=answer.status, content_type=answer.content_type
                )
        except ClientError as error:
            raise _Refused(
                502, f"The OpenPages stand-in does not answer: {error}.", "See its log."
            ) from error

    async def _credentials(self, request: web.Request) -> web.Response:
        """Container credentials of a persona, from the AWS stand-in."""
        if "aws" not in self._stand_ins:
            raise _Refused(404, "This sandbox runs without AWS.")
        url = f"{self._stand_ins['aws']}/_sandbox/credentials/{request.match_info['persona']}"
        try:
            async with self._session().get(url, params=request.query) as answer:
                body = await answer.read()
                return web.Response(
                    body=body, status=answer.status, content_type=answer.content_type
                )
        except ClientError as error:
            raise _Refused(
                502, f"The AWS stand-in gives no credentials: {error}.", "See its log."
            ) from error


def _error(refused: _Refused) -> web.Response:
    told = {"message": refused.message, "hint": refused.hint}
    return web.json_response({"error": told}, status=refused.status)


async def _json(request: web.Request) -> dict[str, object]:
    try:
        parsed = json.loads(await request.read())
    except ValueError:
        raise _Refused(400, "The body is not JSON.") from None
    if not isinstance(parsed, dict):
        raise _Refused(400, "The body must be a JSON object.")
    return parsed


def _text(body: dict[str, object], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise _Refused(400, f'"{name}" must be a string.')
    return value


def _number(body: dict[str, object], name: str, least: float) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < least:
        raise _Refused(400, f'"{name}" must be a number >= {least:g}.')
    return value


def _whole(body: dict[str, object], name: str) -> int | None:
    value = _number(body, name, 1)
    if value is None:
        return None
    if value != int(value):
        raise _Refused(400, f'"{name}" must be a whole number.')
    return int(value)
