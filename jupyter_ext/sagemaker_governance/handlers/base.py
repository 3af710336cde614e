"""What every route of ours has in common: who may ask, and how we answer."""

from __future__ import annotations

from http.client import responses
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from tornado.log import app_log

from ..errors import RelayError
from ..headers import SECURITY_HEADERS
from ..relay import Relay

ROUTE = "sagemaker-governance"


class RelayHandler(JupyterHandler):
    """Base of all our handlers.

    Studio starts the server without token and with `allow_origin='*'`, so what
    keeps other sites out is the XSRF token on unsafe methods and the fetch
    metadata that browsers add to every request.
    """

    #: Polling by the panel is no sign of a person at work.
    _track_activity = False

    def initialize(self, relay: Relay) -> None:
        """Take the shared state (tornado calls it)."""
        self.relay = relay
        self._connection_id: str | None = None

    # ------------------------------------------------------------ who may ask

    async def prepare(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override] # the base returns a union
        """Refuse what no `fetch` of the lab's own page sends."""
        self._check_fetch_metadata()
        await super().prepare(*args, **kwargs)
        self.clear_header("Access-Control-Allow-Origin")

    def _check_fetch_metadata(self) -> None:
        headers = self.request.headers
        site = headers.get("Sec-Fetch-Site")
        if site is not None and site not in ("same-origin", "none"):
            raise _cross_site()
        origin = headers.get("Origin")
        if (
            site is None
            and origin is not None
            and self.request.method in ("GET", "HEAD")
            and urlsplit(origin).netloc.lower() != self.request.host.lower()
        ):
            # Browsers add no Origin to a GET of the same origin.
            raise _cross_site()
        if headers.get("Service-Worker") is not None:
            raise _not_a_fetch("a service worker")
        destination = headers.get("Sec-Fetch-Dest", "empty")
        if destination != "empty" and not self.may_load(destination):
            raise _not_a_fetch(f"a {destination[:20]}")

    def may_load(self, destination: str) -> bool:
        """Whether something else than `fetch` may ask (`Sec-Fetch-Dest`)."""
        return False

    def get_login_url(self) -> str:
        """No redirect to the login page: who asks is a program."""
        raise signed_out()

    # ----------------------------------------------------------- how we answer

    @property
    def content_security_policy(self) -> str:
        """Nothing of ours is ever a page; not to be relaxed by `headers`."""
        return SECURITY_HEADERS["Content-Security-Policy"]

    def set_default_headers(self) -> None:
        """Headers of every answer, errors included."""
        super().set_default_headers()
        for name, value in SECURITY_HEADERS.items():
            self.set_header(name, value)
        self.set_header("Cache-Control", "no-store")
        for name in ("Origin", "Credentials"):
            self.clear_header(f"Access-Control-Allow-{name}")

    def set_cors_headers(self) -> None:
        """No other origin reads our answers, whatever `allow_origin` says."""

    def compute_etag(self) -> None:
        """No tag of tornado's: an upstream's own may pass, see `headers`."""
        return None

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Every failure as JSON, none as a page of Jupyter's."""
        exc_info = kwargs.get("exc_info")
        # Not `current_user`: a refusal may come before anybody was looked up.
        user = getattr(self, "_jupyter_current_user", None)
        error = _as_relay_error(status_code, exc_info[1] if exc_info else None, user)
        if error.connection is None:
            error.connection = self._connection_id
        self.set_status(error.status_code)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("X-Relay-Error", error.code)
        self.finish(error.body())

    # ------------------------------------------------------------------- logs

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log failures without query strings or bodies."""
        what = f"{self.request.method} {self.request.path}"
        if isinstance(value, RelayError):
            self.log.warning("%s: %s: %s", what, value.code, value.message)
        elif isinstance(value, web.HTTPError):
            self.log.warning("%s: HTTP %s", what, value.status_code)
        else:
            app_log.error("%s failed", what, exc_info=(typ, value, tb))

    def _log(self) -> None:
        # The access log prints the URI; a query may hold what people search.
        self.request.uri = self.request.path
        self.request.headers["Referer"] = "-"
        super()._log()


def _as_relay_error(status: int, error: BaseException | None, user: object) -> RelayError:
    if isinstance(error, RelayError):
        return error
    if status == 405:
        return RelayError("method_not_allowed", "This method is not allowed here.")
    if status == 403 and not user:
        return signed_out()
    if status in (403, 404):
        # XSRF token missing or wrong, or an origin that Jupyter refuses.
        return RelayError(
            "cross_site",
            "The request did not prove that it comes from the lab's own page.",
            "Reload the page.",
        )
    if 400 <= status < 500:
        text = responses.get(status, "bad request")
        return RelayError("bad_request", f"The request was refused: {text}.")
    return RelayError(
        "internal",
        "The server extension failed.",
        "Look into the log of the Jupyter server, and report it.",
    )


def signed_out() -> RelayError:
    """The answer to somebody whom the server does not know."""
    return RelayError("signed_out", "You are not signed in to the lab.", "Reload the page.")


def _cross_site() -> RelayError:
    return RelayError(
        "cross_site", "Requests from other sites are refused.", "Use the lab's own page."
    )


def _not_a_fetch(what: str) -> RelayError:
    return RelayError(
        "not_a_fetch",
        f"These routes answer requests of the extension, not {what}.",
        "Open it from the panel in the lab.",
    )


class UnknownRoute(RelayHandler):
    """Everything below our prefix that is not a route, as JSON."""

    async def _refuse(self) -> None:
        raise RelayError(
            "unknown_route",
            "The server extension has no such route.",
            "Reload the page: it may belong to another version of the extension.",
        )

    @web.authenticated
    async def get(self) -> None:
        """Refuse."""
        await self._refuse()

    head = post = put = patch = delete = get
