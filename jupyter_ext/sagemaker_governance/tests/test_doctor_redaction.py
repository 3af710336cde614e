"""No secret gets into a report: neither known ones, nor what looks like one."""

from __future__ import annotations

import base64
import json
import re
import string
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp import web
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ..doctor import cli
from ..doctor.finding import Finding
from ..doctor.redact import HIDDEN, Redactor, redactor
from ..doctor.report import text_report
from ..environment import Environment
from ..limits import Limits
from ..relay import Relay
from .conftest import ALL_SECRETS, SECRETS, expiry
from .lab import Lab, free_port
from .standin import StandIn, json_reply

HERE = Environment("studio-private", "d-1", "s", "ds", "eu-west-1", "111122223333", None)

#: Anything that a person or a machine makes a password of.
WORDS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x24F, exclude_categories=("Cc", "Cs", "Cf")),
    min_size=6,
    max_size=40,
).filter(lambda word: not word.isdecimal() and len(set(word)) > 3)
#: Without what ends a word in every format that a secret may stand in.
TOKENS = st.text(string.ascii_letters + string.digits + "-_.~", min_size=12, max_size=60).filter(
    lambda word: any(char.isdigit() for char in word) and len(set(word)) > 5
)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def spoken(secret: str) -> list[str]:
    """Sentences with a known secret, in the spellings that occur in errors."""
    encoded = base64.b64encode(secret.encode()).decode()
    return [
        f"the server said {secret} and left",
        json.dumps({"message": f"wrong: {secret}"}),
        json.dumps({"message": secret}, ensure_ascii=False),
        f"GET /x?y={quote(secret, safe='')} failed",
        f"cannot open https://host/{quote(secret)}",
        f"Basic {encoded}",
        f"x{secret}y",
        repr(secret),
    ]


@MANY
@given(WORDS)
@example("a/b+c=d/e?f#g")
@example('quote"and\\back')
def test_a_known_secret_is_hidden_wherever_it_stands(secret: str) -> None:
    hide = Redactor([secret])
    for sentence in spoken(secret):
        shown = hide.text(sentence)
        assert secret not in shown, (sentence, shown)
        assert quote(secret, safe="") not in shown
        assert base64.b64encode(secret.encode()).decode().rstrip("=") not in shown


@MANY
@given(TOKENS)
def test_what_looks_like_a_secret_is_hidden(secret: str) -> None:
    hide = Redactor([])
    part = re.sub(r"[.~]", "x", secret)
    assert part not in hide.text(f"with eyJhbGciOiJ9{part}.{part}.{part}, which ended")
    for sentence in (
        f"Authorization: Bearer {secret}",
        f"authorization: {secret} and {secret}",
        f"sent with Bearer {secret}.",
        f'{{"access_token": "{secret}"}}',
        f"{{'password': '{secret}'}}",
        f"password={secret}&user=me",
        f"api_key: {secret}",
        f"SecretAccessKey={secret}",
        f"Cookie: a=1; session={secret}",
        f"Set-Cookie: id={secret}; Path=/",
        f"https://me:{secret}@proxy:8080/x",
        f"http://{secret}@host",
        f"https://host/a?X-Amz-Signature={secret}",
        f"https://host/auth?authToken={secret}#{secret}",
        f"/path?sig={secret}",
        f"see s3://bucket/key?{secret}",
        f"X-Amz-Security-Token: {secret}",
        f"{secret}{secret}{secret}{secret}{secret}{secret}{secret}".replace(".", "a").replace(
            "~", "b"
        ),
    ):
        shown = hide.text(sentence)
        assert secret not in shown, (sentence, shown)
        assert HIDDEN in shown


@pytest.mark.parametrize(
    "sentence",
    [
        "arn:aws:iam::222233334444:role/SageMakerGovernanceRegistry",
        "arn:aws:sts::111122223333:assumed-role/SageMakerGovernanceDataScientist/ds-042",
        "Ask for secretsmanager:GetSecretValue on it.",
        "sagemaker:Search is not allowed",
        "upstream_unreachable",
        "host.example:8443 could not be reached (upstream_unreachable)",
        "https://host/openpages/opgrc answered",
        "the wheel is not the pinned one (SHA-256 " + "ab12" * 16 + ")",
        "The environment variable OP_APIKEY of op is not set.",
        "Set SageMakerGovernance.read_timeout.",
        "can be read: secret team/mlflow (key token)",
        "MRG-AIFacts-ModelUseCase:Risk Level",
    ],
)
def test_what_an_administrator_needs_stays(sentence: str) -> None:
    assert Redactor([]).text(sentence) == sentence


@MANY
@given(WORDS, st.sampled_from(["entry", "header", "environment", "proxy", "reference", "login"]))
def test_every_source_of_secrets_is_known(secret: str, source: str) -> None:
    entry: dict[str, object] = {"id": "ml", "kind": "mlflow", "url": "https://host"}
    env: dict[str, str] = {}
    if source == "entry":
        entry["auth"] = {"type": "bearer", "token": secret}
    elif source == "header":
        entry["headers"] = {"X-Api-Key": secret}
    elif source == "environment":
        env["TEAM_PASSWORD"] = secret
    elif source == "proxy":
        env["HTTPS_PROXY"] = f"http://me:{quote(secret, safe='')}@proxy:8080"
    elif source == "reference":
        entry["auth"] = {"type": "bearer", "token": {"env": "ODD_NAME"}}
        env["ODD_NAME"] = secret
    else:
        entry["url"] = f"https://me:{quote(secret, safe='')}@host/x"
    hide = redactor(Relay([entry], HERE, Limits()), env)
    for sentence in spoken(secret):
        assert secret not in hide.text(sentence), source


def test_a_report_keeps_its_form_whatever_is_in_it() -> None:
    odd = "a\r\nb\x1b[31m\u202e\u200b" + "x " * 2000
    line = Redactor([]).json(Finding("clock", "failed", odd, odd))
    assert len(line["message"]) <= 1200
    text = text_report([{**line, "group": "installation"}], "head", unicode=False)
    assert text.isascii()
    assert all(len(row) <= 80 for row in text.splitlines())
    assert "\x1b" not in text


# ------------------------------------------------------------- end to end

HOSTILE = {
    "HOSTILE_PASSWORD": "env-Gooseberry/9?8#7@6",
    "HOSTILE_APIKEY": "key-Blackcurrant=1207",
    "PLAIN_REFERENCE": "ref-Redcurrant-3381",
    "HTTPS_PROXY": "http://svc:proxy-Tayberry-5512@proxy.bank:8080",
    "GIT_REMOTE": "https://me:git-Boysenberry-7710@git.bank/x.git?private_token=q-Cranberry-22",
    "AWS_SECRET_ACCESS_KEY": "aws-Lingonberry-secret-8841",
}
CONFIGURED = {
    "plain": "plain-Mulberry-6673",
    "header": "hdr-Dewberry-9031",
    "url": "url-Huckleberry-4402",
    "query": "qry-Chokeberry-1195",
    "token_query": "tkq-Marionberry-6627",
}
#: What no upstream should say, in the words in which they say it.
ECHOED = {
    "unknown": "unk-Salmonberry-3029",
    "cookie": "ck-Juneberry-7736",
    "presigned": "sig-Wineberry-9914",
}


def hostile_configuration(url: str) -> dict[str, object]:
    """Secrets where the rules put them, and where they do not."""
    role = "arn:aws:iam::222233334444:role/Reader"
    return {
        "connections": [
            {
                "id": "own",
                "kind": "sagemaker",
                "region": "eu-west-1",
                "endpoint_url": f"{url}/registry",
                "sts_endpoint_url": f"{url}/sts",
            },
            {
                "id": "claims",
                "kind": "sagemaker",
                "region": "eu-west-1",
                "role_arn": role,
                "endpoint_url": f"{url}/registry",
                "sts_endpoint_url": f"{url}/sts",
            },
            {
                "id": "plain",
                "kind": "mlflow",
                "url": url,
                "auth": {"type": "bearer", "token": CONFIGURED["plain"]},
            },
            {
                "id": "hdr",
                "kind": "mlflow",
                "url": f"{url}/ml",
                "headers": {"X-Gate": CONFIGURED["header"]},
            },
            {
                "id": "bad-url",
                "kind": "mlflow",
                "url": f"https://me:{CONFIGURED['url']}@host/x?sig={CONFIGURED['query']}",
            },
            {
                "id": "basic",
                "kind": "mlflow",
                "url": f"{url}/ml",
                "auth": {
                    "type": "basic",
                    "username": "svc",
                    "password": {"env": "HOSTILE_PASSWORD"},
                },
            },
            {
                "id": "bearer",
                "kind": "mlflow",
                "url": f"{url}/ml",
                "auth": {"type": "bearer", "token": {"env": "PLAIN_REFERENCE"}},
            },
            {
                "id": "op",
                "kind": "openpages",
                "url": f"{url}/op",
                "auth": {
                    "type": "mcsp",
                    "token_url": f"{url}/token?scope={CONFIGURED['token_query']}",
                    "apikey": {"env": "HOSTILE_APIKEY"},
                },
                "entities": {"own": "11001"},
            },
            {"id": "gone", "kind": "mlflow", "url": f"http://127.0.0.1:{free_port()}"},
        ],
    }


async def echo(request: web.Request) -> web.StreamResponse:
    """An upstream that prints everything it knows, and more."""
    body = (await request.read()).decode("utf-8", "replace")
    told = {
        "message": f"no: {dict(request.headers)} {body} {request.raw_path}",
        "password": ECHOED["unknown"],
        "header": f"Set-Cookie: session={ECHOED['cookie']}; Secure",
        "link": f"https://bucket.s3.amazonaws.com/k?X-Amz-Signature={ECHOED['presigned']}",
        "all": [*HOSTILE.values(), *CONFIGURED.values(), *ALL_SECRETS],
    }
    return json_reply({**told, "Message": json.dumps(told), "__type": "ValidationException"}, 400)


async def credentials(request: web.Request) -> web.StreamResponse:
    return json_reply(
        {
            "AccessKeyId": "ASIAHOSTILE000000000",
            "SecretAccessKey": ALL_SECRETS[0],
            "Token": ALL_SECRETS[1],
            "Expiration": expiry(3600),
        }
    )


def forbidden() -> list[str]:
    """Every secret, as it stands and as it travels."""
    values = [*HOSTILE.values(), *CONFIGURED.values(), *ECHOED.values(), *SECRETS.values()]
    values += [*ALL_SECRETS, "proxy-Tayberry-5512", "git-Boysenberry-7710", "q-Cranberry-22"]
    values += ["ASIAHOSTILE000000000"]
    logins = [base64.b64encode(f"svc:{one}".encode()).decode() for one in values]
    return [*values, *logins, *(quote(one, safe="") for one in values)]


def test_neither_stream_nor_command_line_tell_a_secret(
    upstream: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    upstream.on("/", echo)
    upstream.on("/creds", credentials)
    environ = {
        **HOSTILE,
        "AWS_REGION": "eu-west-1",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{upstream.url}/creds",
        "AWS_ENDPOINT_URL_IAM": f"{upstream.url}/iam",
        "NO_PROXY": "127.0.0.1",
    }
    del environ["AWS_SECRET_ACCESS_KEY"]
    configuration = hostile_configuration(upstream.url)
    lab = Lab(tmp_path / "lab", configuration, {**environ, "OTHER_SECRET": "oth-Bilberry-8806"})
    try:
        streamed = lab.post("doctor").body.decode()
    finally:
        lab.stop()
    settings_folder = tmp_path / "config"
    settings_folder.mkdir()
    (settings_folder / "jupyter_sagemaker_governance_config.json").write_text(
        json.dumps({"SageMakerGovernance": configuration})
    )
    for name, value in {**environ, "JUPYTER_CONFIG_DIR": str(settings_folder)}.items():
        monkeypatch.setenv(name, value)
    outputs = [streamed]
    for arguments in (["doctor"], ["doctor", "--json"]):
        assert cli.main(arguments) == cli.FOUND
        written = capsys.readouterr()
        outputs += [written.out, written.err, " ".join(written.out.split())]
    for output in outputs[:2]:
        # The upstream was asked, and what it said was looked at.
        assert "HTTP 400" in output or "ValidationException" in output
    for output in outputs:
        for secret in forbidden():
            assert secret not in output, (
                secret,
                output[max(0, output.index(secret) - 300) :][:600],
            )
    assert "proxy.bank:8080 (with a login)" in streamed
