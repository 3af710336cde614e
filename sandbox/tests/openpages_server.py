"""A small OpenPages for the tests, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aiohttp import BasicAuth, ClientResponse, ClientSession, web

from sandbox.catalogue.model import Catalogue, Entity, Group, UseCase, Version
from sandbox.openpages.app import API, Application
from sandbox.openpages.auth import DEFAULT_PASSWORD, Auth
from sandbox.openpages.store import Store
from sandbox.openpages.users import SERVICE, User

NOW = 1_790_000_000.0
OWN = "111122223333"


def _version(number: int) -> Version:
    return Version(number, "Approved", NOW - 90_000, "ds-042", NOW - 80_000, "apr-007")


def _group(name: str, use_case: str | None, versions: int = 0) -> Group:
    every = tuple(_version(number) for number in range(1, versions + 1))
    return Group(name, OWN, f"About {name}", NOW - 99_000, "ds-042", every, {}, use_case)


CATALOGUE = Catalogue(
    now=NOW,
    entities=(Entity("100", "Bank"), Entity("101", "Retail", "100"), Entity("102", "Else", "100")),
    use_cases=(
        UseCase("201", "C-1", "C-1 Credit", "Approved for Development", "High", "Ann", "101"),
        UseCase("202", "C-2", "C-2 Owner's choice", "In pre-assessment", None, None, "101"),
        UseCase("203", "C-3", "C-3 Hidden", "Proposed", "Low", "Bea", "101", readable=False),
        UseCase("204", "C-4", "C-4 Bare", None, "Medium", "Cem", "102"),
    ),
    groups=(
        _group("credit-a", "201", versions=2),
        _group("credit-b", "201"),
        _group("choice", "202"),
        _group("hidden", "203"),
        _group("bare", "204"),
        _group("loose", None),
    ),
    runs=(),
)
JOINED = (
    "SELECT [Register].[Resource ID], [Register].[Name], "
    "[Register].[MRG-AIFacts-ModelUseCase:Status], [AWSModelGroup].[Resource ID], "
    "[AWSModelGroup].[Name], [AWSModelGroup].[AWS-ModelGroup:SageMaker ARN] "
    "FROM [Register] JOIN [AWSModelGroup] ON PARENT([Register])"
)


@dataclass
class OpenPages:
    """A running stand-in and a client that is let in."""

    root: str
    session: ClientSession
    store: Store
    auth: Auth

    user: User = SERVICE
    """Who signs in for the calls of the API."""

    def as_user(self, user: User) -> OpenPages:
        """The same stand-in for somebody else."""
        return replace(self, user=user)

    def call(
        self, method: str, path: str, **kwargs: Any
    ) -> AbstractAsyncContextManager[ClientResponse]:
        """A call of the API; ``async with`` it."""
        mark = "" if self.user is SERVICE else f"-{self.user.name}"
        login = BasicAuth(self.user.name, DEFAULT_PASSWORD + mark)
        headers = {"Authorization": login.encode()}
        return self.session.request(
            method, f"{self.root}{API}{path}", headers=headers, allow_redirects=False, **kwargs
        )

    async def switch(self, name: str, **members: Any) -> Any:
        """A switch of the stand-in."""
        url = f"{self.root}/_sandbox/{name}"
        async with self.session.post(url, json=members) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def json(self, method: str, path: str, **kwargs: Any) -> tuple[int, Any]:
        """Status and JSON body (None when empty) of a call."""
        async with self.call(method, path, **kwargs) as answer:
            return answer.status, await _body(answer)

    async def query(self, statement: str, **members: Any) -> tuple[int, dict[str, Any]]:
        """Status and body of a query."""
        status, body = await self.json("POST", "/query", json={"statement": statement, **members})
        assert isinstance(body, dict)
        return status, body

    async def names(self, statement: str, **members: Any) -> list[Any]:
        """First value of every row."""
        status, body = await self.query(statement, **members)
        assert status == 200, body
        return [row["fields"][0].get("value") for row in body["rows"]]


async def _body(answer: ClientResponse) -> Any:
    return await answer.json() if await answer.read() else None


@asynccontextmanager
async def running(
    catalogue: Catalogue = CATALOGUE, journal: Path | None = None, seconds: int = 3600
) -> AsyncIterator[OpenPages]:
    """Start it on a free port; stops at the end."""
    store, auth = Store(catalogue, journal), Auth(seconds=seconds)
    runner = web.AppRunner(Application(store, auth).build())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with ClientSession() as session:
        yield OpenPages(f"http://127.0.0.1:{runner.addresses[0][1]}", session, store, auth)
    await runner.cleanup()
