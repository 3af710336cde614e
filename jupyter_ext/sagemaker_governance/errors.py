"""What the relay itself says when it refuses or fails."""

from __future__ import annotations

import json

from tornado.web import HTTPError

#: Error code -> HTTP status. The codes are part of the contract with the
#: front end (`X-Relay-Error`); 401 is never used, it would look like the lab's
#: own login.
STATUS = {
    "signed_out": 403,
    "cross_site": 403,
    "not_a_fetch": 403,
    "unknown_route": 404,
    "method_not_allowed": 405,
    "unknown_connection": 404,
    "operation_not_allowed": 403,
    "path_not_allowed": 403,
    "bad_path": 400,
    "bad_request": 400,
    "read_only": 403,
    "too_large": 413,
    "no_space": 507,
    "credentials_unavailable": 503,
    "credentials_expired": 503,
    "assume_role_denied": 403,
    "secret_unavailable": 503,
    "upstream_unreachable": 502,
    "upstream_timeout": 504,
    "upstream_closed": 502,
    "upstream_not_json": 502,
    "upstream_login_page": 502,
    "upstream_redirect": 502,
    "upstream_unauthorized": 502,
    "upstream_forbidden": 502,
    "upstream_wrong_path": 502,
    "upstream_too_large": 502,
    "upstream_refused": 502,
    "server_not_running": 503,
    "no_ui_assets": 501,
    "no_twin": 501,
    "no_artifact": 404,
    "internal": 500,
}


class RelayError(HTTPError):
    """A failure of the relay, as the browser is told.

    Parameters
    ----------
    code
        A key of `STATUS`.
    message
        What happened, to what. Never a secret, never a query string.
    hint
        What to do next.
    connection
        Id of the connection, if one was concerned.
    """

    def __init__(
        self, code: str, message: str, hint: str = "", connection: str | None = None
    ) -> None:
        super().__init__(STATUS[code], message)
        self.code = code
        self.message = message
        self.hint = hint
        self.connection = connection

    def body(self) -> bytes:
        """JSON text of the answer."""
        return json.dumps(
            {
                "error": {
                    "code": self.code,
                    "message": self.message,
                    "hint": self.hint,
                    "connection": self.connection,
                }
            },
            ensure_ascii=False,
        ).encode()
