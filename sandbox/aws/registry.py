"""The model registries of all accounts, in memory.

Records have the members of SageMaker's own answers; operations take what they show.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from .errors import ApiError, invalid
from .mlflow_records import Mlflow
from .place import Place as Place
from .place import Record as Record
from .studio.store import Studio

_ARN = re.compile(
    r"arn:aws[a-z-]*:sagemaker:(?P<region>[a-z0-9-]+):(?P<account>\d{12})"
    r":model-package(?P<kind>-group)?/(?P<name>[^/]+)(?:/(?P<version>\d+))?"
)
_CARD_SECTIONS = frozenset(
    (
        "model_overview",
        "intended_uses",
        "business_details",
        "training_details",
        "evaluation_details",
        "additional_information",
    )
)


@dataclass
class Group:
    """A model package group with its versions, oldest first."""

    account: str
    region: str
    record: Record
    """As ``DescribeModelPackageGroup`` answers."""
    tags: dict[str, str] = field(default_factory=dict)
    packages: list[Record] = field(default_factory=list)
    """As ``DescribeModelPackage`` answers; number ``n`` stands at ``n - 1``."""
    shared_with: str | None = None

    @property
    def arn(self) -> str:
        arn: str = self.record["ModelPackageGroupArn"]
        return arn

    def search_record(self) -> Record:
        """The group as ``Search`` shows it, tags inline."""
        tags = [{"Key": k, "Value": v} for k, v in self.tags.items()]
        return self.record | ({"Tags": tags} if tags else {})


@dataclass(frozen=True)
class Address:
    """What the ARN of a group or a package names."""

    account: str
    region: str
    name: str
    """Name of the group, in lower case."""
    version: int | None


def parse_arn(arn: str) -> Address | None:
    """Address of a model package or group; None when the ARN is of something else."""
    match = _ARN.fullmatch(arn)
    if match is None or (match["kind"] is None) != (match["version"] is not None):
        return None
    return Address(
        match["account"],
        match["region"],
        match["name"].lower(),
        int(match["version"]) if match["version"] else None,
    )


class Registry:
    """All groups, by account, region and name.

    Operations hold ``lock`` while they read or write more than one record.

    Attributes:
        studio: the control plane of Studio, which is another part of SageMaker.
    """

    def __init__(self) -> None:
        self.studio = Studio()
        self.lock = threading.RLock()
        self._groups: dict[tuple[str, str], dict[str, Group]] = {}
        self._tokens: dict[tuple[str, str, str], tuple[str, Record]] = {}
        self._sorted: dict[str, Sequence[Record]] = {}
        self.mlflow = Mlflow()

    def groups(self, account: str, region: str) -> Sequence[Group]:
        """Groups of one account and region, oldest first."""
        return list(self._groups.get((account, region), {}).values())

    def shared_with(self, account: str, region: str) -> list[Group]:
        """Groups of other accounts that RAM shares with this one."""
        return [
            group
            for (_, where), groups in self._groups.items()
            if where == region
            for group in groups.values()
            if group.shared_with == account
        ]

    def put(self, group: Group) -> None:
        """Keep a new group."""
        name = group.record["ModelPackageGroupName"].lower()
        self._groups.setdefault((group.account, group.region), {})[name] = group
        self.touch()

    def find(self, address: Address) -> Group | None:
        """The group of an address, whether or not its version exists."""
        return self._groups.get((address.account, address.region), {}).get(address.name)

    def group(self, name_or_arn: str, place: Place) -> Group:
        """A group by name in the caller's account, or by ARN anywhere.

        Raises:
            ApiError: ``ValidationException``, there is none.
        """
        arn = group_arn(name_or_arn, place)
        address = parse_arn(arn)
        group = self.find(address) if address else None
        if group is None:
            raise invalid(f"ModelPackageGroup {arn} does not exist.")
        return group

    def package(self, arn: str) -> Record:
        """A model package by ARN.

        Raises:
            ApiError: ``ValidationException``, there is none.
        """
        record = self.find_package(arn)
        if record is None:
            raise invalid(f"ModelPackage {arn} does not exist.")
        return record

    def find_package(self, arn: str) -> Record | None:
        """A model package by ARN, None when there is none."""
        address = parse_arn(arn)
        if address is None or address.version is None:
            return None
        group = self.find(address)
        if group is None or not 1 <= address.version <= len(group.packages):
            return None
        return group.packages[address.version - 1]

    def packages(self, account: str, region: str) -> Iterator[Record]:
        """Every version of one account and region."""
        for group in self.groups(account, region):
            yield from group.packages

    def touch(self) -> None:
        """Say that something changed, so that kept orders are made anew."""
        self._sorted.clear()

    def kept(self, key: str, make: Callable[[], Sequence[Record]]) -> Sequence[Record]:
        """A sorted and filtered list, kept until something changes."""
        if key not in self._sorted:
            if len(self._sorted) > 200:
                self._sorted.clear()
            self._sorted[key] = make()
        return self._sorted[key]

    def once(
        self, account: str, operation: str, params: Record, act: Callable[[], Record]
    ) -> tuple[Record, bool]:
        """Act, unless the same ``ClientToken`` did so before.

        Returns:
            The answer, and whether it acted now.

        Raises:
            ApiError: ``ConflictException``, the token came with other input before.
        """
        token = params.get("ClientToken")
        if token is None:
            return act(), True
        key = (account, operation, token)
        said = json.dumps(params, sort_keys=True)
        if key in self._tokens:
            before, answer = self._tokens[key]
            if before != said:
                raise ApiError(
                    "ConflictException",
                    f"ClientToken {token} was used before with different parameters.",
                )
            return answer, False
        answer = act()
        self._tokens[key] = (said, answer)
        return answer, True


def group_arn(name_or_arn: str, place: Place) -> str:
    """ARN of a group that a request names, in lower case as SageMaker has it."""
    if name_or_arn.startswith("arn:"):
        return name_or_arn
    return (
        f"arn:aws:sagemaker:{place.region}:{place.account}"
        f":model-package-group/{name_or_arn.lower()}"
    )


def package_arn(group: Group, number: int) -> str:
    """ARN of a version."""
    return f"{group.arn.replace(':model-package-group/', ':model-package/')}/{number}"


def check_card(card: Record) -> None:
    """Refuse a model card whose content is not a package model card.

    Raises:
        ApiError: ``ValidationException``.
    """
    try:
        content = json.loads(card["ModelCardContent"])
    except ValueError as error:
        raise invalid(f"Model card content is not valid JSON: {error}") from None
    if not isinstance(content, dict):
        raise invalid("Model card content must be a JSON object.")
    unknown = sorted(set(content) - _CARD_SECTIONS)
    if unknown:
        raise invalid(
            "Model card content does not match the model package model card schema: "
            f"additional properties are not allowed ({', '.join(unknown)})."
        )
    for detail in content.get("evaluation_details", ()):
        if not isinstance(detail, dict) or "name" not in detail:
            raise invalid("evaluation_details: every evaluation needs a name.")
        for metrics in detail.get("metric_groups", ()):
            for metric in metrics.get("metric_data", ()):
                if not {"name", "type", "value"} <= set(metric):
                    raise invalid("metric_data: every metric needs a name, a type and a value.")


def page(
    records: Sequence[Record], params: Record, default: int = 10
) -> tuple[Sequence[Record], str | None]:
    """A page of a list, and the token of the next one.

    Args:
        records: the whole list.
        params: the request, with ``MaxResults`` and ``NextToken``.
        default: page size when the request gives none.

    Raises:
        ApiError: ``ValidationException`` for a token of another request.
    """
    asked = {k: v for k, v in params.items() if k not in ("NextToken", "MaxResults")}
    mark = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
    start = 0
    if "NextToken" in params:
        try:
            start, said = json.loads(urlsafe_b64decode(params["NextToken"].encode()))
        except (ValueError, TypeError):
            raise invalid("The NextToken is not valid.") from None
        if said != mark or not isinstance(start, int):
            raise invalid("The NextToken belongs to a request with other parameters.")
    end = start + int(params.get("MaxResults", default))
    token = None
    if end < len(records):
        token = urlsafe_b64encode(json.dumps([end, mark]).encode()).decode()
    return records[start:end], token


def listed(member: str, records: Sequence[Record], params: Record, default: int = 10) -> Record:
    """Answer of a listing: a page below ``member``, with the token of the next one.

    Raises:
        ApiError: as ``page``.
    """
    shown, token = page(records, params, default)
    answer: Record = {member: shown}
    return answer | ({"NextToken": token} if token else {})
