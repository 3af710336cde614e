"""Puts the sandbox's SageMaker and IAM behind moto's own front door.

moto stays what reads the request, finds the account of the access key and checks the
signature. What it has not: an end of sessions, conditions in policies, trust by external
id, and most of the model registry. Those are put in at its own seams.
"""

from __future__ import annotations

import calendar
import hashlib
import json
import sys
import time
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSRequest
from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.iam import access_control
from moto.iam.access_control import IAMRequest, S3IAMRequest
from moto.s3.models import s3_backends
from moto.sagemaker.responses import SageMakerResponse
from moto.sts.models import AssumedRole, sts_backends
from moto.sts.responses import TokenResponse

from . import accounts
from .authorization import Request
from .errors import QUERY, ApiError, Refusal
from .identity import Caller, Session, principal_id

if TYPE_CHECKING:
    from .world import World
from .service import OPERATIONS
from .studio import cloudformation as cloudformation

CHAINED_LIMIT = 3600
"""Longest session of a role that a role's session assumes, in seconds."""
MAX_SKEW = 300.0
"""Seconds that a signature's date may be away from now."""
UNSIGNED = "UNSIGNED-PAYLOAD"

BODY: ContextVar[bytes] = ContextVar("body")
"""Bytes of the request's body, set before moto reads it."""

_world: World | None = None


def world() -> World:
    """The sandbox that this process serves."""
    if _world is None:
        raise RuntimeError("install() was not called")
    return _world


def assumed_role(account: str, access_key: str) -> AssumedRole | None:
    """moto's record of a session."""
    found: AssumedRole | None = sts_backends[account]["aws"].get_assumed_role_from_access_key(
        access_key
    )
    return found


def caller_of(account: str, access_key: str) -> Caller:
    """The caller behind an authenticated access key.

    Raises:
        ApiError: the key is of nobody that the sandbox made.
    """
    role = assumed_role(account, access_key)
    session = world().sessions.get(access_key)
    if role is None or session is None:
        raise ApiError(
            "UnrecognizedClientException", "The security token included in the request is invalid."
        )
    name = role.role_arn.rpartition("/")[2]
    return Caller(
        account=account,
        arn=role.arn,
        role=name,
        principal_id=principal_id(account, name, role.session_name),
        profile=session.profile,
        source_identity=session.source_identity,
    )


def _refuse(service: str, code: str, message: str) -> Refusal:
    """A refusal of the request's authentication, in the service's own words."""
    if service in QUERY:
        names = {
            "ExpiredTokenException": "ExpiredToken",
            "UnrecognizedClientException": "InvalidClientTokenId",
            "InvalidSignatureException": "SignatureDoesNotMatch",
        }
        return Refusal(ApiError(names[code], message, 403), service)
    return Refusal(ApiError(code, message), service)


class SandboxRequest(IAMRequest):
    """moto's check of a request, with expiry, clock and payload."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        key = self._headers["Authorization"].partition("Credential=")[2].partition("/")[0]
        session = world().sessions.get(key)
        if session is not None and session.expires <= time.time():
            raise _refuse(
                self._service,
                "ExpiredTokenException",
                "The security token included in the request is expired",
            )

    def check_signature(self) -> None:
        super().check_signature()
        signed = self._headers["X-Amz-Date"]
        at = time.strptime(signed + " UTC", "%Y%m%dT%H%M%SZ %Z")
        skew = time.time() - calendar.timegm(at)
        if abs(skew) > MAX_SKEW:
            raise _refuse(
                self._service,
                "InvalidSignatureException",
                f"Signature expired: {signed} is {abs(skew):.0f} s away from the server's time.",
            )
        told = self._headers.get("X-Amz-Content-SHA256")
        body = BODY.get()
        if told and told != UNSIGNED and told != hashlib.sha256(body).hexdigest():
            self._raise_signature_does_not_match()

    def _create_aws_request(self) -> AWSRequest:
        """The request as it came; moto would write a form's body anew."""
        request = super()._create_aws_request()
        request.data = BODY.get()
        return request

    def check_action_permitted(self, resource: str) -> None:
        operation = self._action.partition(":")[2]
        if self._service == "sagemaker" and operation in OPERATIONS:
            return  # asked by the operation itself, which knows the resource and conditions
        if self._service == "sts" and operation in ("AssumeRole", "GetCallerIdentity"):
            return  # likewise; everybody may ask who they are
        if self._service == "secretsmanager" and operation == "GetSecretValue":
            self._check_secret()
            return
        if self._service == "iam" and "RoleName" in self._data:
            name = self._data["RoleName"]
            role = name[0] if isinstance(name, list) else name
            self._ask(f"arn:aws:iam::{self.account_id}:role/{role}")
            return
        super().check_action_permitted(resource)

    def _check_secret(self) -> None:
        """Ask for one secret by name; moto asks for all of them."""
        name = json.loads(self._body).get("SecretId", "")
        arn = f"arn:aws:secretsmanager:{self._region}:{self.account_id}:secret:{name}"
        self._ask(name if name.startswith("arn:") else arn)

    def _ask(self, resource: str) -> None:
        """Ask the simulator about one resource."""
        request = Request(self._action, resource, self.account_id)
        try:
            caller = caller_of(self.account_id, self._access_key._access_key_id)
            world().authorizer.require(caller, accounts.policies_of_caller(caller), request)
        except ApiError as error:
            raise Refusal(error, self._service) from None

    def _raise_signature_does_not_match(self) -> None:
        raise _refuse(
            self._service,
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service "
            "documentation for details.",
        )

    def _raise_invalid_access_key(self, _: str) -> None:
        raise _refuse(
            self._service,
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        )

    def _raise_access_denied(self) -> None:
        text = f"User: {self._access_key.arn} is not authorized to perform: {self._action}"
        code, status = (
            ("AccessDenied", 403)
            if self._service in QUERY
            else (
                "AccessDeniedException",
                400,
            )
        )
        raise Refusal(ApiError(code, text, status), self._service)


class SandboxS3Request(S3IAMRequest):
    """moto's check of an S3 request, with expiry."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        key = self._headers["Authorization"].partition("Credential=")[2].partition("/")[0]
        session = world().sessions.get(key)
        if session is not None and session.expires <= time.time():
            raise Refusal(ApiError("ExpiredToken", "The provided token has expired."), "s3")

    def check_action_permitted(self, resource: str) -> None:
        """moto's check, with the bucket's region before it and the object's key after it."""
        name, _, key = resource.rpartition(":")[2].partition("/")
        bucket = s3_backends[self.account_id]["aws"].buckets.get(name)
        if bucket is not None and bucket.region_name != self._region:
            text = "The bucket you are attempting to access must be addressed in its own region."
            raise Refusal(
                ApiError("PermanentRedirect", text, 301),
                "s3",
                {"x-amz-bucket-region": bucket.region_name},
            )
        super().check_action_permitted(resource)
        found = bucket.keys.get(key) if bucket is not None and key else None
        if self._method == "GET" and found is not None and found.kms_key_id:
            self._check_key(found.kms_key_id)

    def _check_key(self, key: str) -> None:
        """Who reads an object must be allowed its key too (SSE-KMS)."""
        # The policy that a key has by default: the account's IAM decides.
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{self.account_id}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        try:
            caller = caller_of(self.account_id, self._access_key._access_key_id)
            request = Request("kms:Decrypt", key, self.account_id, resource_policy=policy)
            world().authorizer.require(caller, accounts.policies_of_caller(caller), request)
        except ApiError:
            text = (
                f"User: {self._access_key.arn} is not authorized to perform: kms:Decrypt on the "
                "resource associated with this ciphertext because no identity-based policy "
                "allows the kms:Decrypt action"
            )
            raise Refusal(ApiError("AccessDenied", text, 403), "s3") from None


def _answer(name: str) -> Callable[[SageMakerResponse], Any]:
    """Method that serves one operation in moto's response class."""

    def serve(self: SageMakerResponse) -> Any:
        try:
            caller = caller_of(self.current_account, self.get_access_key())
            answer = world().service.call(
                name,
                self.raw_body,
                caller,
                accounts.policies_of_caller(caller),
                self.region,
                time.time(),
            )
        except ApiError as error:
            raise Refusal(error, "sagemaker") from None
        except Exception:
            traceback.print_exc(file=sys.stderr)
            failure = ApiError("InternalFailure", "The sandbox failed; its log has more.", 500)
            raise Refusal(failure, "sagemaker") from None
        return 200, {}, json.dumps(answer, ensure_ascii=False)

    return serve


def _parse_parameters(self: SageMakerResponse, request: Any) -> None:
    """Leave the body of our own operations to their own check."""
    if self._get_action() in OPERATIONS:
        self.params = {}
    else:
        super(SageMakerResponse, self).parse_parameters(request)


def _assume_role(original: Callable[[TokenResponse], ActionResult]) -> Callable[..., ActionResult]:
    """``AssumeRole`` that asks both policies and keeps who it is."""

    def assume_role(self: TokenResponse) -> ActionResult:
        try:
            caller = caller_of(self.current_account, self.get_access_key())
            session = _check_assume(self, caller)
        except ApiError as error:
            raise Refusal(error, "sts") from None
        result = original(self)
        answer = result.result
        assert isinstance(answer, dict)
        world().sessions.add(answer["Credentials"].access_key_id, session)
        return result

    return assume_role


def _check_assume(response: TokenResponse, caller: Caller) -> Session:
    arn: str = response._get_param("RoleArn") or ""
    account, _, role = arn.removeprefix("arn:aws:iam::").partition(":role/")
    duration = int(response._get_param("DurationSeconds") or 3600)
    if not 900 <= duration <= 43200:
        raise ApiError("ValidationError", "DurationSeconds must be between 900 and 43200.")
    if duration > CHAINED_LIMIT:
        raise ApiError(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed "
            "by role chaining",
        )
    asked: str | None = response._get_param("SourceIdentity")
    if asked and caller.source_identity and asked != caller.source_identity:
        raise ApiError(
            "AccessDenied", "SourceIdentity cannot be changed in a chained session.", 403
        )
    source = caller.source_identity or asked
    trust = accounts.trust_of(account, role.rpartition("/")[2]) if account.isdigit() else None
    context: dict[str, str | list[str]] = {
        "sts:RoleSessionName": response._get_param("RoleSessionName") or ""
    }
    external_id = response._get_param("ExternalId")
    if external_id:
        context["sts:ExternalId"] = external_id
    if source:
        context["sts:SourceIdentity"] = source
    policies = accounts.policies_of_caller(caller)
    nobody = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"},
        ],
    }
    for action in ("AssumeRole", *(("SetSourceIdentity",) if source else ())):
        request = Request(f"sts:{action}", arn, account, context, trust or nobody)
        try:
            world().authorizer.require(caller, policies, request)
        except ApiError:
            # STS does not tell which side refused, so that roles cannot be guessed.
            raise ApiError(
                "AccessDenied",
                f"User: {caller.arn} is not authorized to perform: sts:{action} on resource: {arn}",
                403,
            ) from None
    return Session(None, source, time.time() + duration)


def install(served: World) -> None:
    """Put everything in place; from now on moto asks for signatures and rights."""
    global _world
    first = _world is None
    _world = served
    if first:
        for name in OPERATIONS:
            setattr(SageMakerResponse, camelcase_to_underscores(name), _answer(name))
        SageMakerResponse.parse_parameters = _parse_parameters
        # The body stays bytes: what is not UTF-8 is refused, not a crash.
        SageMakerResponse.use_raw_body = True
        TokenResponse.assume_role = _assume_role(TokenResponse.assume_role)
        access_control.IAMRequest = SandboxRequest
        access_control.S3IAMRequest = SandboxS3Request
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    ActionAuthenticatorMixin.request_count = 0
