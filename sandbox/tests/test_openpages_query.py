"""The query service of the OpenPages stand-in: grammar, paging, row security, speed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sandbox.catalogue import build
from sandbox.catalogue.model import Group
from sandbox.openpages import execute
from sandbox.openpages.execute import Plan
from sandbox.openpages.store import GrcObject, Store
from sandbox.openpages.users import User
from sandbox.tests.openpages_server import JOINED, OpenPages, running

R = "SELECT [Register].[Resource ID] FROM [Register]"


@pytest_asyncio.fixture
async def openpages() -> AsyncIterator[OpenPages]:
    async with running() as started:
        yield started


STATUS = "[Register].[MRG-AIFacts-ModelUseCase:Status]"
RISK = "[Register].[MRG-AIFacts-ModelUseCase:Risk Level]"
VERSION = "[Model].[MRG-Model:Version]"
MODELS = "SELECT [Model].[MRG-Model:Version] FROM [Model]"
ACCEPTED = [
    (R, ["201", "202", "204"]),
    (f"{R};", ["201", "202", "204"]),
    (
        "select [Register].[Name] from [Register] where [Register].[Resource ID] = '201'",
        ["C-1 Credit"],
    ),
    (f"{R} WHERE {RISK} <> 'High'", ["204"]),
    (f"{R} WHERE {STATUS} LIKE '%pre-assess%'", ["202"]),
    (f"{R} WHERE {STATUS} LIKE('Approved%')", ["201"]),
    (f"{R} WHERE NOT {STATUS} LIKE 'Approved%'", ["202"]),
    (f"{R} WHERE {STATUS} NOT LIKE 'Approved%'", ["202"]),
    (f"{R} WHERE {STATUS} IS NULL", ["204"]),
    (f"{R} WHERE {STATUS} IS NOT NULL", ["201", "202"]),
    (f"{R} WHERE {RISK} IN ('High', 'Medium')", ["201", "204"]),
    (f"{R} WHERE [Register].[Resource ID] IN ('202')", ["202"]),
    (f"{R} WHERE [Register].[Resource ID] = 202", ["202"]),
    (
        f"{R} WHERE [Register].[Name] = 'x' OR [Register].[Resource ID] = 202 "
        "OR [Register].[Name] = 'C-1 Credit'",
        ["201", "202"],
    ),
    (
        f"{R} WHERE [Register].[Creation Date] = '2026-09-21' "
        "OR [Register].[Creation Date] = '2020-01-01'",
        ["201", "202", "204"],
    ),
    (f"{R} WHERE [Register].[Name] = 'C-2 Owner''s choice'", ["202"]),
    (f"{R} WHERE [Register].[Name] CONTAINS 'Credit'", ["201"]),
    (f"{R} WHERE {RISK} = 'High' OR {RISK} = 'Medium' AND {STATUS} IS NOT NULL", ["201"]),
    (f"{R} WHERE ({RISK} = 'High' OR {RISK} = 'Medium') AND {STATUS} IS NULL", ["204"]),
    (f"{R} ORDER BY [Register].[Name] DESC", ["204", "202", "201"]),
    (f"{R} ORDER BY {RISK}, [Register].[Name]", ["201", "204", "202"]),
    (f"{R} WHERE [Register].[Creation Date] > '2020-01-01'", ["201", "202", "204"]),
    (f"{R} WHERE [Register].[Creation Date] < '2020-01-01'", []),
    ("SELECT [Resource ID] FROM [Register] WHERE [Name] = 'C-1 Credit'", ["201"]),
    (f"{R} WHERE [Register].[Creation Date] > DATE '2020-01-01'", ["201", "202", "204"]),
    (f"{R} WHERE [Register].[Name] LIKE '%redit%' ORDER BY [Register].[Name]", ["201"]),
    (f"{MODELS} WHERE {VERSION} BETWEEN 2 AND 9", [2]),
    (f"{MODELS} WHERE {VERSION} >= 1 ORDER BY {VERSION} DESC", [2, 1]),
    (
        f"{R} JOIN [SOXBusEntity] ON CHILD([Register]) WHERE [SOXBusEntity].[Resource ID] = '102'",
        ["204"],
    ),
    (f"{R} JOIN [Model] ON ANCESTOR([Register])", ["201", "201"]),
    (
        "SELECT [SOXBusEntity].[Name] FROM [Model] JOIN [SOXBusEntity] ON DESCENDANT([Model]) "
        "WHERE [Model].[MRG-Model:Version] = 1 ORDER BY [SOXBusEntity].[Resource ID]",
        ["Bank", "Retail"],
    ),
    (
        "SELECT [Register].[Name] FROM [AWSModelGroup] LEFT OUTER JOIN [Register] ON "
        "CHILD([AWSModelGroup]) WHERE [AWSModelGroup].[Name] = 'hidden'",
        [None],
    ),
    ("SELECT COUNT([Register].[Name]) FROM [Register]", [3]),
    ("SELECT COUNT(*) FROM [AWSModelGroup]", [6]),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("statement", "first"), ACCEPTED)
async def test_accepted(openpages: OpenPages, statement: str, first: list[object]) -> None:
    assert await openpages.names(statement) == first


REFUSED = [
    ("SELECT [Register].[Naem] FROM [Register]", "OP-60005", "Naem"),
    (f"{R} WHERE [Register].[Stat] = 'x'", "OP-60005", "Stat"),
    (f"{R} ORDER BY [Register].[Stat]", "OP-60005", "Stat"),
    ("SELECT [Register].[Name] AS n FROM [Register]", "OP-60002", "alias"),
    ("SELECT [Register].[Name] FROM [Register] AS r", "OP-60002", "alias"),
    ("SELECT [Usecase].[Name] FROM [Usecase]", "OP-60002", "Usecase"),
    ("SELECT [Model].[Name] FROM [Register]", "OP-60002", "not in FROM"),
    (f"{R} JOIN [AWSModelGroup] ON CHILD([Register])", "OP-60002", "direction"),
    (f"{R} JOIN [Model] ON PARENT([Register])", "OP-60002", "direction"),
    (f"{R} JOIN [AWSModelGroup] ON PARENT([AWSModelGroup])", "OP-60002", "not in FROM"),
    (f"{R} JOIN [AWSModelGroup] ON [Register].[Resource ID] = '1'", "OP-60002", "PARENT"),
    ("SELECT DISTINCT [Register].[Name] FROM [Register]", "OP-60002", "DISTINCT"),
    ("SELECT TOP 5 [Register].[Name] FROM [Register]", "OP-60002", "TOP"),
    (f"{R} LIMIT 1", "OP-60002", "LIMIT"),
    (f"{R} ORDER BY [Register].[Name] OFFSET 5", "OP-60002", "OFFSET"),
    (f"{R} UNION {R}", "OP-60002", "UNION"),
    (
        "SELECT [Name] FROM [Register] JOIN [AWSModelGroup] ON PARENT([Register])",
        "OP-60002",
        "without its type",
    ),
    (f"{R} WHERE [Register].[Name] IN ({MODELS})", "OP-60002", "sub-q"),
    (f"{R} GROUP BY [Register].[Name]", "OP-60002", "GROUP"),
    ("SELECT Name FROM [Register]", "OP-60002", "NAME"),
    (f"{R} WHERE {RISK} = High", "OP-60002", "HIGH"),
    (f'{R} WHERE {RISK} = "High"', "OP-60002", "High"),
    (f"{R} WHERE [Register].[Resource ID] = 'abc'", "OP-60002", "abc"),
    (f"{R} WHERE {'(' * 5000}", "OP-60002", "nested too deeply"),
    (f"{R} WHERE", "OP-60002", "end of statement"),
    ("DELETE FROM [Register]", "OP-60002", "DELETE"),
    (f"{R} WHERE {RISK} = 'High", "OP-60002", "'High"),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("statement", "code", "names"), REFUSED)
async def test_refused(openpages: OpenPages, statement: str, code: str, names: str) -> None:
    status, body = await openpages.query(statement)
    assert status == 400
    assert body["errors"][0]["code"] == code
    assert names in body["errors"][0]["message"]


@pytest.mark.asyncio
async def test_rows_as_the_fixtures_show_them(openpages: OpenPages) -> None:
    status, body = await openpages.query(f"{JOINED} WHERE [AWSModelGroup].[Name] = 'credit-b'")
    assert status == 200
    (row,) = body["rows"]
    assert [field["name"] for field in row["fields"]] == [
        "Resource ID",
        "Name",
        "MRG-AIFacts-ModelUseCase:Status",
        "Resource ID",
        "Name",
        "AWS-ModelGroup:SageMaker ARN",
    ]
    values = [field["value"] for field in row["fields"]]
    assert values[:2] == ["201", "C-1 Credit"]
    assert values[2]["name"] == values[2]["localized_label"] == "Approved for Development"
    assert values[5] == "arn:aws:sagemaker:eu-west-1:111122223333:model-package-group/credit-b"
    assert body["offset"] == 0
    assert body["limit"] == 50
    assert "next" not in body
    # A field without value keeps its place, without the member.
    status, body = await openpages.query(f"{R.replace('Resource ID', 'Name')} WHERE {RISK} IS NULL")
    assert [row["fields"][0]["value"] for row in body["rows"]] == ["C-2 Owner's choice"]
    status, body = await openpages.query(
        "SELECT [Register].[MRG-AIFacts-ModelUseCase:Status] FROM [Register] "
        "WHERE [Register].[MRG-AIFacts-ModelUseCase:Status] IS NULL"
    )
    assert body["rows"] == [{"fields": [{"name": "MRG-AIFacts-ModelUseCase:Status"}]}]


@pytest.mark.asyncio
async def test_paging_visits_every_row_once(openpages: OpenPages) -> None:
    seen: list[str] = []
    offset = 0
    for _ in range(9):
        _, body = await openpages.query(JOINED, limit=2, offset=offset)
        assert len(body["rows"]) <= 2
        seen += [row["fields"][4]["value"] for row in body["rows"]]
        if "next" not in body:
            break
        offset += body["limit"]
        assert body["next"]["href"].endswith(f"/opgrc/api/v2/query?offset={offset}")
    assert seen == ["credit-a", "credit-b", "choice", "bare"]
    _, body = await openpages.query(JOINED, max_rows=3, limit=2, offset=2)
    assert len(body["rows"]) == 1
    assert "next" not in body
    _, body = await openpages.query(JOINED, limit=9999)
    assert body["limit"] == 500


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "members", [{"limit": 0}, {"limit": "5"}, {"offset": -1}, {"max_rows": True}]
)
async def test_bad_paging_is_named(openpages: OpenPages, members: dict[str, object]) -> None:
    status, body = await openpages.query(R, **members)
    assert status == 400
    assert f'"{next(iter(members))}"' in body["errors"][0]["message"]


@pytest.mark.asyncio
async def test_case_and_primary_parent(openpages: OpenPages) -> None:
    like = f"{R} WHERE [Register].[Name] LIKE 'c-1%'"
    assert await openpages.names(like) == []
    assert await openpages.names(like, case_insensitive=True) == ["201"]
    (group,) = [
        one for one in openpages.store.readable("AWSModelGroup") if one.values["Name"] == "bare"
    ]
    openpages.store.associate(group.id, ["201"], [])
    both = f"{R} JOIN [AWSModelGroup] ON PARENT([Register]) WHERE [AWSModelGroup].[Name] = 'bare'"
    assert await openpages.names(both) == ["201", "204"]
    assert await openpages.names(both, honor_primary=True) == ["204"]


@pytest.mark.asyncio
async def test_row_security_hides_a_use_case_but_not_its_group(openpages: OpenPages) -> None:
    assert "203" not in await openpages.names(R)
    assert "203" not in await openpages.names(JOINED)
    groups = await openpages.names("SELECT [AWSModelGroup].[Name] FROM [AWSModelGroup]")
    assert "hidden" in groups


@pytest.mark.asyncio
async def test_query_by_get(openpages: OpenPages) -> None:
    status, body = await openpages.json("GET", "/query", params={"q": R, "limit": "1"})
    assert status == 200
    assert body["limit"] == 1
    assert len(body["rows"]) == 1
    status, _ = await openpages.json("GET", "/query")
    assert status == 400


@pytest.mark.asyncio
async def test_ten_thousand_groups_are_visited_once_per_statement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The work is counted: a statement runs once for all its pages, an OR of ARNs looks at
    every group once, and a page puts only its own rows into words."""
    runs: list[str] = []
    told: list[int] = []
    looks: list[int] = []
    run, fields, value = Plan.run, Plan.fields, execute._value

    def counted_run(plan: Plan, store: Store, honor_primary: bool, user: User) -> list[execute.Row]:
        runs.append("run")
        return run(plan, store, honor_primary, user)

    def counted_fields(plan: Plan, row: execute.Row) -> list[dict[str, object]]:
        told.append(1)
        return fields(plan, row)

    def counted_value(one: GrcObject | None, name: str) -> str | None:
        looks.append(1)
        return value(one, name)

    monkeypatch.setattr(Plan, "run", counted_run)
    monkeypatch.setattr(Plan, "fields", counted_fields)
    monkeypatch.setattr(execute, "_value", counted_value)
    catalogue = build(10_000)
    linked = [group for group in catalogue.groups if group.use_case]
    hidden = {one.id for one in catalogue.use_cases if not one.readable}
    readable: list[Group] = [group for group in linked if group.use_case not in hidden]
    assert len(readable) > 4000
    async with running(catalogue) as openpages:
        found: set[object] = set()
        offset = 0
        while True:
            told.clear()
            _, body = await openpages.query(JOINED, limit=500, offset=offset)
            assert len(told) == len(body["rows"]) <= 500
            found |= {row["fields"][5]["value"] for row in body["rows"]}
            if "next" not in body:
                break
            offset += 500
        assert len(runs) == 1
        arns = [group.arn for group in readable[::97]][:50]
        one = "[AWSModelGroup].[AWS-ModelGroup:SageMaker ARN] = "
        ored = " OR ".join(f"{one}'{arn}'" for arn in arns)
        some = "SELECT [AWSModelGroup].[Name] FROM [AWSModelGroup] WHERE "
        looks.clear()
        names = await openpages.names(some + ored, limit=500)
        assert len(names) == len(arns) == 50
        # Every group once for the filter, however many ARNs it has, and the 50 names.
        assert len(looks) == len(list(openpages.store.readable("AWSModelGroup"))) + 50
    assert found == {group.arn for group in readable}
