"""`GET config`: connections, environment and what could not be used."""

from __future__ import annotations

import json

from tornado import web

from .base import RelayHandler


class ConfigHandler(RelayHandler):
    """Tells the browser what there is. Holds no secret."""

    @web.authenticated
    async def get(self) -> None:
        """Answer at once; what takes time is started in the background."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(self.relay.config(), ensure_ascii=False))
        self.relay.prepare()
