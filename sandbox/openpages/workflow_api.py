"""``/v2/workflows`` over HTTP."""

from __future__ import annotations

from aiohttp import web

from . import workflow
from .http import Route, user_of, whole_of
from .store import Store


class Workflows:
    """Handlers over one store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def routes(self) -> list[Route]:
        """Methods and paths below the API root."""
        definitions, instances = "/workflows/definitions", "/workflows/instances"
        return [
            ("GET", definitions, self.definitions),
            ("GET", f"{definitions}/{{id}}", self.definition),
            ("GET", f"{definitions}/version/{{id}}", self.definition),
            ("POST", f"{definitions}/{{id}}/start/{{object}}", self.start),
            ("GET", f"{instances}/search", self.search),
            ("POST", f"{instances}/{{id}}/transition/{{action}}", self.transition),
        ]

    async def definitions(self, request: web.Request) -> web.Response:
        """``GET /v2/workflows/definitions[?object_type=]``."""
        wanted = request.query.get("object_type")
        every = [one for one in workflow.DEFINITIONS if wanted in (None, one.type)]
        return web.json_response({"definitions": [one.as_json(False) for one in every]})

    async def definition(self, request: web.Request) -> web.Response:
        """``GET /v2/workflows/definitions/{id}``; each has one version, of the same id."""
        return web.json_response(workflow.definition(request.match_info["id"]).as_json(True))

    async def start(self, request: web.Request) -> web.Response:
        """``POST /v2/workflows/definitions/{id}/start/{object}``."""
        info = request.match_info
        made = workflow.start(self.store, info["id"], info["object"], user_of(request))
        return web.json_response(workflow.as_json(self.store, made))

    async def search(self, request: web.Request) -> web.Response:
        """``GET /v2/workflows/instances/search?workflow=|type_definition=&limit=&offset=``.

        That there are further pages, and how, is a choice made after the query service.
        """
        asked = request.query
        limit = whole_of(asked.get("limit"), "limit", workflow.LIMIT, 1)
        offset = whole_of(asked.get("offset"), "offset", 0, 0)
        found = workflow.search(
            self.store, user_of(request), asked.get("workflow"), asked.get("type_definition")
        )
        upto = offset + limit
        page = [workflow.as_json(self.store, one) for one in found[offset:upto]]
        answer: dict[str, object] = {"activity_instances": page, "offset": offset, "limit": limit}
        if upto < len(found):
            answer["next"] = {"href": str(request.url.update_query(offset=upto))}
        return web.json_response(answer)

    async def transition(self, request: web.Request) -> web.Response:
        """``POST /v2/workflows/instances/{id}/transition/{action}``."""
        info = request.match_info
        workflow.transition(self.store, info["id"], info["action"], user_of(request))
        return web.json_response({})
