"""The few GraphQL queries of MLflow's UI, answered by its REST API.

Run and experiment pages ask by GraphQL, which has no place below `api/`. MLflow's own
resolvers call the REST handlers and rename what they say (`server/graphql/`, MLflow
3.17), and so do we. Queries only: a mutation, a fragment or an unknown field is
refused.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..foreign import parse_json
from .answers import bad
from .ask import Ask, Said

#: What comes before a token can be read in one way only: a text of many `#` would
#: otherwise be tried in all ways to part it, which has no end.
_TOKEN = re.compile(
    r"(?:[\s,\ufeff]|#[^\n]*(?:\n|\Z))*"
    r"(\.\.\.|[A-Za-z_]\w*|\$\w+|\"(?:[^\"\\\n]|\\.)*\"|-?\d+(?:\.\d+)?|[{}()\[\]:!=@])"
)
_DEPTH = 12
#: Calls for one answer at a time.
_LANES = 6
#: Fields of the query itself; MLflow's UI asks for one at a time, and each is a call.
_MOST_ROOTS = 10
_RUN_ID = re.compile(r"[\w-]{1,64}", re.ASCII)


class NotUnderstood(Exception):
    """A query beyond what is answered here."""


@dataclass
class Selected:
    """A field of a query."""

    name: str
    alias: str
    arguments: dict[str, Any] = field(default_factory=dict)
    fields: list[Selected] = field(default_factory=list)


# ---------------------------------------------------------------- the schema

#: Type -> fields that are objects -> their type and whether it is a list.
_OBJECTS: dict[str, dict[str, tuple[str, bool]]] = {
    "MlflowGetExperimentResponse": {"experiment": ("MlflowExperiment", False)},
    "MlflowExperiment": {"tags": ("MlflowExperimentTag", True)},
    "MlflowGetRunResponse": {"run": ("MlflowRunExtension", False)},
    "MlflowSearchRunsResponse": {"runs": ("MlflowRunExtension", True)},
    "MlflowRunExtension": {
        "info": ("MlflowRunInfo", False),
        "data": ("MlflowRunData", False),
        "inputs": ("MlflowRunInputs", False),
        "outputs": ("MlflowRunOutputs", False),
        "experiment": ("MlflowExperiment", False),
        "modelVersions": ("MlflowModelVersion", True),
    },
    "MlflowRunData": {
        "metrics": ("MlflowMetricExtension", True),
        "params": ("MlflowParam", True),
        "tags": ("MlflowRunTag", True),
    },
    "MlflowRunInputs": {
        "datasetInputs": ("MlflowDatasetInput", True),
        "modelInputs": ("MlflowModelInput", True),
    },
    "MlflowDatasetInput": {
        "tags": ("MlflowInputTag", True),
        "dataset": ("MlflowDataset", False),
    },
    "MlflowRunOutputs": {"modelOutputs": ("MlflowModelOutput", True)},
    "MlflowModelVersion": {"tags": ("MlflowModelVersionTag", True)},
    "MlflowGetMetricHistoryBulkIntervalResponse": {"metrics": ("MlflowMetricWithRunId", True)},
    "MlflowListArtifactsResponse": {"files": ("MlflowFileInfo", True)},
    "MlflowSearchModelVersionsResponse": {"modelVersions": ("MlflowModelVersion", True)},
}
#: Fields of 64 bits, which GraphQL writes as text.
_LONG = {
    "startTime",
    "endTime",
    "lastUpdateTime",
    "creationTime",
    "timestamp",
    "step",
    "creationTimestamp",
    "lastUpdatedTimestamp",
    "fileSize",
}
#: Root field -> its type, method and REST path.
_ROOTS: dict[str, tuple[str, str, str]] = {
    "mlflowGetExperiment": ("MlflowGetExperimentResponse", "GET", "experiments/get"),
    "mlflowGetRun": ("MlflowGetRunResponse", "GET", "runs/get"),
    "mlflowSearchRuns": ("MlflowSearchRunsResponse", "POST", "runs/search"),
    "mlflowGetMetricHistoryBulkInterval": (
        "MlflowGetMetricHistoryBulkIntervalResponse",
        "GET",
        "metrics/get-history-bulk-interval",
    ),
    "mlflowListArtifacts": ("MlflowListArtifactsResponse", "GET", "artifacts/list"),
    "mlflowSearchModelVersions": (
        "MlflowSearchModelVersionsResponse",
        "GET",
        "model-versions/search",
    ),
}


async def answer(ask: Ask, body: bytes) -> dict[str, Any]:
    """Answer a GraphQL request.

    Raises
    ------
    NotUnderstood
    Said
        For a body that is no GraphQL request.
    RelayError
    """
    try:
        request = parse_json(body)
    except ValueError:
        request = None
    if not isinstance(request, dict) or not isinstance(request.get("query"), str):
        raise bad("The body is not a GraphQL request.")
    variables = request.get("variables") or {}
    if not isinstance(variables, dict):
        raise bad("variables is not an object.")
    fields = parse(request["query"], variables)
    if len(fields) > _MOST_ROOTS:
        raise NotUnderstood("so many fields")
    work = _Work(ask)
    data: dict[str, Any] = {}
    problems: list[str] = []
    for one in fields:
        try:
            data[one.alias] = await work.root(one)
        except Said as error:
            data[one.alias] = None
            problems.append(_problem(error))
    return {"data": data, "errors": problems or None}


class _Work:
    """One request: what it asks twice is read once."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._lanes = asyncio.Semaphore(_LANES)
        self._experiments: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def root(self, one: Selected) -> object:
        """Value of a field of the query itself."""
        if one.name == "__typename":
            return "Query"
        if one.name not in _ROOTS:
            raise NotUnderstood(one.name)
        kind, method, path = _ROOTS[one.name]
        given = one.arguments.get("input")
        params = {_snake(name): value for name, value in (given or {}).items()}
        said = await self._call(method, f"api/2.0/mlflow/{path}", params)
        if kind in ("MlflowGetRunResponse", "MlflowSearchRunsResponse"):
            runs = said.get("runs", []) if "Search" in kind else [said.get("run", {})]
            wanted = {inner.name for chosen in one.fields for inner in chosen.fields}
            await asyncio.gather(*(self._extend(run, wanted) for run in runs))
        return _object(kind, one.fields, said)

    async def _call(self, method: str, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        async with self._lanes:
            if method == "POST":
                return await self._ask.search(path, params)
            pairs: list[tuple[str, str]] = []
            for name, value in params.items():
                for item in value if isinstance(value, list) else [value]:
                    if item is not None:
                        pairs.append((name, str(item)))
            return await self._ask.get(path, pairs)

    async def _extend(self, run: dict[str, Any], wanted: set[str]) -> None:
        """Add what MLflow's GraphQL has of a run beside REST's."""
        info = run.get("info", {})
        work: list[Callable[[], Awaitable[None]]] = []
        identifier, experiment = str(info.get("run_id", "")), str(info.get("experiment_id", ""))

        async def add_experiment() -> None:
            if experiment not in self._experiments:
                query = {"experiment_id": experiment}
                self._experiments[experiment] = asyncio.ensure_future(
                    self._call("GET", "api/2.0/mlflow/experiments/get", query)
                )
            run["experiment"] = (await self._experiments[experiment]).get("experiment", {})

        async def add_versions() -> None:
            query = {"filter": f"run_id='{identifier}'"}
            said = await self._call("GET", "api/2.0/mlflow/model-versions/search", query)
            run["model_versions"] = said.get("model_versions", [])

        if "experiment" in wanted:
            work.append(add_experiment)
        if "modelVersions" in wanted and _RUN_ID.fullmatch(identifier):
            work.append(add_versions)
        await asyncio.gather(*(one() for one in work))


def _problem(error: Said) -> str:
    """MLflow's refusal in words, as its GraphQL gives it.

    Raises
    ------
    Said
        The refusal itself, when it is not MLflow's.
    """
    try:
        return str(parse_json(error.body)["message"])
    except (ValueError, KeyError, TypeError):
        raise error from None


def _object(kind: str, fields: list[Selected], value: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for one in fields:
        given = value.get(_snake(one.name))
        inner = _OBJECTS.get(kind, {}).get(one.name)
        if one.name == "__typename":
            result[one.alias] = kind
        elif one.name == "apiError":
            result[one.alias] = None
        elif inner is not None and inner[1]:
            result[one.alias] = [_object(inner[0], one.fields, item) for item in given or []]
        elif inner is not None:
            result[one.alias] = _object(inner[0], one.fields, given or {})
        elif one.fields:
            raise NotUnderstood(one.name)
        else:
            result[one.alias] = _scalar(one.name, given)
    return result


def _scalar(name: str, value: Any) -> Any:
    """A value as MLflow's GraphQL writes it; what protobuf leaves out is its default."""
    if name in _LONG:
        return str(value or 0)
    if name == "value" and value == "NaN":
        return None
    if name == "isDir":
        return bool(value)
    return "" if value is None else value


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


# ---------------------------------------------------------------- the parser


def parse(text: str, variables: Mapping[str, Any]) -> list[Selected]:
    """Fields of the one query in a document.

    Raises
    ------
    NotUnderstood
    """
    return _Parser(text, variables).document()


class _Parser:
    def __init__(self, text: str, variables: Mapping[str, Any]) -> None:
        self._tokens: list[str] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise NotUnderstood("the text")
            self._tokens.append(match[1])
            at = match.end()
        self._at = 0
        self._variables = variables

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self, wanted: str = "") -> str:
        token = self._peek()
        if not token or (wanted and token != wanted):
            raise NotUnderstood(token or "the end of the text")
        self._at += 1
        return token

    def document(self) -> list[Selected]:
        """The only operation."""
        if self._peek() != "{":
            self._next("query")
            while self._peek() not in ("{", ""):
                if self._next() == "(":
                    self._close("(", ")")
        fields = self._fields(0)
        if self._peek():
            raise NotUnderstood(self._peek())
        return fields

    def _close(self, opening: str, closing: str) -> None:
        """Skip to the end of what was opened."""
        depth = 1
        while depth:
            token = self._next()
            depth += (token == opening) - (token == closing)

    def _fields(self, depth: int) -> list[Selected]:
        if depth > _DEPTH:
            raise NotUnderstood("so deep a query")
        self._next("{")
        found: list[Selected] = []
        while self._peek() != "}":
            found.append(self._field(depth))
        self._next("}")
        return found

    def _field(self, depth: int) -> Selected:
        name = alias = self._name()
        if self._peek() == ":":
            self._next()
            name = self._name()
        one = Selected(name, alias)
        if self._peek() == "(":
            self._next()
            while self._peek() != ")":
                argument = self._name()
                self._next(":")
                one.arguments[argument] = self._value()
            self._next()
        if self._peek() == "{":
            one.fields = self._fields(depth + 1)
        return one

    def _name(self) -> str:
        token = self._next()
        if not re.fullmatch(r"[A-Za-z_]\w*", token):
            raise NotUnderstood(token)
        return token

    def _value(self) -> Any:
        """An argument; only whole variables, as the UI sends them."""
        token = self._next()
        if not token.startswith("$"):
            raise NotUnderstood(token)
        value = self._variables.get(token[1:])
        if not isinstance(value, dict):
            raise NotUnderstood(token)
        return value
