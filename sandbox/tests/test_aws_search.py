"""Finding groups and versions: paging, order, filters."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.catalogue import build
from sandbox.catalogue.model import CLAIMS, OWN, SHARING, USE_CASE_TAG

from .aws_fixture import AwsProcess

OWN_GROUPS = {g.name for g in build(now=0).groups if g.account == OWN}


def names(answer: dict[str, Any]) -> list[str]:
    return [r["ModelPackageGroup"]["ModelPackageGroupName"] for r in answer["Results"]]


def find(aws: AwsProcess, expression: dict[str, Any] | None = None, **more: Any) -> list[str]:
    """Names of all groups that an expression finds."""
    asked: dict[str, Any] = {"Resource": "ModelPackageGroup", "MaxResults": 100} | more
    if expression is not None:
        asked["SearchExpression"] = expression
    return names(aws.client().search(**asked))


def one(name: str, operator: str, value: str | None = None) -> dict[str, Any]:
    spec = {"Name": name, "Operator": operator}
    return {"Filters": [spec if value is None else spec | {"Value": value}]}


def test_pages_hold_every_group_once(aws: AwsProcess) -> None:
    client = aws.client()
    seen: list[str] = []
    token: dict[str, str] = {}
    while True:
        answer = client.search(
            Resource="ModelPackageGroup", SortBy="CreationTime", MaxResults=7, **token
        )
        assert answer["TotalHits"] == {"Value": len(OWN_GROUPS), "Relation": "EqualTo"}
        assert len(answer["Results"]) <= 7
        seen += names(answer)
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert len(seen) == len(OWN_GROUPS)
    assert set(seen) == OWN_GROUPS


def test_order(aws: AwsProcess) -> None:
    client = aws.client()
    for order in ("Ascending", "Descending"):
        answer = client.search(
            Resource="ModelPackageGroup", SortBy="CreationTime", SortOrder=order, MaxResults=100
        )
        times = [r["ModelPackageGroup"]["CreationTime"] for r in answer["Results"]]
        assert times == sorted(times, reverse=order == "Descending")


def test_token_of_another_request_is_refused(aws: AwsProcess) -> None:
    client = aws.client()
    token = client.search(Resource="ModelPackageGroup", MaxResults=2)["NextToken"]
    for other in (
        {"Resource": "ModelPackage"},
        {"Resource": "ModelPackageGroup", "SortBy": "CreationTime"},
    ):
        with pytest.raises(ClientError, match="other parameters"):
            client.search(MaxResults=2, NextToken=token, **other)
    with pytest.raises(ClientError, match="not valid"):
        client.search(Resource="ModelPackageGroup", NextToken="nonsense")


def test_tags_come_inline(aws: AwsProcess) -> None:
    answer = aws.client().search(
        Resource="ModelPackageGroup",
        SearchExpression=one("ModelPackageGroupName", "Equals", "credit-risk-scoring"),
    )
    (found,) = answer["Results"]
    assert {"Key": USE_CASE_TAG, "Value": "15001"} in found["ModelPackageGroup"]["Tags"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            one(f"Tags.{USE_CASE_TAG}", "Equals", "15001"),
            {
                "credit-risk-scoring",
                "overdraft-limit-setting",
                "retail-unsecured-lending-affordability-and-indebtedness-score-v",
            },
        ),
        (
            one("ModelPackageGroupName", "Contains", "FRAUD"),
            {"fraud-cards-eu", "fraud-cards-authorisation"},
        ),
        (
            one("ModelPackageGroupName", "In", "churn-retail, mortgage-pricing"),
            {"churn-retail", "mortgage-pricing"},
        ),
        (
            one("CreatedBy.UserProfileName", "Equals", "ds-310"),
            {"mortgage-prescreening-jp", "income-document-extraction"},
        ),
        (one("ModelPackageGroupDescription", "NotExists"), {"playground-ds-042"}),
        (
            {
                "Operator": "Or",
                "Filters": [
                    {"Name": "ModelPackageGroupName", "Value": "churn-retail"},
                    {"Name": "ModelPackageGroupName", "Value": "claims-triage"},
                ],
            },
            {"churn-retail", "claims-triage"},
        ),
        (
            {
                "Filters": [{"Name": "Tags.team", "Operator": "Exists"}],
                "SubExpressions": [
                    {
                        "Operator": "Or",
                        "Filters": [
                            {"Name": "Tags.team", "Value": "claims"},
                            {"Name": "Tags.team", "Value": "customer-insight"},
                        ],
                    }
                ],
            },
            {"churn-retail", "claims-triage"},
        ),
    ],
)
def test_filters(aws: AwsProcess, expression: dict[str, Any], expected: set[str]) -> None:
    assert set(find(aws, expression)) == expected


def test_opposite_filters_divide_the_groups(aws: AwsProcess) -> None:
    tag = f"Tags.{USE_CASE_TAG}"
    for a, b in (
        (one(tag, "Exists"), one(tag, "NotExists")),
        (
            one("CreatedBy.UserProfileName", "Equals", "ds-042"),
            one("CreatedBy.UserProfileName", "NotEquals", "ds-042"),
        ),
    ):
        left, right = set(find(aws, a)), set(find(aws, b))
        assert left
        assert right
        assert not left & right
        assert left | right == OWN_GROUPS


def test_times_compare(aws: AwsProcess) -> None:
    month = (datetime.now(timezone.utc) - timedelta(days=30)).isoformat()
    young = set(find(aws, one("CreationTime", "GreaterThan", month)))
    old = set(find(aws, one("CreationTime", "LessThanOrEqualTo", month)))
    assert "churn-retail" in young
    assert "legacy-lapse-model" in old
    assert young | old == OWN_GROUPS


def test_versions_that_wait(aws: AwsProcess) -> None:
    answer = aws.client().search(
        Resource="ModelPackage",
        SortBy="LastModifiedTime",
        MaxResults=100,
        SearchExpression=one("ModelApprovalStatus", "Equals", "PendingManualApproval"),
    )
    found = [r["ModelPackage"] for r in answer["Results"]]
    assert {p["ModelApprovalStatus"] for p in found} == {"PendingManualApproval"}
    assert "credit-risk-scoring" in {p["ModelPackageGroupName"] for p in found}
    times = [p["LastModifiedTime"] for p in found]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    ("expression", "version"),
    [
        (one("ModelLifeCycle.Stage", "Equals", "DataPrep-FeatureEngineering"), 4),
        (one("ModelPackageVersion", "GreaterThanOrEqualTo", "300"), 300),
        (one("CustomerMetadataProperties.param.learning_rate", "Equals", "0.08"), 12),
        (
            {
                "NestedFilters": [
                    {
                        "NestedPropertyName": "InferenceSpecification.Containers",
                        "Filters": [
                            {
                                "Name": "InferenceSpecification.Containers.ModelDataUrl",
                                "Operator": "Contains",
                                "Value": "credit-risk-scoring/12/",
                            }
                        ],
                    }
                ]
            },
            12,
        ),
    ],
)
def test_properties_of_versions(aws: AwsProcess, expression: dict[str, Any], version: int) -> None:
    answer = aws.client().search(Resource="ModelPackage", SearchExpression=expression)
    assert [r["ModelPackage"]["ModelPackageVersion"] for r in answer["Results"]] == [version]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ({"Operator": "And"}, "at least one filter"),
        ({"Filters": [{"Name": "ModelPackageGroupName"}]}, "needs a Value"),
        (
            {
                "Filters": [
                    {"Name": "A", "Operator": "Contains", "Value": "x"},
                    {"Name": "B", "Operator": "Contains", "Value": "y"},
                ]
            },
            "Only one Contains",
        ),
        (one("CreationTime", "GreaterThan", "yesterday"), "not a timestamp"),
        (one("ModelPackageGroupName", "LessThan", "x"), "needs a number or a time"),
        ({"Filters": [{"Name": "A", "Operator": "Exists"}] * 21}, "less than or equal to 20"),
    ],
)
def test_bad_expressions_are_refused(
    aws: AwsProcess, expression: dict[str, Any], text: str
) -> None:
    with pytest.raises(ClientError, match=text):
        find(aws, expression)


def test_shared_groups_are_listed_but_not_found(aws: AwsProcess) -> None:
    client = aws.client()
    assert "group-macro-scenarios" not in find(aws)
    assert find(aws, CrossAccountFilterOption="CrossAccount") == []
    (shared,) = client.list_model_package_groups(CrossAccountFilterOption="CrossAccount")[
        "ModelPackageGroupSummaryList"
    ]
    arn = shared["ModelPackageGroupArn"]
    assert f":{SHARING}:" in arn
    versions = client.list_model_packages(ModelPackageGroupName=arn)["ModelPackageSummaryList"]
    assert len(versions) == 5
    with pytest.raises(ClientError, match="no resource-based policy allows") as refused:
        client.list_tags(ResourceArn=arn)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    with pytest.raises(ClientError, match="does not exist"):
        client.list_model_packages(ModelPackageGroupName="group-macro-scenarios")


def test_lists_page_and_filter(aws: AwsProcess) -> None:
    client = aws.client()
    pages = client.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName="fraud-cards-authorisation",
        SortOrder="Descending",
        PaginationConfig={"PageSize": 100},
    )
    versions = [p["ModelPackageVersion"] for page in pages for p in page["ModelPackageSummaryList"]]
    assert sorted(versions) == list(range(1, 301))
    assert versions[0] == 300
    rejected = client.list_model_packages(
        ModelPackageGroupName="credit-risk-scoring", ModelApprovalStatus="Rejected"
    )["ModelPackageSummaryList"]
    assert {p["ModelPackageVersion"] for p in rejected} == {6, 10}
    groups = client.list_model_package_groups(
        NameContains="cards", SortBy="Name", SortOrder="Ascending"
    )["ModelPackageGroupSummaryList"]
    assert [g["ModelPackageGroupName"] for g in groups] == [
        "fraud-cards-authorisation",
        "fraud-cards-eu",
        "marketing-propensity-cards",
    ]
    recent = client.list_model_package_groups(
        CreationTimeAfter=datetime.now(timezone.utc) - timedelta(days=1)
    )["ModelPackageGroupSummaryList"]
    assert [g["ModelPackageGroupName"] for g in recent] == ["churn-retail"]


def test_other_accounts_have_their_own(aws: AwsProcess) -> None:
    claims = aws.client("sagemaker", aws.registry(CLAIMS))
    found = names(claims.search(Resource="ModelPackageGroup", MaxResults=100))
    assert set(found) == {g.name for g in build(now=0).groups if g.account == CLAIMS}
