"""The templates: lint-clean, deployed onto moto, and doing what they are for."""

from __future__ import annotations

import json
import subprocess
import sys
from ast import literal_eval
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import decode
from studio import ROOT

TEMPLATES = ROOT / "lifecycle-config" / "cloudformation"
LINK = TEMPLATES / "watsonx-governance-link.yaml"
STACK = "governance-link"
EXTERNAL_ID = "0f2c6c1e-3b58-4a3f-9c53-7a7a44a0d2b1"
#: What IBM's documentation names.
IBM_EVENTS = (
    "CreateModelPackage",
    "CreateModelPackageGroup",
    "DeleteModelPackage",
    "DeleteModelPackageGroup",
    "UpdateModelPackage",
)

Clients = Callable[[str], Any]


def test_templates_are_lint_clean() -> None:
    templates = sorted(str(one) for one in TEMPLATES.glob("*.yaml"))
    assert templates
    done = subprocess.run(  # noqa: S603 (own arguments)
        [str(Path(sys.executable).with_name("cfn-lint")), "--non-zero-exit-code", "informational"]
        + ["--", *templates],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def deploy(account: Clients, **parameters: str) -> dict[str, str]:
    """Make the stack; what it puts out."""
    cloudformation = account("cloudformation")
    given = {"ExternalId": EXTERNAL_ID} | parameters
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=LINK.read_text(),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}


@pytest.fixture
def make(account: Clients) -> Iterator[Callable[..., dict[str, str]]]:
    """Makes the stack; deletes it afterwards and sees that nothing of it stays."""
    yield lambda **parameters: deploy(account, **parameters)
    account("cloudformation").delete_stack(StackName=STACK)
    assert account("sqs").list_queues().get("QueueUrls", []) == []
    assert account("events").list_rules()["Rules"] == []
    assert account("iam").list_roles()["Roles"] == []


@pytest.fixture
def deployed(make: Callable[..., dict[str, str]]) -> dict[str, str]:
    """The stack with an external id and nothing else given."""
    return make()


def event(name: str, source: str = "aws.sagemaker") -> dict[str, Any]:
    """An API call as CloudTrail tells EventBridge of it."""
    detail = {"eventSource": "sagemaker.amazonaws.com", "eventName": name}
    return {
        "Source": source,
        "DetailType": "AWS API Call via CloudTrail",
        "Detail": json.dumps(detail),
    }


def received(account: Clients, queue: str) -> list[dict[str, Any]]:
    """Everything in the queue, taken out of it."""
    sqs, messages = account("sqs"), []
    while True:
        answer = sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        batch = answer.get("Messages", [])
        if not batch:
            return messages
        for message in batch:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        messages += batch


def test_queue_is_as_ibm_asks(account: Clients, deployed: dict[str, str]) -> None:
    queue = account("sqs").get_queue_attributes(
        QueueUrl=deployed["QueueUrl"], AttributeNames=["All"]
    )["Attributes"]
    assert deployed["QueueUrl"].endswith(".fifo")
    assert queue["VisibilityTimeout"] == "30"
    assert queue["MessageRetentionPeriod"] == str(4 * 24 * 3600)
    assert queue["ContentBasedDeduplication"] == "true"
    # High throughput.
    assert queue["DeduplicationScope"] == "messageGroup"
    assert queue["FifoThroughputLimit"] == "perMessageGroupId"


@pytest.mark.parametrize("name", IBM_EVENTS)
def test_event_on_the_bus_arrives_in_the_queue(
    account: Clients, deployed: dict[str, str], name: str
) -> None:
    account("events").put_events(Entries=[event(name)])
    (message,) = received(account, deployed["QueueUrl"])
    assert json.loads(message["Body"])["detail"]["eventName"] == name
    assert message["Attributes"]["MessageGroupId"] == "sagemaker-model-registry"


def test_other_events_stay_out(account: Clients, deployed: dict[str, str]) -> None:
    account("events").put_events(
        Entries=[
            event("DescribeModelPackage"),
            event("CreateModelPackage", source="aws.ec2"),
            event("CreateModelPackage") | {"DetailType": "SageMaker Model Package State Change"},
        ]
    )
    assert received(account, deployed["QueueUrl"]) == []


def test_only_the_rule_fills_the_queue() -> None:
    # moto makes no queue policies: the template itself is read.
    template, problems = decode(str(LINK))
    assert template is not None, problems
    policy = template["Resources"]["QueuePolicy"]["Properties"]["PolicyDocument"]
    (send,) = [one for one in policy["Statement"] if one["Effect"] == "Allow"]
    assert send["Principal"] == {"Service": "events.amazonaws.com"}
    assert send["Action"] == "sqs:SendMessage"
    rule = {"Fn::GetAtt": ["Rule", "Arn"]}
    assert send["Condition"] == {"ArnEquals": {"aws:SourceArn": rule}}


@pytest.mark.parametrize(
    ("parameters", "principal"),
    [
        ({}, "arn:aws:iam::767397658217:root"),
        ({"IbmInstallation": "IBM"}, "arn:aws:iam::384547875043:root"),
        (
            {
                "IbmInstallation": "Other",
                "OtherPrincipalArn": "arn:aws:iam::111122223333:role/console",
            },
            "arn:aws:iam::111122223333:role/console",
        ),
    ],
)
def test_who_may_assume_the_role(
    account: Clients,
    make: Callable[..., dict[str, str]],
    parameters: dict[str, str],
    principal: str,
) -> None:
    outputs = make(**parameters)
    role = account("iam").get_role(RoleName=outputs["RoleArn"].rsplit("/", 1)[-1])["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": principal}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}


def policies(account: Clients, role_arn: str) -> dict[str, Any]:
    """Inline policies of a role, by name."""
    iam, role = account("iam"), role_arn.rsplit("/", 1)[-1]
    found = {}
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        # moto keeps those of AWS::IAM::Policy as Python prints them.
        found[name] = literal_eval(document) if isinstance(document, str) else document
    return found


def listed(actions: str | list[str]) -> list[str]:
    """Actions of a statement, one or many."""
    return [actions] if isinstance(actions, str) else actions


def test_rights_are_the_least(account: Clients, deployed: dict[str, str]) -> None:
    found = policies(account, deployed["RoleArn"])
    assert set(found) == {"queue", "registry", "registration", "no-decisions"}
    allowed = [
        (action, statement["Resource"])
        for document in found.values()
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for action in listed(statement["Action"])
    ]
    assert not [action for action, _ in allowed if "*" in action]
    # The only actions on everything are those that know no resource.
    everywhere = {action for action, resource in allowed if resource == "*"}
    assert everywhere == {"sagemaker:ListModelPackageGroups", "sagemaker:Search"}
    (deny,) = found["no-decisions"]["Statement"]
    assert deny["Effect"] == "Deny"
    assert deny["Condition"]["StringEquals"]["sagemaker:ModelApprovalStatus"] == [
        "Approved",
        "Rejected",
    ]


def test_rights_follow_the_parameters(
    account: Clients, make: Callable[..., dict[str, str]]
) -> None:
    profile = "arn:aws:sagemaker:eu-west-1:111122223333:user-profile/d-abc/ds-042"
    key = "arn:aws:kms:eu-west-1:111122223333:key/6b2f8c1e-0000-4000-8000-000000000000"
    outputs = make(
        AllowRegistration="false",
        AllowDecisions="true",
        UserProfileArn=profile,
        QueueKeyArn=key,
    )
    found = policies(account, outputs["RoleArn"])
    assert set(found) == {"queue", "registry", "studio-links", "queue-key"}
    assert found["studio-links"]["Statement"][0]["Resource"] == profile
    assert found["queue-key"]["Statement"][0]["Resource"] == key
    assert outputs["DefaultProfileArn"] == profile


def test_values_for_the_console_are_put_out(deployed: dict[str, str]) -> None:
    assert set(deployed) == {"RoleArn", "QueueUrl", "ConnectionRegion", "RuleArn"}
    assert deployed["ConnectionRegion"] == "eu-west-1"
    # The external id is for the admin alone.
    assert EXTERNAL_ID not in json.dumps(deployed)
