"""SageMaker's writing operations on the registry.

Each takes all that it needs from its arguments, moment and caller too, so that the
journal can play it again.
"""

from __future__ import annotations

from typing import Any

from .errors import ApiError, invalid
from .registry import (
    Group,
    Place,
    Record,
    Registry,
    check_card,
    group_arn,
    package_arn,
    parse_arn,
)

MAX_TAGS = 50
MAX_METADATA = 50


def _tags(params: Record) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in params.get("Tags", ())}


def create_group(registry: Registry, place: Place, params: Record) -> Record:
    """``CreateModelPackageGroup``."""
    name = params["ModelPackageGroupName"]
    arn = group_arn(name, place)
    address = parse_arn(arn)
    if address and registry.find(address):
        raise invalid(f"Model Package Group already exists: {arn}")
    record: Record = {
        "ModelPackageGroupName": name,
        "ModelPackageGroupArn": arn,
        "CreationTime": place.now,
        "CreatedBy": place.user,
        "ModelPackageGroupStatus": "Completed",
    }
    for member in ("ModelPackageGroupDescription", "ManagedConfiguration"):
        if member in params:
            record[member] = params[member]
    registry.put(Group(place.account, place.region, record, _tags(params)))
    return {"ModelPackageGroupArn": arn}


_KEPT = (
    "ModelPackageDescription",
    "ModelPackageRegistrationType",
    "InferenceSpecification",
    "ValidationSpecification",
    "SourceAlgorithmSpecification",
    "MetadataProperties",
    "ModelMetrics",
    "Domain",
    "Task",
    "SamplePayloadUrl",
    "CustomerMetadataProperties",
    "DriftCheckBaselines",
    "AdditionalInferenceSpecifications",
    "SkipModelValidation",
    "SourceUri",
    "SecurityConfig",
    "ModelCard",
    "ModelLifeCycle",
    "ManagedStorageType",
)


def create_package(registry: Registry, place: Place, params: Record) -> Record:
    """``CreateModelPackage`` of a versioned package, with ``ClientToken``."""
    if "ModelPackageGroupName" not in params:
        raise invalid("ModelPackageGroupName is needed: only versioned packages are kept here.")
    if "ModelPackageName" in params:
        raise invalid("ModelPackageName and ModelPackageGroupName cannot both be given.")
    if params.get("Tags"):
        raise invalid("Tags cannot be given for a versioned model package; tag its group.")
    if "ModelCard" in params:
        check_card(params["ModelCard"])

    def act() -> Record:
        group = registry.group(params["ModelPackageGroupName"], place)
        number = len(group.packages) + 1
        arn = package_arn(group, number)
        record: Record = {
            "ModelPackageName": group.record["ModelPackageGroupName"],
            "ModelPackageGroupName": group.record["ModelPackageGroupName"],
            "ModelPackageVersion": number,
            "ModelPackageArn": arn,
            "CreationTime": place.now,
            "CreatedBy": place.user,
            "LastModifiedTime": place.now,
            "LastModifiedBy": place.user,
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
            "CertifyForMarketplace": params.get("CertifyForMarketplace", False),
            "ModelApprovalStatus": params.get("ModelApprovalStatus", "PendingManualApproval"),
        }
        for member in _KEPT:
            if member in params:
                record[member] = params[member]
        group.packages.append(record)
        registry.touch()
        return {"ModelPackageArn": arn}

    return registry.once(place.account, "CreateModelPackage", params, act)[0]


def _metadata(record: Record, params: Record) -> dict[str, str] | None:
    """Metadata after the change; None when the request does not speak of it."""
    added: dict[str, str] | None = params.get("CustomerMetadataProperties")
    removed: list[str] | None = params.get("CustomerMetadataPropertiesToRemove")
    if added is None and removed is None:
        return None
    both = sorted(set(added or ()) & set(removed or ()))
    if both:
        raise invalid(f"Metadata keys cannot be both set and removed: {', '.join(both)}")
    result = dict(record.get("CustomerMetadataProperties", {}))
    for key in removed or ():
        result.pop(key, None)
    result |= added or {}
    if len(result) > MAX_METADATA:
        raise invalid(f"A model package can have at most {MAX_METADATA} metadata properties.")
    return result


def update_package(registry: Registry, place: Place, params: Record) -> Record:
    """``UpdateModelPackage``; members that are absent stay as they are."""
    arn = params["ModelPackageArn"]

    def act() -> Record:
        record = registry.package(arn)
        changed: dict[str, Any] = {
            member: params[member]
            for member in (
                "ModelApprovalStatus",
                "ApprovalDescription",
                "ModelPackageRegistrationType",
                "InferenceSpecification",
                "SourceUri",
                "ModelLifeCycle",
            )
            if member in params
        }
        if "ModelCard" in params:
            before = record.get("ModelCard", {})
            if before.get("ModelCardStatus") == "Archived":
                raise ApiError("ConflictException", "An archived model card cannot be changed.")
            card = before | params["ModelCard"]
            if "ModelCardContent" in params["ModelCard"]:
                check_card(card)
            changed["ModelCard"] = card
        if "AdditionalInferenceSpecificationsToAdd" in params:
            changed["AdditionalInferenceSpecifications"] = [
                *record.get("AdditionalInferenceSpecifications", ()),
                *params["AdditionalInferenceSpecificationsToAdd"],
            ]
        metadata = _metadata(record, params)
        if metadata is not None:
            changed["CustomerMetadataProperties"] = metadata
        if not changed:
            raise invalid("UpdateModelPackage needs at least one member to change.")
        record.update(changed)
        if metadata == {}:
            del record["CustomerMetadataProperties"]
        record["LastModifiedTime"] = place.now
        record["LastModifiedBy"] = place.user
        registry.touch()
        return {"ModelPackageArn": arn}

    return registry.once(place.account, "UpdateModelPackage", params, act)[0]


def _tagged(registry: Registry, arn: str) -> Group:
    address = parse_arn(arn)
    group = registry.find(address) if address else None
    if address is None or group is None:
        raise invalid(f"Resource {arn} does not exist.")
    if address.version is not None:
        raise invalid("Versioned model packages take no tags; tag the model package group.")
    return group


def add_tags(registry: Registry, place: Place, params: Record) -> Record:
    """``AddTags`` of a group; keys that exist get the new value."""
    group = _tagged(registry, params["ResourceArn"])
    tags = group.tags | _tags(params)
    if len(tags) > MAX_TAGS:
        raise ApiError("ResourceLimitExceeded", f"A resource can have at most {MAX_TAGS} tags.")
    group.tags = tags
    registry.touch()
    return {"Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}


def delete_tags(registry: Registry, place: Place, params: Record) -> Record:
    """``DeleteTags`` of a group; keys that it has not are ignored."""
    group = _tagged(registry, params["ResourceArn"])
    group.tags = {k: v for k, v in group.tags.items() if k not in params["TagKeys"]}
    registry.touch()
    return {}
