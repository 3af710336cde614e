"""SageMaker's reading operations on the registry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from . import shapes
from .errors import invalid
from .registry import Group, Place, Record, Registry, listed, page, parse_arn
from .search import compile_expression, sort_key


def _trim(record: Record, names: frozenset[str]) -> Record:
    return {k: v for k, v in record.items() if k in names}


def instant(value: Any) -> float:
    """Seconds of a time in a JSON request: a number, or ISO text."""
    if isinstance(value, (int, float)):
        return float(value)
    return float(shapes.timestamp(value))


def _within(record: Record, params: Record) -> bool:
    created = record["CreationTime"]
    after, before = params.get("CreationTimeAfter"), params.get("CreationTimeBefore")
    return (after is None or created > instant(after)) and (
        before is None or created < instant(before)
    )


def _ordered(records: list[Record], params: Record, name_key: str) -> Sequence[Record]:
    by = name_key if params.get("SortBy") == "Name" else "CreationTime"
    return sorted(records, key=lambda r: r[by], reverse=params.get("SortOrder") == "Descending")


def _key(operation: str, place: Place, params: Record) -> str:
    asked = {k: v for k, v in params.items() if k not in ("NextToken", "MaxResults")}
    return json.dumps([operation, place.account, place.region, asked], sort_keys=True)


def search(registry: Registry, place: Place, params: Record) -> Record:
    """``Search`` over groups or versions of the caller's own account.

    Other resources exist in SageMaker but not in the sandbox: they have no records.
    What RAM shares is not in the index of the account that it is shared with.
    """
    resource = params["Resource"]
    if params.get("VisibilityConditions"):
        raise invalid("VisibilityConditions are not supported for this resource.")
    holds = compile_expression(params.get("SearchExpression"))

    def make() -> Sequence[Record]:
        records: list[Record] = []
        if params.get("CrossAccountFilterOption") != "CrossAccount":
            if resource == "ModelPackageGroup":
                names = shapes.members("Search", "Results", "ModelPackageGroup")
                records = [
                    _trim(g.search_record(), names)
                    for g in registry.groups(place.account, place.region)
                ]
            elif resource == "ModelPackage":
                records = list(registry.packages(place.account, place.region))
        if holds is not None:
            records = [r for r in records if holds(r)]
        by = params.get("SortBy", "LastModifiedTime")
        return sorted(
            records, key=sort_key(by), reverse=params.get("SortOrder", "Descending") != "Ascending"
        )

    found = registry.kept(_key("Search", place, params), make)
    shown, token = page(found, params)
    if resource == "ModelPackage":
        names = shapes.members("Search", "Results", "ModelPackage")
        shown = [_trim(r, names) for r in shown]
    answer: Record = {
        "Results": [{resource: record} for record in shown],
        "TotalHits": {"Value": len(found), "Relation": "EqualTo"},
    }
    return answer | ({"NextToken": token} if token else {})


def list_groups(registry: Registry, place: Place, params: Record) -> Record:
    """``ListModelPackageGroups``: own groups, or with ``CrossAccount`` the shared ones."""
    part = params.get("NameContains", "").lower()
    names = shapes.members("ListModelPackageGroups", "ModelPackageGroupSummaryList")

    def make() -> Sequence[Record]:
        groups: Sequence[Group]
        if params.get("CrossAccountFilterOption") == "CrossAccount":
            groups = registry.shared_with(place.account, place.region)
        else:
            groups = registry.groups(place.account, place.region)
        records = [
            _trim(g.record, names)
            for g in groups
            if part in g.record["ModelPackageGroupName"].lower() and _within(g.record, params)
        ]
        return _ordered(records, params, "ModelPackageGroupName")

    found = registry.kept(_key("ListModelPackageGroups", place, params), make)
    return listed("ModelPackageGroupSummaryList", found, params)


def describe_group(registry: Registry, place: Place, params: Record) -> Record:
    """``DescribeModelPackageGroup`` by name or ARN."""
    return dict(registry.group(params["ModelPackageGroupName"], place).record)


def list_packages(registry: Registry, place: Place, params: Record) -> Record:
    """``ListModelPackages`` of a group; unversioned packages do not exist here."""
    records: list[Record] = []
    if "ModelPackageGroupName" in params and params.get("ModelPackageType") != "Unversioned":
        group = registry.group(params["ModelPackageGroupName"], place)
        names = shapes.members("ListModelPackages", "ModelPackageSummaryList")
        approval = params.get("ModelApprovalStatus")
        part = params.get("NameContains", "").lower()
        records = [
            _trim(r, names)
            for r in group.packages
            if (approval is None or r["ModelApprovalStatus"] == approval)
            and part in r["ModelPackageGroupName"].lower()
            and _within(r, params)
        ]
    return listed(
        "ModelPackageSummaryList", _ordered(records, params, "ModelPackageVersion"), params
    )


def describe_package(registry: Registry, place: Place, params: Record) -> Record:
    """``DescribeModelPackage`` by ARN."""
    record = dict(registry.package(params["ModelPackageName"]))
    if params.get("IncludedData") == "MetadataOnly":
        record.pop("ModelCard", None)
    return record


def batch_describe(registry: Registry, place: Place, params: Record) -> Record:
    """``BatchDescribeModelPackage``: what is not there goes to the error map."""
    names = shapes.members("BatchDescribeModelPackage", "ModelPackageSummaries")
    summaries: Record = {}
    errors: Record = {}
    for arn in params["ModelPackageArnList"]:
        record = registry.find_package(arn)
        if record is None:
            errors[arn] = {
                "ErrorCode": "ValidationException",
                "ErrorResponse": f"ModelPackage {arn} does not exist.",
            }
        else:
            summaries[arn] = {"InferenceSpecification": {"Containers": []}} | _trim(record, names)
    answer: Record = {"ModelPackageSummaries": summaries}
    return answer | ({"BatchDescribeModelPackageErrorMap": errors} if errors else {})


def list_tags(registry: Registry, place: Place, params: Record) -> Record:
    """``ListTags`` of a group, or of a version, which has none of its own."""
    arn = params["ResourceArn"]
    address = parse_arn(arn)
    group = registry.find(address) if address else None
    if address is None or group is None:
        raise invalid(f"Resource {arn} does not exist.")
    tags = group.tags if address.version is None else {}
    records = [{"Key": k, "Value": v} for k, v in tags.items()]
    return listed("Tags", records, params, default=50)
