"""One server process and one stand-in upstream for the whole run."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator

import pytest
from aiohttp import web

from .lab import Lab, free_port
from .standin import StandIn, fixed, json_reply

#: Every secret that the server gets to know; none may ever come out of it.
SECRETS = {
    "ML_PASSWORD": "pw-Quince-7311",
    "ML_TOKEN": "tok-Rhubarb-5522",
    "OP_APIKEY": "key-Elderberry-9043",
    "OP_PASSWORD": "pw-Medlar-1187",
}
ALL_SECRETS = (
    AWS_SECRET,
    AWS_TOKEN,
    ROLE_SECRET,
    ROLE_TOKEN,
    OP_TOKEN,
) = (
    "aws-Damson-secret-2250",
    "aws-Sloe-token-6691",
    "role-Bullace-secret-3318",
    "role-Whortle-token-4406",
    "op-Loganberry-token-8127",
)


SERVER_ARN = "arn:aws:sagemaker:eu-west-1:111122223333:mlflow-tracking-server/team"
APP_ARN = "arn:aws:sagemaker:eu-west-1:111122223333:mlflow-app/app-1A2B3C"
#: What a presigned address holds; it goes to the browser on a click, and nowhere else.
LINK_TOKEN = "link-Cloudberry-token-7702"  # noqa: S105 - made up


def expiry(seconds: float) -> str:
    """A time from now, as AWS writes it."""
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


async def container_credentials(request: web.Request) -> web.StreamResponse:
    """Studio's container credentials."""
    return json_reply(
        {
            "AccessKeyId": "ASIAOWN",
            "SecretAccessKey": AWS_SECRET,
            "Token": AWS_TOKEN,
            "Expiration": expiry(3600),
        }
    )


async def control(request: web.Request) -> web.StreamResponse:
    """SageMaker's control plane for MLflow: one server, one App, both running."""
    operation = request.headers["X-Amz-Target"].removeprefix("SageMaker.")
    server = {
        "TrackingServerArn": SERVER_ARN,
        "TrackingServerName": "team",
        "TrackingServerStatus": "Created",
        "IsActive": "Active",
        "MlflowVersion": "3.0.0",
    }
    app = {"Arn": APP_ARN, "Name": "team-app", "Status": "Created", "MlflowVersion": "3.4.0"}
    address = f"https://eu-west-1.experiments.sagemaker.aws/auth?authToken={LINK_TOKEN}"
    return json_reply(
        {
            "ListMlflowTrackingServers": {"TrackingServerSummaries": [server]},
            "ListMlflowApps": {"Summaries": [app]},
            "DescribeMlflowTrackingServer": {
                **server,
                "ArtifactStoreUri": "s3://models-bucket/server",
            },
            "DescribeMlflowApp": {**app, "ArtifactStoreUri": "s3://models-bucket/app"},
            "StartMlflowTrackingServer": {"TrackingServerArn": SERVER_ARN},
            "CreatePresignedMlflowTrackingServerUrl": {"AuthorizedUrl": address},
            "CreatePresignedMlflowAppUrl": {"AuthorizedUrl": address},
        }[operation]
    )


async def sts(request: web.Request) -> web.StreamResponse:
    """STS: identity, and roles of which one is refused."""
    form = await request.post()
    if form["Action"] == "GetCallerIdentity":
        signed = request.headers.get("Authorization", "")
        account = "222233334444" if "ASIAROLE" in signed else "111122223333"
        text = (
            "<GetCallerIdentityResponse><GetCallerIdentityResult>"
            f"<Arn>arn:aws:sts::{account}:assumed-role/R/S</Arn>"
            f"<Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        )
        return web.Response(text=text, content_type="text/xml")
    if "Refused" in str(form["RoleArn"]) or form.get("ExternalId") != "ext-1":
        text = (
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized</Message>"
            "</Error></ErrorResponse>"
        )
        return web.Response(text=text, status=403, content_type="text/xml")
    text = (
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        "<AssumeRoleResult><Credentials>"
        f"<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>{ROLE_SECRET}</SecretAccessKey>"
        f"<SessionToken>{ROLE_TOKEN}</SessionToken><Expiration>{expiry(3600)}</Expiration>"
        "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )
    return web.Response(text=text, content_type="text/xml")


def connections(url: str) -> list[dict[str, object]]:
    """One connection of every kind."""

    def role(identifier: str, name: str) -> dict[str, object]:
        return {
            "id": identifier,
            "kind": "sagemaker",
            "region": "eu-west-1",
            "role_arn": f"arn:aws:iam::222233334444:role/{name}",
            "external_id": "ext-1",
            "endpoint_url": f"{url}/registry-{identifier}",
            "sts_endpoint_url": f"{url}/sts",
        }

    def mlflow(identifier: str, auth: dict[str, object] | None = None) -> dict[str, object]:
        entry: dict[str, object] = {
            "id": identifier,
            "kind": "mlflow",
            "url": f"{url}/{identifier}",
        }
        return {**entry, "auth": auth} if auth else entry

    def openpages(identifier: str, auth: dict[str, object]) -> dict[str, object]:
        return {
            "id": identifier,
            "kind": "openpages",
            "url": f"{url}/{identifier}",
            "auth": auth,
        }

    apikey = {"env": "OP_APIKEY"}
    return [
        {
            "id": "own",
            "kind": "sagemaker",
            "region": "eu-west-1",
            "endpoint_url": f"{url}/registry-own",
            "sts_endpoint_url": f"{url}/sts",
        },
        role("claims", "Reader"),
        role("refused", "Refused"),
        mlflow("ml"),
        {**mlflow("ml-ro"), "read_only": True},
        mlflow(
            "ml-basic",
            {"type": "basic", "username": "lab", "password": {"env": "ML_PASSWORD"}},
        ),
        mlflow("ml-bearer", {"type": "bearer", "token": {"env": "ML_TOKEN"}}),
        {
            **mlflow(
                "ml-signed",
                {
                    "type": "sigv4",
                    "service": "sagemaker-mlflow",
                    "headers": {"x-mlflow-sm-tracking-server-arn": "arn:aws:sagemaker:x"},
                },
            ),
            "routes": "all",
        },
        {
            **mlflow("ml-gateway", {"type": "sigv4", "service": "execute-api"}),
            "artifact_stores": ["s3://models-bucket/mlflow"],
        },
        {**mlflow("ml-server"), "arn": SERVER_ARN, "endpoint_url": f"{url}/control"},
        {**mlflow("ml-app"), "arn": APP_ARN, "endpoint_url": f"{url}/control"},
        {
            **mlflow("ml-claims"),
            "arn": SERVER_ARN.replace("111122223333", "222233334444"),
            "registry": "claims",
        },
        {**mlflow("big"), "url": f"{url}/big-upload"},
        {**mlflow("ml-down"), "url": f"http://127.0.0.1:{free_port()}"},
        openpages("op", {"type": "mcsp", "token_url": f"{url}/token/op/mcsp", "apikey": apikey}),
        openpages(
            "op-iam", {"type": "ibm-iam", "token_url": f"{url}/token/op/iam", "apikey": apikey}
        ),
        openpages(
            "op-cp4d",
            {
                "type": "cp4d",
                "token_url": f"{url}/token/op/cp4d",
                "username": "svc",
                "password": {"env": "OP_PASSWORD"},
            },
        ),
        openpages(
            "op-cp4d-key",
            {
                "type": "cp4d",
                "token_url": f"{url}/token/op/cp4d",
                "username": "svc",
                "apikey": apikey,
            },
        ),
        {
            **openpages("op-entities", {"type": "cp4d", "username": "svc", "apikey": apikey}),
            "entities": {"own": "11001", "claims": "12001"},
        },
        openpages(
            "op-other",
            {"type": "mcsp", "token_url": f"{url}/token/op/other?scope=1", "apikey": apikey},
        ),
        *(
            {
                **openpages(f"root-{name}", {"type": "cp4d", "username": "svc", "apikey": apikey}),
                "url": f"{url}/{root}",
            }
            for name, root in (
                (root.replace("/", "-"), root)
                for root in (
                    "opgrc",
                    "openpages/opgrc",
                    "openpages-wxgov-opgrc",
                    "openpages-a-b-opgrc",
                )
            )
        ),
        openpages("op-zen", {"type": "cp4d", "username": "svc", "apikey": apikey}),
        openpages(
            "op-basic",
            {"type": "basic", "username": "svc", "password": {"env": "OP_PASSWORD"}},
        ),
        openpages(
            "op-nosecret",
            {"type": "basic", "username": "svc", "password": {"env": "NOT_SET_ANYWHERE"}},
        ),
    ]


@pytest.fixture(scope="session")
def _upstream() -> Iterator[StandIn]:
    with StandIn() as upstream:
        yield upstream


@pytest.fixture(scope="session")
def _lab(_upstream: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    directory = tmp_path_factory.mktemp("lab")
    metadata = directory / "resource-metadata.json"
    metadata.write_text(
        json.dumps(
            {
                "AppType": "JupyterLab",
                "DomainId": "d-1",
                "SpaceName": "space-1",
                "UserProfileName": "ds-042",
                "ResourceArn": "arn:aws:sagemaker:eu-west-1:111122223333:app/d-1/x",
            }
        )
    )
    set_defaults(_upstream)
    lab = Lab(
        directory,
        {
            "connections": connections(_upstream.url),
            "metadata_path": str(metadata),
            "read_timeout": 1.5,
        },
        {
            "AWS_REGION": "eu-west-1",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{_upstream.url}/creds",
            "AWS_ENDPOINT_URL_S3": f"{_upstream.url}/s3",
            "AWS_ENDPOINT_URL_IAM": f"{_upstream.url}/iam",
            **SECRETS,
        },
    )
    yield lab
    lab.stop()


def set_defaults(upstream: StandIn) -> None:
    """What every test finds: credentials, STS, tokens."""
    upstream.clear()
    upstream.on("/creds", container_credentials)
    upstream.on("/sts", sts)
    upstream.on("/control", control)
    upstream.on("/token/op/mcsp", fixed(json.dumps({"token": OP_TOKEN})))
    upstream.on("/token/op/cp4d", fixed(json.dumps({"token": OP_TOKEN})))
    upstream.on("/token/op/iam", fixed(json.dumps({"access_token": OP_TOKEN, "expires_in": 3600})))


@pytest.fixture
def upstream(_upstream: StandIn) -> StandIn:
    """The stand-in with nothing recorded."""
    set_defaults(_upstream)
    return _upstream


@pytest.fixture
def lab(_lab: Lab, upstream: StandIn) -> Iterator[Lab]:
    """The server; whatever a test does, no secret may get into its log."""
    yield _lab
    text = _lab.log.read_text(errors="replace")
    for secret in (*ALL_SECRETS, *SECRETS.values(), LINK_TOKEN):
        assert secret not in text
    assert "Traceback" not in text, text[text.index("Traceback") - 2000 :][:6000]
