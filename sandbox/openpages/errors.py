"""Refusals, in the shape this stand-in chose (the real one is not documented)."""

from __future__ import annotations


class OpenPagesError(Exception):
    """A refusal with HTTP status and OpenPages code.

    ``code`` is a published one (``OP-60002``, ``OP-60005``, ``OP-03381``) where one is
    known for the case, else None: clients must not depend on more.
    """

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = f"{code}: {message}" if code else message

    def as_json(self) -> dict[str, object]:
        """The body of the answer."""
        error: dict[str, str] = {"message": self.message}
        if self.code:
            error["code"] = self.code
        return {"status_code": self.status, "errors": [error]}


def invalid_field(type_name: str, field_name: str) -> OpenPagesError:
    """A field that the type does not have."""
    return OpenPagesError(
        400, f'Invalid Field: "{field_name}" is not a field of "{type_name}".', "OP-60005"
    )


def not_sql(why: str) -> OpenPagesError:
    """A statement that OpenPages cannot turn into SQL."""
    return OpenPagesError(400, f"The query failed to be transformed into SQL: {why}", "OP-60002")


def conflict() -> OpenPagesError:
    """Somebody else has just written the object.

    The words are published (IBM's labs meet them right after an object was made); the
    status is not, and 500 is what OpenPages gives for a value that is too long.
    """
    return OpenPagesError(500, "The object has been recently updated by another user.")
