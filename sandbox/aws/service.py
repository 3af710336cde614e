"""One way through every operation: check, ask IAM, act, keep."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from . import mlflow, reads, writes
from .authorization import Authorizer, Request
from .errors import ApiError, invalid
from .identity import Caller
from .journal import Journal
from .registry import Group, Place, Record, Registry, group_arn, package_arn, parse_arn
from .shapes import check_input
from .studio import lifecycle
from .studio import operations as studio

Act = Callable[[Registry, Place, Record], Record]
Policies = list[tuple[str, dict[str, Any]]]

RAM_ACTIONS = (
    "CreateModelPackage",
    "DescribeModelPackage",
    "DescribeModelPackageGroup",
    "ListModelPackages",
    "UpdateModelPackage",
)
"""What AWS's guidance grants on a shared group: no tags, no batch."""


def _tagging(of_group: Act, of_script: Act) -> Act:
    """Tags of a model package group, or of a Studio lifecycle configuration."""
    return lambda registry, place, params: (
        of_script if lifecycle.is_one(params["ResourceArn"]) else of_group
    )(registry, place, params)


@dataclass(frozen=True)
class Operation:
    """How an operation acts and on what IAM is asked for it."""

    act: Act
    writes: bool = False
    names: str | None = None
    """Member with the group or package; None: the action has no resource."""
    asks: Callable[[str, Registry, Place, Record], Iterator[Request]] | None = None
    """What IAM is asked; None: as of the model registry."""
    resource: Callable[[Record, Place], str] | None = None
    """ARN of something else that the request names."""


OPERATIONS: dict[str, Operation] = {
    "Search": Operation(reads.search),
    "ListModelPackageGroups": Operation(reads.list_groups),
    "DescribeModelPackageGroup": Operation(reads.describe_group, names="ModelPackageGroupName"),
    "ListModelPackages": Operation(reads.list_packages, names="ModelPackageGroupName"),
    "DescribeModelPackage": Operation(reads.describe_package, names="ModelPackageName"),
    "BatchDescribeModelPackage": Operation(reads.batch_describe, names="ModelPackageArnList"),
    "ListTags": Operation(_tagging(reads.list_tags, lifecycle.list_tags), names="ResourceArn"),
    "CreateModelPackageGroup": Operation(writes.create_group, True, "ModelPackageGroupName"),
    "CreateModelPackage": Operation(writes.create_package, True, "ModelPackageGroupName"),
    "UpdateModelPackage": Operation(writes.update_package, True, "ModelPackageArn"),
    "AddTags": Operation(_tagging(writes.add_tags, lifecycle.add_tags), True, "ResourceArn"),
    "DeleteTags": Operation(
        _tagging(writes.delete_tags, lifecycle.delete_tags), True, "ResourceArn"
    ),
    "ListMlflowTrackingServers": Operation(mlflow.list_servers),
    "ListMlflowApps": Operation(mlflow.list_apps),
    "DescribeMlflowTrackingServer": Operation(mlflow.describe_server, resource=mlflow.server_arn),
    "DescribeMlflowApp": Operation(mlflow.describe_app, resource=mlflow.app_arn),
    "StartMlflowTrackingServer": Operation(mlflow.start_server, True, resource=mlflow.server_arn),
    "StopMlflowTrackingServer": Operation(mlflow.stop_server, True, resource=mlflow.server_arn),
    "CreatePresignedMlflowTrackingServerUrl": Operation(
        mlflow.server_link, resource=mlflow.server_arn
    ),
    "CreatePresignedMlflowAppUrl": Operation(mlflow.app_link, resource=mlflow.app_arn),
} | {
    name: Operation(act, is_write, asks=studio.questions)
    for name, (act, is_write, _) in studio.ACTS.items()
}


def _request_context(params: Record) -> dict[str, str | list[str]]:
    """Condition keys that the request itself sets."""
    context: dict[str, str | list[str]] = {}
    if "ModelApprovalStatus" in params:
        context["sagemaker:ModelApprovalStatus"] = params["ModelApprovalStatus"]
    cycle = params.get("ModelLifeCycle")
    if cycle:
        context["sagemaker:ModelLifeCycle:Stage"] = cycle["Stage"]
        context["sagemaker:ModelLifeCycle:StageStatus"] = cycle["StageStatus"]
    for key, value in params.get("CustomerMetadataProperties", {}).items():
        context[f"sagemaker:CustomerMetadataProperties/{key}"] = value
    if "CustomerMetadataPropertiesToRemove" in params:
        context["sagemaker:CustomerMetadataPropertiesToRemove"] = list(
            params["CustomerMetadataPropertiesToRemove"]
        )
    tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags", ())}
    keys = list(tags) or list(params.get("TagKeys", ()))
    if keys:
        context["aws:TagKeys"] = keys
    for key, value in tags.items():
        context[f"aws:RequestTag/{key}"] = value
    return context


def _current_context(record: Record | None) -> dict[str, str | list[str]]:
    """Condition keys of the package as it is."""
    if record is None:
        return {}
    context: dict[str, str | list[str]] = {}
    cycle = record.get("ModelLifeCycle")
    if cycle:
        context["sagemaker:CurrentModelLifeCycleStage"] = cycle["Stage"]
        context["sagemaker:CurrentModelLifeCycleStageStatus"] = cycle["StageStatus"]
    for key, value in record.get("CustomerMetadataProperties", {}).items():
        context[f"sagemaker:CurrentCustomerMetadataProperties/{key}"] = value
    return context


class Service:
    """SageMaker's model registry, MLflow servers and Studio's control plane."""

    def __init__(self, registry: Registry, authorizer: Authorizer, journal: Journal) -> None:
        self.registry = registry
        self.authorizer = authorizer
        self.journal = journal

    def replay(self) -> int:
        """Play the journal again; a write that no longer fits is told on stderr.

        Returns:
            How many writes were played.
        """
        count = 0
        for name, place, params in self.journal.entries():
            try:
                OPERATIONS[name].act(self.registry, place, params)
                count += 1
            except ApiError as error:
                print(f"journal: {name} is left out: {error}", file=sys.stderr)
        return count

    def call(
        self, name: str, body: bytes, caller: Caller, policies: Policies, region: str, now: float
    ) -> Record:
        """Carry out a request.

        Args:
            name: operation, a key of ``OPERATIONS``.
            body: JSON of the request.
            policies: identity-based policies of the caller.
            now: the moment that counts as the time of a write.

        Raises:
            ApiError: SageMaker's refusal.
        """
        try:
            params = json.loads(body or b"{}")
        except ValueError:
            raise ApiError("SerializationException", "The request is not valid JSON.") from None
        if not isinstance(params, dict):
            raise ApiError("SerializationException", "The request is not a JSON object.")
        check_input(name, params)
        operation = OPERATIONS[name]
        place = Place(caller.account, region, caller.user_context(), now)
        with self.registry.lock:
            for request in self._questions(name, operation, params, place):
                self.authorizer.require(caller, policies, request)
            answer = operation.act(self.registry, place, params)
            if operation.writes:
                self.journal.append(name, place, params)
        return answer

    def _questions(
        self, name: str, operation: Operation, params: Record, place: Place
    ) -> Iterator[Request]:
        if operation.asks is not None:
            yield from operation.asks(name, self.registry, place, params)
            return
        action = f"sagemaker:{name}"
        context = _request_context(params)
        if operation.resource is not None:
            yield Request(action, operation.resource(params, place), place.account)
            return
        if operation.names is None:
            yield Request(action, "*", place.account, context)
            return
        named = params.get(operation.names)
        if named is None:
            # ListModelPackages without a group asks for the unversioned ones.
            arn = f"arn:aws:sagemaker:{place.region}:{place.account}:model-package/unversioned"
            yield Request(action, arn, place.account, context)
            return
        if operation.names == "ResourceArn" and lifecycle.is_one(named):
            yield Request(action, named, place.account, context)
            return
        for one in named if isinstance(named, list) else [named]:
            yield self._question(name, one, params, place, context)
        if name == "CreateModelPackageGroup" and params.get("Tags"):
            arn = group_arn(named, place)
            yield Request("sagemaker:AddTags", arn, place.account, context)

    def _question(
        self,
        name: str,
        named: str,
        params: Record,
        place: Place,
        context: dict[str, str | list[str]],
    ) -> Request:
        by_group = name not in ("DescribeModelPackage", "UpdateModelPackage")
        arn = group_arn(named, place) if by_group else named
        address = parse_arn(arn)
        if address is None:
            raise invalid(f"{named} names no model package and no model package group.")
        group = self.registry.find(address)
        resource = arn
        if name == "ListModelPackages":
            resource = arn.replace(":model-package-group/", ":model-package/")
        elif name == "CreateModelPackage":
            packages = arn.replace(":model-package-group/", ":model-package/")
            number = len(group.packages) + 1 if group else 1
            resource = package_arn(group, number) if group else f"{packages}/{number}"
        current = self.registry.find_package(arn) if address.version is not None else None
        return Request(
            f"sagemaker:{name}",
            resource,
            address.account,
            context | _current_context(current),
            _ram_policy(group),
        )


def _ram_policy(group: Group | None) -> dict[str, Any] | None:
    """Resource-based policy that a RAM share puts on a group and its versions."""
    if group is None or group.shared_with is None:
        return None
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "SharedByRam",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{group.shared_with}:root"},
                "Action": [f"sagemaker:{action}" for action in RAM_ACTIONS],
                "Resource": [group.arn, f"{package_arn(group, 0)[:-2]}*"],
            }
        ],
    }
