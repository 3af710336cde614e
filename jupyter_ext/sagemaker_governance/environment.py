"""Where the lab runs, as far as the server can tell."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

#: Written by Studio into every app container; a public contract of the service.
METADATA_PATH = "/opt/ml/metadata/resource-metadata.json"

_ARN = re.compile(r"arn:[^:]+:[^:]+:(?P<region>[a-z0-9-]*):(?P<account>\d{12})?:")


@dataclass(frozen=True)
class Environment:
    """Facts of the space; a member is None where the space does not tell."""

    #: studio-private, studio-shared, unified-studio or unknown.
    kind: str
    domain_id: str | None
    space_name: str | None
    user_profile_name: str | None
    region: str | None
    #: 12 digits.
    account: str | None
    #: Version of the SageMaker Distribution image.
    image_version: str | None
    #: Why the metadata file could not be used; None: it was, or there is none.
    problem: str | None = None
    #: `JupyterLab` or another kind of app, as the space names it.
    app_type: str | None = None
    #: Where the facts were looked for.
    metadata_path: str = METADATA_PATH

    def to_json(self) -> dict[str, str | None]:
        """`IEnvironment` of the front end."""
        return {
            "kind": self.kind,
            "domainId": self.domain_id,
            "spaceName": self.space_name,
            "userProfileName": self.user_profile_name,
            "region": self.region,
            "imageVersion": self.image_version,
        }


def read_environment(
    metadata_path: str = METADATA_PATH, environ: Mapping[str, str] | None = None
) -> Environment:
    """Read the metadata file and the variables that Studio documents."""
    env = os.environ if environ is None else environ
    data, problem = _read_metadata(metadata_path)

    def text(key: str) -> str | None:
        value = data.get(key)
        return value if isinstance(value, str) and value else None

    arn = _ARN.match(text("ResourceArn") or "")
    profile = text("UserProfileName")
    return Environment(
        kind=_kind(data, env, profile),
        domain_id=text("DomainId"),
        space_name=text("SpaceName") or env.get("SAGEMAKER_SPACE_NAME") or None,
        user_profile_name=profile,
        region=env.get("AWS_REGION")
        or env.get("AWS_DEFAULT_REGION")
        or (arn and arn["region"])
        or None,
        account=(arn and arn["account"]) or _account(env.get("AWS_ACCOUNT_ID")),
        image_version=env.get("IMAGE_VERSION") or text("AppImageVersion"),
        problem=problem,
        app_type=env.get("SAGEMAKER_APP_TYPE") or text("AppType"),
        metadata_path=metadata_path,
    )


def _kind(data: Mapping[str, object], env: Mapping[str, str], profile: str | None) -> str:
    additional = data.get("AdditionalMetadata")
    if isinstance(additional, dict) and any(str(key).startswith("DataZone") for key in additional):
        return "unified-studio"
    if not data.get("ResourceArn") and env.get("SAGEMAKER_APP_TYPE") != "JupyterLab":
        return "unknown"
    space_type = env.get("SAGEMAKER_SPACE_TYPE_LOWERCASE", "").lower()
    if space_type == "shared":
        return "studio-shared"
    # A shared space has no user profile: without either fact we do not guess,
    # since approvals depend on an attributable person.
    if space_type == "private" or profile:
        return "studio-private"
    return "unknown"


def _account(value: str | None) -> str | None:
    return value if value and re.fullmatch(r"\d{12}", value) else None


def _read_metadata(path: str) -> tuple[dict[str, object], str | None]:
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, None
    except (OSError, ValueError) as error:
        return {}, f"{path} could not be read: {error}"
    if not isinstance(data, dict):
        return {}, f"{path} does not hold a JSON object"
    return data, None
