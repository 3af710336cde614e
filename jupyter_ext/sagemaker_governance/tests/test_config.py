"""The configuration: what is refused, why, and that the rest works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..addresses import check_url
from ..config import configure
from ..connections import Configuration, MLflowConnection, OpenPagesConnection, SageMakerConnection
from ..environment import Environment, read_environment

HERE = Environment("studio-private", "d-1", "s", "ds-042", "eu-west-1", "111122223333", None)
NOWHERE = Environment("unknown", None, None, None, None, None, None)
SHARED = Environment("studio-shared", "d-1", "s", None, "eu-west-1", None, None)
MLFLOW: dict[str, Any] = {"id": "ml", "kind": "mlflow", "url": "https://ml.example"}
OPENPAGES: dict[str, Any] = {
    "id": "op",
    "kind": "openpages",
    "url": "https://op.example/opgrc",
    "auth": {"type": "mcsp", "token_url": "https://t.example/x", "apikey": {"env": "KEY"}},
}
ROLE: dict[str, Any] = {
    "id": "claims",
    "kind": "sagemaker",
    "role_arn": "arn:aws:iam::222233334444:role/path/Reader",
}


def one(entry: object, environment: Environment = HERE) -> Configuration:
    return configure([entry], environment)


def test_no_configuration_gives_the_own_account() -> None:
    nothing: list[object] = []
    for raw in (None, nothing):
        result = configure(raw, HERE)
        own = result.connections["own"]
        assert isinstance(own, SageMakerConnection)
        assert (own.region, own.account, own.role) == ("eu-west-1", "111122223333", None)
        assert not result.problems


def test_an_unknown_region_is_a_problem() -> None:
    result = configure(None, NOWHERE)
    assert not result.connections
    assert "region" in result.problems[0].message


def test_the_own_account_is_there_beside_other_kinds() -> None:
    assert set(one(MLFLOW).connections) == {"own", "ml"}
    assert set(one(ROLE).connections) == {"claims"}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"id": "A b"}, "id must be"),
        ({"id": "../x"}, "id must be"),
        ({"kind": "s3"}, "kind must be"),
        ({"url": None}, "url is missing"),
        ({"url": "http://ml.example"}, "https"),
        ({"url": "ftp://ml.example"}, "http or https"),
        ({"url": "https://user:pw@ml.example"}, "user or password"),
        ({"url": "https://ml.example?x=1"}, "query"),
        ({"url": "https://169.254.169.254/latest"}, "metadata"),
        ({"url": "http://169.254.170.2"}, "metadata"),
        ({"url": "https://[fd00:ec2::254]"}, "metadata"),
        ({"url": "https://[::ffff:169.254.169.254]"}, "metadata"),
        ({"url": "https://0.0.0.0"}, "unspecified"),
        ({"url": "https://ml.example/a/../b"}, ".."),
        ({"url": "https://ml.example:99999"}, "port"),
        ({"ui": "popup"}, "ui must be"),
        ({"read_only": "yes"}, "read_only"),
        ({"auth": {"type": "magic"}}, "auth.type"),
        ({"auth": {"type": "bearer"}}, "auth.token is missing"),
        ({"auth": {"type": "bearer", "token": "plain-secret"}}, "never the secret itself"),
        ({"auth": {"type": "bearer", "token": {"env": "a b"}}}, "not a reference"),
        ({"auth": {"type": "sigv4", "service": "x", "headers": {"Cookie": "1"}}}, "Cookie"),
        ({"headers": {"X-Amz-Date": "1"}}, "X-Amz-Date"),
        ({"headers": {"X-A": "1\r\nHost: evil"}}, "X-A"),
        ({"verify": False}, "unknown setting verify"),
    ],
)
def test_bad_connections_are_named_and_dropped(change: dict[str, Any], text: str) -> None:
    result = configure([{**MLFLOW, **change}, OPENPAGES], HERE)
    assert set(result.connections) == {"own", "op"}
    assert text in result.problems[0].message
    assert "plain-secret" not in str(result.problems)
    assert result.problems[0].hint


@pytest.mark.parametrize("entry", [None, 1, "x", [], {}])
def test_things_that_are_no_connection(entry: object) -> None:
    result = one(entry)
    assert len(result.problems) == 1
    assert "own" in result.connections


def test_ids_are_unique_and_registries_at_most_ten() -> None:
    result = configure([MLFLOW, MLFLOW], HERE)
    assert "used twice" in result.problems[0].message
    result = configure([{**ROLE, "id": f"r-{n}"} for n in range(12)], HERE)
    assert list(result.connections) == [f"r-{n}" for n in range(10)]
    assert [problem.connection for problem in result.problems] == ["r-10", "r-11"]
    assert result.problems[0].message.startswith("r-10: is not used: 10 connections")


def test_a_registry_that_cannot_be_used_takes_no_place() -> None:
    bad = {**ROLE, "id": "bad", "region": "nowhere"}
    result = configure([bad, *({**ROLE, "id": f"r-{n}"} for n in range(10))], HERE)
    assert len(result.connections) == 10
    assert [problem.connection for problem in result.problems] == ["bad"]


def test_roles() -> None:
    entry = {**ROLE, "external_id": "e-1", "source_identity": True}
    connection = one(entry).connections["claims"]
    assert isinstance(connection, SageMakerConnection)
    assert connection.role is not None
    assert (connection.account, connection.role.name) == ("222233334444", "Reader")
    assert connection.role.source_identity == "ds-042"
    assert connection.role.session_name == "jupyter-ds-042"
    assert "user profile" in one(entry, SHARED).problems[0].message
    assert "role_arn" in one({**ROLE, "role_arn": "arn:aws:iam::1:user/x"}).problems[0].message


def test_openpages_schema_is_complete() -> None:
    connection = one(OPENPAGES).connections["op"]
    assert isinstance(connection, OpenPagesConnection)
    assert connection.to_json()["schema"] == {
        "types": {
            "useCase": "Register",
            "entity": "SOXBusEntity",
            "modelGroup": None,
            "model": "Model",
        },
        "fields": {
            "status": "MRG-AIFacts-ModelUseCase:Status",
            "riskLevel": "MRG-AIFacts-ModelUseCase:Risk Level",
            "owner": None,
            "groupArn": None,
        },
    }
    injected = one({**OPENPAGES, "types": {"useCase": "Register] FROM [x"}})
    assert "types.useCase" in injected.problems[0].message
    assert "entities names markets" in str(
        one({**OPENPAGES, "entities": {"own": 11001, "markets": "2"}}).problems
    )
    view = {"task_view_url": "https://op.example/app/jspview/react/grc/task-view/{id}?x=1"}
    assert not one({**OPENPAGES, **view}).problems
    assert one({**OPENPAGES, "task_view_url": "javascript:alert({id})"}).problems


def test_public_url_never_comes_from_a_server_with_a_login() -> None:
    def public(entry: dict[str, Any]) -> str | None:
        connection = one(entry).connections["ml"]
        assert isinstance(connection, MLflowConnection)
        return connection.public_url

    assert public(MLFLOW) == "https://ml.example"
    assert public({**MLFLOW, "url": "http://127.0.0.1:5000"}) is None
    assert public({**MLFLOW, "auth": {"type": "bearer", "token": {"env": "T"}}}) is None
    unreachable = one({**MLFLOW, "url": "http://localhost:5000", "ui": "tab"})
    assert "public_url" in unreachable.problems[0].hint
    assert "ml" in unreachable.connections


@pytest.mark.parametrize("url", ["http://localhost:1/x/", "http://[::1]:1/x", "https://h/x"])
def test_good_urls(url: str) -> None:
    assert check_url(url) == url.rstrip("/")


@pytest.mark.parametrize(
    ("metadata", "environ", "kind"),
    [
        ({"ResourceArn": "a", "UserProfileName": "p"}, {}, "studio-private"),
        ({"ResourceArn": "a"}, {"SAGEMAKER_SPACE_TYPE_LOWERCASE": "private"}, "studio-private"),
        ({"ResourceArn": "a"}, {"SAGEMAKER_SPACE_TYPE_LOWERCASE": "shared"}, "studio-shared"),
        (
            {"ResourceArn": "a", "UserProfileName": "p"},
            {"SAGEMAKER_SPACE_TYPE_LOWERCASE": "shared"},
            "studio-shared",
        ),
        ({"ResourceArn": "a"}, {}, "unknown"),
        ({"AdditionalMetadata": {"DataZoneScopeName": "x"}}, {}, "unified-studio"),
        ({}, {}, "unknown"),
        (None, {}, "unknown"),
    ],
)
def test_kinds_of_space(
    tmp_path: Path, metadata: object, environ: dict[str, str], kind: str
) -> None:
    path = tmp_path / "m.json"
    if metadata is not None:
        path.write_text(json.dumps(metadata))
    assert read_environment(str(path), environ).kind == kind


def test_facts_of_the_space(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    arn = "arn:aws:sagemaker:eu-central-1:111122223333:app/d-1/p/JupyterLab/default"
    path.write_text(json.dumps({"ResourceArn": arn, "AppImageVersion": "4.4.1"}))
    found = read_environment(str(path), {})
    assert (found.region, found.account) == ("eu-central-1", "111122223333")
    assert found.image_version == "4.4.1"
    path.write_text("{broken")
    broken = read_environment(str(path), {"AWS_REGION": "eu-west-1"})
    assert broken.problem is not None
    assert configure(None, broken).problems[0].message == broken.problem


@pytest.mark.parametrize(
    ("setting", "environment", "expected"),
    [
        (None, HERE, None),
        (False, HERE, None),
        (True, HERE, "ds-042"),
        ("passthrough", HERE, "ds-042"),
        # A shared space has nobody to name: reading goes on without.
        ("passthrough", SHARED, None),
        ("svc-lab@bank", SHARED, "svc-lab@bank"),
    ],
)
def test_source_identity(setting: object, environment: Environment, expected: str | None) -> None:
    connection = one({**ROLE, "source_identity": setting}, environment).connections["claims"]
    assert isinstance(connection, SageMakerConnection)
    assert connection.role is not None
    assert connection.role.source_identity == expected


@pytest.mark.parametrize("setting", ["x", "two words", "ü-profile", 7, ["ds-042"], "x" * 65])
def test_a_source_identity_that_sts_would_refuse(setting: object) -> None:
    result = one({**ROLE, "source_identity": setting})
    assert "source_identity must be" in result.problems[0].message
    without = {"id": "own", "kind": "sagemaker", "source_identity": True}
    assert "source_identity needs role_arn" in one(without).problems[0].message


def openpages(change: dict[str, Any]) -> tuple[OpenPagesConnection | None, list[str]]:
    result = configure([{**ROLE}, {**OPENPAGES, **change}], HERE)
    found = result.connections.get("op")
    assert found is None or isinstance(found, OpenPagesConnection)
    return found, [problem.message for problem in result.problems]


@pytest.mark.parametrize(
    "root",
    ["/opgrc", "/openpages/opgrc", "/openpages-wxgov-opgrc", "/openpages-a-b-opgrc", "/openpages"],
)
def test_root_paths(root: str) -> None:
    for end in ("", "/"):
        found, problems = openpages({"url": f"https://op.example{root}{end}"})
        assert found is not None
        assert found.url == f"https://op.example{root}"
        assert not problems


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://op.example/opgrc/api/v2", "before /api"),
        ("https://op.example/opgrc/api", "before /api"),
        ("https://op.example/opgrc/app/jspview/react/grc/dashboard", "a page of the console"),
        ("https://op.example/opgrc/logon.jsp", "a page of the console"),
    ],
)
def test_addresses_below_the_root_are_refused(url: str, text: str) -> None:
    found, problems = openpages({"url": url})
    assert found is None
    assert text in problems[0]


@pytest.mark.parametrize("url", ["https://op.example", "https://cpd.example/openpages-wxgov"])
def test_a_missing_root_path_is_doubted(url: str) -> None:
    found, problems = openpages({"url": url})
    assert found is not None
    assert problems == ["op: url has no root path of OpenPages."]


def test_each_registry_has_its_own_entity() -> None:
    found, problems = openpages({"entities": {"claims": "11001", "other": 11001}})
    assert found is not None
    assert found.entities == {"claims": "11001", "other": "11001"}
    assert problems == [
        "op: entities names other, which is no registry.",
        "op: claims, other have the same business entity 11001.",
    ]
    for bad in ({"claims": "1' OR"}, {"claims": ""}, {"claims": True}, ["11001"]):
        assert "entities must map" in openpages({"entities": bad})[1][0]


def test_linking_and_workflows() -> None:
    found, _ = openpages({})
    assert found is not None
    assert found.to_json()["linking"] == {"tag": False, "card": False}
    assert found.to_json()["workflows"] is True
    found, _ = openpages({"linking": {"write_tag": True}, "workflows": False})
    assert found is not None
    assert found.to_json()["linking"] == {"tag": True, "card": False}
    assert found.to_json()["workflows"] is False
    for bad, text in (
        ({"linking": True}, "linking must be an object"),
        ({"linking": {"tag": True}}, "unknown linking: tag"),
        ({"linking": {"write_card": "yes"}}, "write_card must be"),
        ({"workflows": "no"}, "workflows must be"),
    ):
        assert text in openpages(bad)[1][0]


def test_token_addresses_may_have_a_query() -> None:
    def token_url(value: str) -> OpenPagesConnection | None:
        return openpages({"auth": {**OPENPAGES["auth"], "token_url": value}})[0]

    for fine in (
        "https://iam.platform.saas.ibm.com/siusermgr/api/1.0/apikeys/token",
        "https://account-iam.platform.saas.ibm.com/api/2.0/services/i-1/apikeys/token",
        "https://account-iam.platform.saas.ibm.com/api/2.0/apikeys/token?includeRoles=true&a=",
        "https://eu-central-1.aws.data.ibm.com/api/rest/mcsp/apikeys/token",
    ):
        found = token_url(fine)
        assert found is not None
        assert found.auth.token_url == fine
    for bad in ("https://x.example/t?a b", "https://x.example/t?", "http://x.example/t?a=1"):
        assert token_url(bad) is None


SERVER = "arn:aws:sagemaker:eu-west-1:222233334444:mlflow-tracking-server/team"
APP = "arn:aws:sagemaker:eu-west-1:111122223333:mlflow-app/app-1"


def managed(**change: object) -> dict[str, Any]:
    return {"id": "ml", "kind": "mlflow", "arn": SERVER, **change}


def test_a_managed_server_needs_its_arn_only() -> None:
    connection = one(managed()).connections["ml"]
    assert isinstance(connection, MLflowConnection)
    assert connection.url == "https://eu-west-1.experiments.sagemaker.aws"
    assert (connection.auth.service, connection.auth.region) == ("sagemaker-mlflow", "eu-west-1")
    assert connection.auth.headers == {"x-mlflow-sm-tracking-server-arn": SERVER}
    assert (connection.routes, connection.assets, connection.read_only) == (
        "api",
        "installed",
        False,
    )
    app = one(managed(arn=APP)).connections["ml"]
    assert isinstance(app, MLflowConnection)
    assert app.auth.service == "sagemaker"
    assert app.auth.headers == {"x-sm-mlflow-app-arn": APP}


def test_what_is_not_confirmed_can_be_configured() -> None:
    auth = {"service": "other", "headers": {"x-other": SERVER}}
    connection = one(managed(auth=auth, url="https://vpce.example", routes="all")).connections["ml"]
    assert isinstance(connection, MLflowConnection)
    assert (connection.url, connection.auth.service) == ("https://vpce.example", "other")
    assert connection.auth.headers == {"x-other": SERVER}
    assert (connection.routes, connection.assets) == ("all", "upstream")


@pytest.mark.parametrize("place", [0, 1])
def test_an_account_is_reached_by_its_registrys_role(place: int) -> None:
    entries: list[object] = [managed()]
    entries.insert(place, ROLE)
    for change in ({}, {"registry": "claims"}):
        entries[1 - place] = managed(**change)
        connection = configure(entries, HERE).connections["ml"]
        assert isinstance(connection, MLflowConnection)
        assert connection.managed is not None
        assert connection.managed.control.id == "claims"
        assert connection.to_json()["registry"] == "claims"


def test_a_server_may_have_a_role_of_its_own() -> None:
    arn = "arn:aws:iam::222233334444:role/Mlflow"
    connection = one(managed(role_arn=arn, external_id="ext")).connections["ml"]
    assert isinstance(connection, MLflowConnection)
    assert connection.managed is not None
    role = connection.managed.control.role
    assert role is not None
    assert (role.arn, role.external_id) == (arn, "ext")
    assert connection.to_json()["registry"] is None


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (managed(arn="arn:aws:sagemaker:x"), "arn is not the ARN of an MLflow"),
        (managed(arn=7), "arn is not the ARN of an MLflow"),
        (managed(auth={"type": "basic"}), "auth.type must be sigv4"),
        (managed(auth={"role_arn": "x"}), "role_arn stands beside arn"),
        (managed(auth={"headers": 7}), "headers must be an object"),
        (managed(registry="nobody"), "registry nobody is no connection of kind sagemaker"),
        (managed(url="http://evil.example"), "url must use https"),
        (
            managed(arn=SERVER.replace("arn:aws:", "arn:aws-cn:")),
            "url is missing: the host of MLflow in partition aws-cn is unknown",
        ),
        ({**MLFLOW, "registry": "own"}, "registry needs arn"),
        ({**MLFLOW, "role_arn": "x"}, "role_arn needs arn"),
        ({**MLFLOW, "routes": "some"}, "routes must be all or api"),
        ({**MLFLOW, "assets": "cdn"}, "assets must be upstream or installed"),
        ({**MLFLOW, "version": "newest"}, "version must be a version of MLflow"),
        ({**MLFLOW, "artifact_stores": "s3://a"}, "artifact_stores must be a list"),
        ({**MLFLOW, "artifact_stores": ["https://a"]}, "artifact_stores must be a list"),
        ({**MLFLOW, "artifact_stores": ["s3://a b"]}, "artifact_stores must be a list"),
    ],
)
def test_mlflow_settings_that_are_wrong(entry: dict[str, Any], text: str) -> None:
    result = one(entry)
    assert "ml" not in result.connections
    assert text in result.problems[0].message


def test_a_registry_of_another_account_is_not_taken() -> None:
    result = configure([ROLE, managed(arn=APP, registry="claims")], HERE)
    assert "is of another account or region than arn" in result.problems[0].message


def test_shared_spaces_read_only_unless_said_otherwise() -> None:
    for change, expected in (({}, True), ({"read_only": False}, False)):
        for entry in ({**MLFLOW, **change}, managed(**change)):
            connection = one(entry, SHARED).connections["ml"]
            assert isinstance(connection, MLflowConnection)
            assert connection.read_only is expected
    private = one(MLFLOW, HERE).connections["ml"]
    assert isinstance(private, MLflowConnection)
    assert private.read_only is False


def test_a_custom_endpoint_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT", "http://169.254.169.254")
    message = one(managed()).problems[0].message
    assert "SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT" in message
    assert "never allowed" in message


def test_what_an_api_gateway_takes_is_known() -> None:
    auth = {"type": "sigv4", "service": "execute-api"}
    connection = one({**MLFLOW, "auth": auth}).connections["ml"]
    assert isinstance(connection, MLflowConnection)
    assert (connection.server, connection.routes, connection.assets) == (
        "api-gateway",
        "api",
        "installed",
    )
