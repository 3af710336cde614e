"""Puts the catalogue into the registries, as people would have written it."""

from __future__ import annotations

import json
from typing import Any

from sandbox.catalogue.model import Catalogue, UseCase, Version
from sandbox.catalogue.model import Group as Told

from .identity import seeded
from .registry import Group, Record, Registry, package_arn

IMAGE = "141502667606.dkr.ecr.{region}.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
MLFLOW_CONNECTION = "mlflow"

RunIndex = dict[str, dict[str, str]]
"""``experiment/run_name`` -> ``run_id``, ``experiment_id``, ``model_id``, ``artifact_uri``."""


def _card(version: Version, case: UseCase | None, description: str) -> dict[str, Any]:
    content: dict[str, Any] = {
        "model_overview": {"model_creator": version.created_by},
    }
    if version.intended_uses:
        content["intended_uses"] = {
            "purpose_of_model": description,
            "intended_uses": version.intended_uses,
            "risk_rating": case.risk if case and case.risk else "Unknown",
        }
    if version.metrics:
        content["evaluation_details"] = [
            {
                "name": "Hold-out quarter",
                "metric_groups": [
                    {
                        "name": "discrimination-and-calibration",
                        "metric_data": [
                            {"name": name, "type": "number", "value": value}
                            for name, value in version.metrics.items()
                        ],
                    }
                ],
            }
        ]
    if version.card_use_case:
        details = {"UseCaseId": version.card_use_case}
        if case:
            details["UseCaseName"] = case.name
            if case.status:
                details["UseCaseStage"] = case.status
        content["additional_information"] = {"custom_details": details}
    return content


def _metadata(version: Version, has_card: bool, run: dict[str, str] | None) -> dict[str, str]:
    metadata = {f"param.{name}": value for name, value in version.params.items()}
    if not has_card:
        # Without a card the metrics stand where people put them before cards existed.
        metadata |= {f"metric.{name}": str(value) for name, value in version.metrics.items()}
    if run:
        metadata |= {
            "mlflow.run_id": run["run_id"],
            "mlflow.experiment_id": run["experiment_id"],
            "mlflow.run_name": version.run_name or "",
            "mlflow.connection": MLFLOW_CONNECTION,
        }
        if run.get("model_id"):
            metadata["mlflow.model_id"] = run["model_id"]
    return metadata


def _package(
    group: Group, told: Told, version: Version, cases: dict[str, UseCase], runs: RunIndex
) -> Record:
    run = runs.get(f"{version.experiment}/{version.run_name}") if version.run_name else None
    has_card = bool(version.card_use_case or version.intended_uses)
    metadata = _metadata(version, has_card, run)
    store = f"s3://sagemaker-{told.region}-{told.account}/models/{told.name}"
    record: Record = {
        "ModelPackageName": told.name,
        "ModelPackageGroupName": told.name,
        "ModelPackageVersion": version.number,
        "ModelPackageArn": package_arn(group, version.number),
        "CreationTime": version.created,
        "CreatedBy": seeded(told.account, version.created_by).user_context(),
        "LastModifiedTime": version.modified,
        "LastModifiedBy": seeded(told.account, version.modified_by).user_context(),
        "InferenceSpecification": {
            "Containers": [
                {
                    "Image": IMAGE.format(region=told.region),
                    "ModelDataUrl": f"{store}/{version.number}/model.tar.gz",
                    "Framework": "SKLEARN",
                    "FrameworkVersion": "1.2-1",
                }
            ],
            "SupportedContentTypes": ["text/csv", "application/json"],
            "SupportedResponseMIMETypes": ["application/json"],
        },
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
        "CertifyForMarketplace": False,
        "ModelApprovalStatus": version.approval,
    }
    if run:
        record["SourceUri"] = run["artifact_uri"]
    if metadata:
        record["CustomerMetadataProperties"] = metadata
    if version.approval_description:
        record["ApprovalDescription"] = version.approval_description
    if version.registration_type:
        record["ModelPackageRegistrationType"] = version.registration_type
    if version.stage:
        stage, status = version.stage
        record["ModelLifeCycle"] = {"Stage": stage, "StageStatus": status}
    if has_card:
        case = cases.get(version.card_use_case or "")
        record["ModelCard"] = {
            "ModelCardContent": json.dumps(
                _card(version, case, told.description), ensure_ascii=False
            ),
            "ModelCardStatus": "Approved" if version.approval == "Approved" else "Draft",
        }
    return record


def seed(registry: Registry, catalogue: Catalogue, runs: RunIndex) -> None:
    """Fill an empty registry.

    Args:
        runs: what MLflow really trained; versions name their run only when it is there.
    """
    cases = {case.key: case for case in catalogue.use_cases}
    for told in sorted(catalogue.groups, key=lambda g: g.created):
        record: Record = {
            "ModelPackageGroupName": told.name,
            "ModelPackageGroupArn": told.arn,
            "CreationTime": told.created,
            "CreatedBy": seeded(told.account, told.created_by).user_context(),
            "ModelPackageGroupStatus": "Completed",
        }
        if told.description:
            record["ModelPackageGroupDescription"] = told.description
        group = Group(
            told.account, told.region, record, dict(told.tags), shared_with=told.shared_with
        )
        for version in told.versions:
            group.packages.append(_package(group, told, version, cases, runs))
        registry.put(group)
