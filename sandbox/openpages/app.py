"""The HTTP face: token endpoints, login page, and REST API v2 below its root path."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence

from aiohttp import web

from . import schema as names
from .auth import CP4D_PATH, IAM_PATH, MCSP_PATHS, Auth, Refused
from .control import PREFIX, Controls
from .errors import OpenPagesError, not_sql
from .execute import Plan, Row, page_bounds
from .http import USER, Handler, Route, body_of, user_of
from .objects import Objects
from .query import parse
from .store import Store
from .users import User
from .workflow_api import Workflows

CONTEXT = "/opgrc"
CONTEXTS = (CONTEXT, "/openpages/opgrc", "/openpages-wxgov-opgrc")
"""Root paths of IBM Cloud and on premises, of an additional context root, and of an
instance called ``wxgov`` on Cloud Pak for Data."""
API_PATH = "/api/v2"
API = f"{CONTEXT}{API_PATH}"
PAGE_MAXIMUM = 500
"""Largest ``limit``; a larger one is answered with this many rows and said so."""
LOGIN_PAGE = (
    "<!DOCTYPE html><html lang='en'><head><title>OpenPages - Log in</title></head>"
    "<body><form action='logon.jsp' method='post'><h1>Log in</h1>"
    "<label>User name <input name='username'></label>"
    "<label>Password <input name='password' type='password'></label>"
    "<button>Log in</button></form></body></html>"
)
CONTEXT_OF: web.RequestKey[str] = web.RequestKey("context", str)
log = logging.getLogger(__name__)


class Application:
    """The stand-in: one store, its users, their tokens."""

    def __init__(self, store: Store, auth: Auth, contexts: Sequence[str] = CONTEXTS) -> None:
        self.store = store
        self.auth = auth
        self.contexts = tuple(contexts)
        self._pages: OrderedDict[tuple[object, ...], list[Row]] = OrderedDict()

    def build(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application(middlewares=[self._guard], client_max_size=8 << 20)
        grants = [(path, self.auth.mcsp) for path in MCSP_PATHS]
        for path, grant in (*grants, (IAM_PATH, self.auth.iam), (CP4D_PATH, self.auth.cp4d)):
            app.router.add_post(path, self._granting(grant))
        api: list[Route] = [
            ("GET", "/query", self.query_get),
            ("POST", "/query", self.query_post),
            ("GET", "/types", self.types),
            ("GET", "/types/{name}", self.type),
            ("GET", "/types/{name}/associations", self.type_associations),
            *Objects(self.store).routes(),
            *Workflows(self.store).routes(),
        ]
        for context in self.contexts:
            for method, path, handler in api:
                app.router.add_route(method, f"{context}{API_PATH}{path}", handler)
            app.router.add_get(f"{context}/logon.jsp", self._login)
        for method, path, handler in Controls(self.store, self.auth).routes():
            app.router.add_route(method, path, handler)
        return app

    # ------------------------------------------------------------- the guard

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Who is let in; errors as JSON.

        Without credentials, and outside the API, a browser application sends to its login
        page, whatever was asked. A token that is not valid (any more) gets 401.
        """
        try:
            return await self._admitted(request, handler)
        except OpenPagesError as error:
            return web.json_response(error.as_json(), status=error.status)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as error:
            told = OpenPagesError(error.status, f"{request.method} {request.path} is not in here.")
            return web.json_response(told.as_json(), status=error.status)
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            told = OpenPagesError(500, "Internal error of the stand-in; see its log.")
            return web.json_response(told.as_json(), status=500)

    async def _admitted(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        path = request.path
        context = next((one for one in self.contexts if path.startswith(f"{one}/")), None)
        if context is None:
            own = path.startswith((f"{PREFIX}/", IAM_PATH, CP4D_PATH))
            if own or path.endswith("/apikeys/token"):
                return await handler(request)
            return self._to_login(self.contexts[0])
        if path == f"{context}/logon.jsp":
            return await handler(request)
        header = request.headers.get("Authorization", "")
        if not path.startswith(f"{context}{API_PATH}/") or not header:
            return self._to_login(context)
        self.auth.count_call()
        user = self.auth.admits(header)
        if user is None:
            error = OpenPagesError(401, "The credentials are not valid or have expired.")
            return web.json_response(
                error.as_json(), status=401, headers={"WWW-Authenticate": "Bearer"}
            )
        request[USER] = user
        request[CONTEXT_OF] = context
        return await handler(request)

    @staticmethod
    def _to_login(context: str) -> web.Response:
        return web.Response(
            status=302,
            headers={"Location": f"{context}/logon.jsp"},
            text=LOGIN_PAGE,
            content_type="text/html",
        )

    async def _login(self, _request: web.Request) -> web.Response:
        return web.Response(text=LOGIN_PAGE, content_type="text/html")

    def _granting(self, grant: Callable[[bytes], dict[str, object]]) -> Handler:
        async def handler(request: web.Request) -> web.Response:
            try:
                return web.json_response(grant(await request.read()))
            except Refused as refused:
                return web.json_response({"message": str(refused)}, status=refused.status)

        return handler

    # ----------------------------------------------------------------- query

    async def query_get(self, request: web.Request) -> web.Response:
        """``GET /v2/query?q=``."""
        body: dict[str, object] = {"statement": request.query.get("q", "")}
        for name in ("offset", "limit", "max_rows"):
            if name in request.query:
                text = request.query[name]
                body[name] = int(text) if text.isdecimal() else text
        return self._query(request, body)

    async def query_post(self, request: web.Request) -> web.Response:
        """``POST /v2/query``."""
        return self._query(request, await body_of(request))

    def _query(self, request: web.Request, body: dict[str, object]) -> web.Response:
        statement = body.get("statement")
        if not isinstance(statement, str) or not statement.strip():
            raise OpenPagesError(400, '"statement" is required.')
        offset, limit, most = page_bounds(body, PAGE_MAXIMUM)
        fold, primary = bool(body.get("case_insensitive")), bool(body.get("honor_primary"))
        try:
            plan = Plan(parse(statement), self.store.schema, fold)
        except RecursionError:
            raise not_sql("its conditions are nested too deeply.") from None
        self.store.settle()
        user = user_of(request)
        key = (self.store.version, user.name, statement, fold, primary)
        rows = self._rows(key, plan, primary, user)
        answer: dict[str, object] = {"offset": offset, "limit": limit}
        if plan.counts:
            answer["rows"] = [{"fields": [{"name": "COUNT", "value": len(rows)}]}]
            return web.json_response(answer)
        end = min(len(rows), most) if most else len(rows)
        upto = min(offset + limit, end)
        answer["rows"] = [{"fields": plan.fields(row)} for row in rows[offset:upto]]
        if upto < end and upto > offset:
            path = f"{request[CONTEXT_OF]}{API_PATH}/query"
            answer["next"] = {"href": str(request.url.with_path(path).with_query(offset=upto))}
        return web.json_response(answer)

    def _rows(self, key: tuple[object, ...], plan: Plan, primary: bool, user: User) -> list[Row]:
        """Rows of a statement, kept for its further pages until something is written."""
        if key not in self._pages:
            self._pages[key] = plan.run(self.store, primary, user)
            while len(self._pages) > 16:
                self._pages.popitem(last=False)
        self._pages.move_to_end(key)
        return self._pages[key]

    # ----------------------------------------------------------------- types

    def _type(self, request: web.Request) -> names.ObjectType:
        found = self.store.schema.find(request.match_info["name"])
        if found is None:
            raise OpenPagesError(404, f'There is no type "{request.match_info["name"]}".')
        return found

    def _type_json(
        self, one: names.ObjectType, fields: bool, associations: bool
    ) -> dict[str, object]:
        out: dict[str, object] = {"id": one.id, "name": one.name, "localized_label": one.label}
        if fields:
            out["field_definitions"] = [field.as_json() for field in one.fields.values()]
        if associations:
            out["associations"] = self._near(one)
        return out

    def _near(self, one: names.ObjectType) -> list[dict[str, object]]:
        types = self.store.schema.types
        pairs = [("Parent", other) for other in types.values() if one.name in other.children]
        pairs += [("Child", types[child]) for child in one.children]
        return [
            {
                "name": other.name,
                "relationship": relationship,
                "enabled": True,
                "localizedLabel": other.label,
            }
            for relationship, other in pairs
        ]

    async def types(self, request: web.Request) -> web.Response:
        """``GET /v2/types``."""
        fields, associations = (
            request.query.get(name, "false") == "true"
            for name in ("include_field_definitions", "include_association")
        )
        every = self.store.schema.types.values()
        return web.json_response([self._type_json(one, fields, associations) for one in every])

    async def type(self, request: web.Request) -> web.Response:
        """``GET /v2/types/{name}``."""
        near = request.query.get("include_association", "false") == "true"
        return web.json_response(self._type_json(self._type(request), True, near))

    async def type_associations(self, request: web.Request) -> web.Response:
        """``GET /v2/types/{name}/associations``: the flat list that clients read."""
        return web.json_response(self._near(self._type(request)))
