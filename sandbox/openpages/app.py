"""The HTTP face: token endpoints, login page, and REST API v2 below ``/opgrc``."""

from __future__ import annotations

import json
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from aiohttp import web

from . import schema as names
from . import workflow
from .auth import CP4D_PATH, IAM_PATH, MCSP_PATH, Auth, Refused
from .contents import associations_of, content, ids_of, read_values, text_member
from .errors import OpenPagesError, not_sql
from .execute import Plan, Row, page_bounds
from .query import parse
from .store import Store

CONTEXT = "/opgrc"
API = f"{CONTEXT}/api/v2"
PAGE_MAXIMUM = 500
"""Largest ``limit``; a larger one is answered with this many rows and said so."""
LOGIN_PAGE = (
    "<!DOCTYPE html><html lang='en'><head><title>OpenPages - Log in</title></head>"
    "<body><form action='logon.jsp' method='post'><h1>Log in</h1>"
    "<label>User name <input name='username'></label>"
    "<label>Password <input name='password' type='password'></label>"
    "<button>Log in</button></form></body></html>"
)
log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def _body(request: web.Request) -> dict[str, object]:
    try:
        parsed = json.loads(await request.read() or b"{}")
    except ValueError:
        raise OpenPagesError(400, "The body is not JSON.") from None
    if not isinstance(parsed, dict):
        raise OpenPagesError(400, "The body must be a JSON object.")
    return parsed


class Application:
    """The stand-in: one store, one user, its tokens."""

    def __init__(self, store: Store, auth: Auth) -> None:
        self.store = store
        self.auth = auth
        self._pages: OrderedDict[tuple[object, ...], list[Row]] = OrderedDict()

    def build(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application(middlewares=[self._guard], client_max_size=8 << 20)
        for path, grant in (
            (MCSP_PATH, self.auth.mcsp),
            (IAM_PATH, self.auth.iam),
            (CP4D_PATH, self.auth.cp4d),
        ):
            app.router.add_post(path, self._granting(grant))
        add = app.router.add_route
        for method, path, handler in (
            ("GET", "/query", self.query_get),
            ("POST", "/query", self.query_post),
            ("GET", "/types", self.types),
            ("GET", "/types/{name}", self.type),
            ("GET", "/types/{name}/associations", self.type_associations),
            ("POST", "/contents", self.create),
            ("GET", "/contents/{id}", self.read),
            ("PUT", "/contents/{id}", self.update),
            ("DELETE", "/contents/{id}", self.delete),
            ("GET", "/contents/{id}/associations", self.associations),
            ("POST", "/contents/{id}/associations", self.associate),
            ("DELETE", "/contents/{id}/associations", self.dissociate),
            ("GET", "/contents/{id}/permissions/effective", self.permissions),
            ("GET", "/workflows/definitions", self.definitions),
            ("GET", "/workflows/definitions/{id}", self.definition),
            ("POST", "/workflows/definitions/{id}/start/{object}", self.start),
            ("GET", "/workflows/instances/search", self.instances),
            ("POST", "/workflows/instances/{id}/transition/{action}", self.transition),
        ):
            add(method, API + path, handler)
        app.router.add_get(f"{CONTEXT}/logon.jsp", self._login)
        app.router.add_post("/_sandbox/reset", self._reset)
        app.router.add_post("/_sandbox/expire", self._expire)
        return app

    # ------------------------------------------------------------- the guard

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Who is let in; errors as JSON.

        Without credentials, and outside the API, a browser application sends to its login
        page, whatever was asked. A token that is not valid (any more) gets 401.
        """
        path = request.path
        if path.startswith("/_sandbox/") or path in (MCSP_PATH, IAM_PATH, CP4D_PATH):
            return await handler(request)
        if path == f"{CONTEXT}/logon.jsp":
            return await handler(request)
        header = request.headers.get("Authorization", "")
        if not path.startswith(f"{API}/") or not header:
            return self._to_login()
        if not self.auth.admits(header):
            error = OpenPagesError(401, "The credentials are not valid or have expired.")
            return web.json_response(
                error.as_json(), status=401, headers={"WWW-Authenticate": "Bearer"}
            )
        try:
            return await handler(request)
        except OpenPagesError as error:
            return web.json_response(error.as_json(), status=error.status)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as error:
            told = OpenPagesError(error.status, f"{request.method} {path} is not in this API.")
            return web.json_response(told.as_json(), status=error.status)
        except Exception:
            log.exception("%s %s failed", request.method, path)
            told = OpenPagesError(500, "Internal error of the stand-in; see its log.")
            return web.json_response(told.as_json(), status=500)

    @staticmethod
    def _to_login() -> web.Response:
        return web.Response(
            status=302,
            headers={"Location": f"{CONTEXT}/logon.jsp"},
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

    async def _reset(self, _request: web.Request) -> web.Response:
        self.store.reset()
        return web.json_response({"reset": True})

    async def _expire(self, _request: web.Request) -> web.Response:
        return web.json_response({"expired": self.auth.expire_all()})

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
        return self._query(request, await _body(request))

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
        rows = self._rows((self.store.version, statement, fold, primary), plan, primary)
        answer: dict[str, object] = {"offset": offset, "limit": limit}
        if plan.counts:
            answer["rows"] = [{"fields": [{"name": "COUNT", "value": len(rows)}]}]
            return web.json_response(answer)
        end = min(len(rows), most) if most else len(rows)
        upto = min(offset + limit, end)
        answer["rows"] = [{"fields": plan.fields(row)} for row in rows[offset:upto]]
        if upto < end and upto > offset:
            answer["next"] = {
                "href": str(request.url.with_path(f"{API}/query").with_query(offset=upto))
            }
        return web.json_response(answer)

    def _rows(self, key: tuple[object, ...], plan: Plan, primary: bool) -> list[Row]:
        """Rows of a statement, kept for its further pages until something is written."""
        if key not in self._pages:
            self._pages[key] = plan.run(self.store, primary)
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

    def _type_json(self, one: names.ObjectType, fields: bool) -> dict[str, object]:
        out: dict[str, object] = {"id": one.id, "name": one.name, "localized_label": one.label}
        if fields:
            out["field_definitions"] = [field.as_json() for field in one.fields.values()]
        return out

    async def types(self, request: web.Request) -> web.Response:
        """``GET /v2/types``."""
        fields = request.query.get("include_field_definitions", "false") == "true"
        every = self.store.schema.types.values()
        return web.json_response([self._type_json(one, fields) for one in every])

    async def type(self, request: web.Request) -> web.Response:
        """``GET /v2/types/{name}``."""
        return web.json_response(self._type_json(self._type(request), fields=True))

    async def type_associations(self, request: web.Request) -> web.Response:
        """``GET /v2/types/{name}/associations``: the flat list that clients read."""
        one = self._type(request)
        types = self.store.schema.types
        pairs = [("Parent", other) for other in types.values() if one.name in other.children]
        pairs += [("Child", types[child]) for child in one.children]
        return web.json_response(
            [
                {
                    "name": other.name,
                    "relationship": relationship,
                    "enabled": True,
                    "localizedLabel": other.label,
                }
                for relationship, other in pairs
            ]
        )

    # -------------------------------------------------------------- contents

    async def create(self, request: web.Request) -> web.Response:
        """``POST /v2/contents``."""
        body = await _body(request)
        wanted = text_member(body, "type_definition_id") or ""
        found = self.store.schema.find(wanted)
        if found is None:
            raise OpenPagesError(400, f'"type_definition_id": there is no type "{wanted}".')
        parent = text_member(body, "primary_parent_id")
        made = self.store.create(found.name, read_values(body), parent, time.time())
        return web.json_response(content(made, found), status=201)

    async def read(self, request: web.Request) -> web.Response:
        """``GET /v2/contents/{id}``."""
        one = self.store.get(request.match_info["id"])
        return web.json_response(content(one, self.store.schema.types[one.type]))

    async def update(self, request: web.Request) -> web.Response:
        """``PUT /v2/contents/{id}``."""
        body = await _body(request)
        if body.keys() & {"primary_parent_id", "primaryParentId"}:
            raise OpenPagesError(
                400, "The primary parent cannot be changed here; use associations."
            )
        one = self.store.update(request.match_info["id"], read_values(body), time.time())
        return web.json_response(content(one, self.store.schema.types[one.type]))

    async def delete(self, request: web.Request) -> web.Response:
        """``DELETE /v2/contents/{id}``."""
        self.store.delete(request.match_info["id"])
        return web.Response(status=204)

    async def associations(self, request: web.Request) -> web.Response:
        """``GET /v2/contents/{id}/associations?association_type=parent|child``."""
        one = self.store.get(request.match_info["id"])
        kind = request.query.get("association_type", "")
        if kind.lower() not in ("", "parent", "child"):
            raise OpenPagesError(400, f'"association_type" must be parent or child, not "{kind}".')
        return web.json_response(associations_of(one, kind.lower(), self.store.schema))

    async def associate(self, request: web.Request) -> web.Response:
        """``POST /v2/contents/{id}/associations``; answers without a body."""
        parents, children = ids_of(await _body(request))
        self.store.associate(request.match_info["id"], parents, children)
        return web.Response()

    async def dissociate(self, request: web.Request) -> web.Response:
        """``DELETE /v2/contents/{id}/associations?parents=1,2&children=3``."""
        parents, children = (
            [one for one in request.query.get(name, "").split(",") if one]
            for name in ("parents", "children")
        )
        if not parents and not children:
            raise OpenPagesError(400, '"parents" or "children" is required.')
        self.store.dissociate(request.match_info["id"], parents, children)
        return web.Response()

    async def permissions(self, request: web.Request) -> web.Response:
        """``GET /v2/contents/{id}/permissions/effective``."""
        one = self.store.find(request.match_info["id"])
        rights = {f"can_{right}": one.readable for right in ("read", "write", "associate")}
        return web.json_response(
            {
                "folder_id": f"f-{one.id}",
                "security_principal": self.auth.user,
                **rights,
                "can_delete": False,
            }
        )

    # ------------------------------------------------------------- workflows

    async def definitions(self, request: web.Request) -> web.Response:
        """``GET /v2/workflows/definitions[?object_type=]``."""
        wanted = request.query.get("object_type")
        every = [one for one in workflow.DEFINITIONS if wanted in (None, one.type)]
        return web.json_response({"definitions": [one.as_json(False) for one in every]})

    async def definition(self, request: web.Request) -> web.Response:
        """``GET /v2/workflows/definitions/{id}``."""
        return web.json_response(workflow.definition(request.match_info["id"]).as_json(True))

    async def start(self, request: web.Request) -> web.Response:
        """``POST /v2/workflows/definitions/{id}/start/{object}``."""
        info = request.match_info
        return web.json_response(
            workflow.as_json(workflow.start(self.store, info["id"], info["object"]))
        )

    async def instances(self, request: web.Request) -> web.Response:
        """``GET /v2/workflows/instances/search?workflow=|type_definition=``."""
        found = workflow.search(
            self.store, request.query.get("workflow"), request.query.get("type_definition")
        )
        return web.json_response({"activity_instances": found})

    async def transition(self, request: web.Request) -> web.Response:
        """``POST /v2/workflows/instances/{id}/transition/{action}``."""
        info = request.match_info
        workflow.transition(self.store, info["id"], info["action"])
        return web.json_response({})
