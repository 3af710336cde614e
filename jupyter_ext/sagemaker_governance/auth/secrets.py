"""Secrets behind references, resolved on the server and kept for minutes."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..connections import Secret
from ..errors import RelayError
from ..foreign import parse_json

if TYPE_CHECKING:
    from .aws import Aws

#: Seconds after which a secret of Secrets Manager is read again.
LIFETIME = 300.0


class Secrets:
    """Resolves references of the configuration."""

    def __init__(self, aws: Aws, region: str | None) -> None:
        self._aws = aws
        self._region = region
        self._known: dict[str, tuple[float, str]] = {}

    async def value(self, secret: Secret | str | None, connection: str) -> str:
        """The secret's value; a plain string is a value that is no secret.

        Raises
        ------
        RelayError
            `secret_unavailable`
        """
        if secret is None:
            return ""
        if isinstance(secret, str):
            return secret
        if secret.source == "env":
            value = os.environ.get(secret.name, "")
            if not value:
                raise _unavailable(
                    secret, connection, "is not set", "Set it for the Jupyter server, restart it."
                )
            return _header_safe(value, secret, connection)
        now = time.monotonic()
        kept = self._known.get(secret.name)
        if kept is None or now - kept[0] > LIFETIME:
            text = await asyncio.to_thread(self._read, secret, connection)
            kept = (now, text)
            self._known[secret.name] = kept
        return _header_safe(_pick(kept[1], secret, connection), secret, connection)

    def secrets_in_use(self) -> Iterator[str]:
        """Values read from Secrets Manager that are in memory, and their members."""
        for _, text in list(self._known.values()):
            yield text
            try:
                data = parse_json(text)
            except ValueError:
                continue
            if isinstance(data, dict):
                yield from (value for value in data.values() if isinstance(value, str))

    def forget(self, secret: Secret | str | None) -> None:
        """Read a secret again at the next use: its value was refused."""
        if isinstance(secret, Secret):
            self._known.pop(secret.name, None)

    def _read(self, secret: Secret, connection: str) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        # An ARN names its region; a name is looked up in the space's.
        region = secret.name.split(":")[3] if secret.name.startswith("arn:") else self._region
        try:
            client = self._aws.client("secretsmanager", region)
            text = client.get_secret_value(SecretId=secret.name).get("SecretString")
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            hint = "Check that it exists in this account and region."
            if "AccessDenied" in code:
                hint = "The role of the space needs secretsmanager:GetSecretValue on it."
            raise _unavailable(secret, connection, f"was refused ({code})", hint) from error
        except BotoCoreError as error:
            raise _unavailable(
                secret,
                connection,
                f"could not be read ({type(error).__name__})",
                "Check the network path to Secrets Manager.",
            ) from error
        if not isinstance(text, str):
            raise _unavailable(secret, connection, "holds no text", "Store it as a string.")
        return text


def _pick(text: str, secret: Secret, connection: str) -> str:
    if secret.key is None:
        return text
    try:
        value = json.loads(text)[secret.key]
    except (ValueError, KeyError, TypeError, IndexError):
        value = None
    if not isinstance(value, str):
        raise _unavailable(
            secret, connection, "has no such text", "Check `key` against the secret's JSON."
        ) from None
    return value


def _header_safe(value: str, secret: Secret, connection: str) -> str:
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in value):
        raise _unavailable(
            secret, connection, "holds line breaks or control characters", "Store one line."
        )
    return value


def _unavailable(secret: Secret, connection: str, what: str, hint: str) -> RelayError:
    return RelayError(
        "secret_unavailable", f"The {secret} of {connection} {what}.", hint, connection
    )
