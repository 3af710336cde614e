"""``/v2/contents`` over HTTP: objects, associations and effective permissions."""

from __future__ import annotations

from aiohttp import web

from .contents import associations_of, content, ids_of, read_values, text_member
from .errors import OpenPagesError
from .http import Route, body_of, user_of
from .store import Store
from .users import RIGHTS


class Objects:
    """Handlers over one store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def routes(self) -> list[Route]:
        """Methods and paths below the API root."""
        one = "/contents/{id}"
        return [
            ("POST", "/contents", self.create),
            ("GET", one, self.read),
            ("PUT", one, self.update),
            ("DELETE", one, self.delete),
            ("GET", f"{one}/associations", self.associations),
            ("POST", f"{one}/associations", self.associate),
            ("DELETE", f"{one}/associations", self.dissociate),
            ("GET", f"{one}/permissions/effective", self.permissions),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """``POST /v2/contents``."""
        body = await body_of(request)
        wanted = text_member(body, "type_definition_id") or ""
        found = self.store.schema.find(wanted)
        if found is None:
            raise OpenPagesError(400, f'"type_definition_id": there is no type "{wanted}".')
        parent = text_member(body, "primary_parent_id")
        now, user = self.store.clock(), user_of(request)
        made = self.store.create(found.name, read_values(body), parent, now, user)
        return web.json_response(content(made, found), status=201)

    async def read(self, request: web.Request) -> web.Response:
        """``GET /v2/contents/{id}``."""
        one = self.store.get(request.match_info["id"], user_of(request))
        return web.json_response(content(one, self.store.schema.types[one.type]))

    async def update(self, request: web.Request) -> web.Response:
        """``PUT /v2/contents/{id}``."""
        body = await body_of(request)
        if body.keys() & {"primary_parent_id", "primaryParentId"}:
            raise OpenPagesError(
                400, "The primary parent cannot be changed here; use associations."
            )
        id_, now = request.match_info["id"], self.store.clock()
        one = self.store.update(id_, read_values(body), now, user_of(request))
        return web.json_response(content(one, self.store.schema.types[one.type]))

    async def delete(self, request: web.Request) -> web.Response:
        """``DELETE /v2/contents/{id}``."""
        self.store.delete(request.match_info["id"], user_of(request))
        return web.Response(status=204)

    async def associations(self, request: web.Request) -> web.Response:
        """``GET /v2/contents/{id}/associations?association_type=parent|child``."""
        one = self.store.get(request.match_info["id"], user_of(request))
        kind = request.query.get("association_type", "")
        if kind.lower() not in ("", "parent", "child"):
            raise OpenPagesError(400, f'"association_type" must be parent or child, not "{kind}".')
        return web.json_response(associations_of(one, kind.lower(), self.store.schema))

    async def associate(self, request: web.Request) -> web.Response:
        """``POST /v2/contents/{id}/associations``; answers without a body."""
        parents, children = ids_of(await body_of(request))
        self.store.associate(request.match_info["id"], parents, children, user_of(request))
        return web.Response()

    async def dissociate(self, request: web.Request) -> web.Response:
        """``DELETE /v2/contents/{id}/associations?parents=1,2&children=3``."""
        parents, children = (
            [one for one in request.query.get(name, "").split(",") if one]
            for name in ("parents", "children")
        )
        if not parents and not children:
            raise OpenPagesError(400, '"parents" or "children" is required.')
        self.store.dissociate(request.match_info["id"], parents, children, user_of(request))
        return web.Response()

    async def permissions(self, request: web.Request) -> web.Response:
        """``GET /v2/contents/{id}/permissions/effective``: the rights of whoever asks."""
        one, user = self.store.find(request.match_info["id"]), user_of(request)
        rights = {f"can_{right}": user.may(right, one.closed) for right in RIGHTS}
        return web.json_response(
            {
                "folder_id": f"f-{one.id}",
                "security_principal": user.name,
                **rights,
                "can_delete": False,
            }
        )
