"""Every check there is: its name, where it is shown, and how it is tried.

`docs/doctor.md` has a section for each, held to this list by a test.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """A kind of check."""

    #: `installation`, `identity`, `registry`, `openpages` or `mlflow`.
    group: str
    #: What people call it.
    title: str
    #: How it is tried, in half a sentence.
    how: str


CHECKS: dict[str, Check] = {
    "versions": Check(
        "installation", "Versions", "compares page, server extension, files on disk and image"
    ),
    "software": Check("installation", "Software", "reads the versions of what is imported"),
    "app": Check("installation", "App", "reads Studio's metadata file and environment"),
    "space": Check("installation", "Space", "reads Studio's metadata file and environment"),
    "configuration": Check("installation", "Configuration", "validates it as the server does"),
    "enabled": Check("installation", "Enabled", "reads Jupyter's configuration directories"),
    "installer": Check(
        "installation", "Installer", "reads its record and log; sagemaker:DescribeApp"
    ),
    "copies": Check(
        "installation", "Other copies", "looks through Python's and Jupyter's search paths"
    ),
    "clock": Check("installation", "Clock", "compares with the Date header of STS"),
    "network": Check("installation", "Proxy and certificates", "reads the environment, loads it"),
    "identity": Check("identity", "Role", "sts:GetCallerIdentity; a role is assumed anew"),
    "source-identity": Check(
        "identity", "Source identity", "answer of sts:AssumeRole; sagemaker:DescribeDomain"
    ),
    "full-access": Check("identity", "AmazonSageMakerFullAccess", "iam:ListAttachedRolePolicies"),
    "action": Check("registry", "Right", "a harmless call of the action itself"),
    "secrets": Check("openpages", "Secrets", "reads each reference of the connection"),
    "console": Check("openpages", "Console", "lists the object types of the schema"),
    "fields": Check("openpages", "Fields", "reads the definition of each configured type"),
    "entities": Check("openpages", "Business entities", "reads each entity and its parents"),
    "mlflow": Check("mlflow", "MLflow API", "searches experiments, at most one"),
    "mlflow-version": Check("mlflow", "MLflow version", "asks the server, or SageMaker"),
    "mlflow-ui": Check("mlflow", "MLflow pages", "looks for installed UIs of MLflow"),
    "mlflow-servers": Check("mlflow", "Managed MLflow", "lists servers and Apps of each account"),
}
