"""Where an AWS service is reached, by the rules that botocore documents."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..addresses import check_url
from ..errors import RelayError

if TYPE_CHECKING:
    from botocore.session import Session

#: botocore's name of the service -> its prefix in the endpoint data.
_PREFIX = {"sagemaker": "api.sagemaker", "sts": "sts"}


def endpoint(session: Session, service: str, region: str, connection: str) -> str:
    """Endpoint of a service without trailing slash.

    Order: `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the profile's
    `services` section, its `endpoint_url`, the partition's own (with FIPS and
    dual-stack settings). The service model is not loaded for it, which would
    cost some 300 ms.

    Raises
    ------
    RelayError
        `upstream_unreachable` when the setting is no address that may be used.
    """
    configured = _configured(session, service)
    if configured:
        try:
            return check_url(configured)
        except ValueError as error:
            raise RelayError(
                "upstream_unreachable",
                f"The configured endpoint of {service} {error}.",
                f"Check AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_{service.upper()} and the profile.",
                connection,
            ) from error
    resolver: Any = session.get_component("endpoint_resolver")
    data = resolver.construct_endpoint(
        _PREFIX.get(service, service),
        region,
        use_fips_endpoint=_flag(session, "use_fips_endpoint"),
        use_dualstack_endpoint=_flag(session, "use_dualstack_endpoint"),
    )
    if data is None:
        raise RelayError(
            "upstream_unreachable",
            f"botocore knows no endpoint of {service} in {region}.",
            "Check the region, or set endpoint_url of the connection.",
            connection,
        )
    return f"https://{data['hostname']}"


def _flag(session: Session, name: str) -> bool:
    return bool(session.get_config_variable(name))


def _configured(session: Session, service: str) -> str | None:
    if session.get_config_variable("ignore_configured_endpoint_urls"):
        return None
    found = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get(
        "AWS_ENDPOINT_URL"
    )
    if found:
        return found
    profile: Mapping[str, Any] = session.get_scoped_config()
    sections: Mapping[str, Any] = session.full_config.get("services", {})
    section = sections.get(profile.get("services", ""), {}).get(service, {})
    if isinstance(section, Mapping) and section.get("endpoint_url"):
        return str(section["endpoint_url"])
    return profile.get("endpoint_url")
