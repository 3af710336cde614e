"""SageMaker's operations on spaces and apps."""

from __future__ import annotations

import copy

from .. import shapes
from ..errors import invalid
from ..registry import Place, Record, Registry, listed
from .domains import profile
from .store import (
    APP_TYPE_OF,
    LIVE,
    NONE,
    Domain,
    arn,
    check_scripts,
    details,
    in_use,
    missing,
    tidied,
)

SETTINGS_OF = {app_type: name for name, app_type in APP_TYPE_OF.items()}


def _space(domain: Domain, name: str) -> Record:
    if name not in domain.spaces:
        raise missing(f"Space {name}")
    return domain.spaces[name]


def create(registry: Registry, place: Place, params: Record) -> Record:
    """``CreateSpace``, private or shared."""
    domain = registry.studio.domain(place, params["DomainId"])
    name = params["SpaceName"]
    if name in domain.spaces:
        raise in_use(f"Space {name} already exists.")
    sharing, owner = params.get("SpaceSharingSettings"), params.get("OwnershipSettings")
    if (sharing is None) != (owner is None):
        raise invalid("SpaceSharingSettings and OwnershipSettings are needed together.")
    if owner is not None:
        profile(domain, owner["OwnerUserProfileName"])
    if sharing == {"SharingType": "Shared"}:
        role = domain.record.get("DefaultSpaceSettings", {}).get("ExecutionRole")
        if role is None:
            raise invalid("The domain has no DefaultSpaceSettings.ExecutionRole for shared spaces.")
    check_scripts(registry.studio.shelf(place), params.get("SpaceSettings", {}))
    record = {k: copy.deepcopy(v) for k, v in params.items() if k != "Tags"}
    record |= {
        "SpaceArn": arn(place, f"space/{params['DomainId']}/{name}"),
        "Status": "InService",
        "CreationTime": place.now,
        "LastModifiedTime": place.now,
        "SpaceSettings": tidied(copy.deepcopy(params.get("SpaceSettings", {}))),
    }
    domain.spaces[name] = record
    return {"SpaceArn": record["SpaceArn"]}


def describe(registry: Registry, place: Place, params: Record) -> Record:
    """``DescribeSpace``."""
    domain = registry.studio.domain(place, params["DomainId"])
    return copy.deepcopy(_space(domain, params["SpaceName"]))


def listing(registry: Registry, place: Place, params: Record) -> Record:
    """``ListSpaces`` of one domain or of all."""
    names = shapes.members("ListSpaces", "Spaces")
    summary = shapes.members("ListSpaces", "Spaces", "SpaceSettingsSummary")
    part = params.get("SpaceNameContains", "").lower()
    found = []
    for domain_id, domain in registry.studio.shelf(place).domains.items():
        if params.get("DomainIdEquals") not in (None, domain_id):
            continue
        for name, one in domain.spaces.items():
            if part in name.lower():
                more = {"SpaceSettingsSummary": details(one["SpaceSettings"], summary)}
                for member in ("SpaceSharingSettings", "OwnershipSettings"):
                    if member in one:
                        more[f"{member}Summary"] = one[member]
                found.append(details(one, names, **more))
    by = params.get("SortBy", "CreationTime")
    found.sort(key=lambda one: one[by], reverse=params.get("SortOrder") == "Descending")
    return listed("Spaces", found, params)


def update(registry: Registry, place: Place, params: Record) -> Record:
    """``UpdateSpace``; refused while its app runs."""
    studio = registry.studio
    domain = studio.domain(place, params["DomainId"])
    record = _space(domain, params["SpaceName"])
    _refuse_running(domain, params["SpaceName"])
    if "SpaceSettings" in params:
        check_scripts(studio.shelf(place), params["SpaceSettings"])
        record["SpaceSettings"] = studio.merged(record["SpaceSettings"], params["SpaceSettings"])
    if "SpaceDisplayName" in params:
        record["SpaceDisplayName"] = params["SpaceDisplayName"]
    record["LastModifiedTime"] = place.now
    return {"SpaceArn": record["SpaceArn"]}


def _refuse_running(domain: Domain, name: str) -> None:
    if any(app.get("SpaceName") == name for app in domain.live_apps()):
        raise in_use(f"Space {name} still runs an app.")


def delete(registry: Registry, place: Place, params: Record) -> Record:
    """``DeleteSpace``; refused while its app runs."""
    domain = registry.studio.domain(place, params["DomainId"])
    _space(domain, params["SpaceName"])
    _refuse_running(domain, params["SpaceName"])
    del domain.spaces[params["SpaceName"]]
    return {}


def _owner(domain: Domain, params: Record) -> tuple[str, Record]:
    """Whose app it is, and the settings that reach it.

    A structure of app settings in a user profile hides the domain's whole structure: AWS
    says that the profile's values win, not at what depth; this is the case an installer
    has to be ready for.
    """
    space_name, user = params.get("SpaceName"), params.get("UserProfileName")
    if (space_name is None) == (user is None):
        raise invalid("Exactly one of SpaceName and UserProfileName is needed.")
    if space_name is not None:
        space = _space(domain, space_name)
        if space.get("SpaceSharingSettings", {}).get("SharingType") == "Shared":
            return f"space/{space_name}", domain.record.get("DefaultSpaceSettings", {})
        user = space["OwnershipSettings"]["OwnerUserProfileName"]
    settings = profile(domain, str(user))["UserSettings"]
    owner = f"space/{space_name}" if space_name is not None else f"profile/{user}"
    return owner, domain.record["DefaultUserSettings"] | settings


def create_app(registry: Registry, place: Place, params: Record) -> Record:
    """``CreateApp``; it runs at once, with the built-in script of this moment."""
    domain = registry.studio.domain(place, params["DomainId"])
    app_type, name = params["AppType"], params["AppName"]
    if app_type in ("JupyterLab", "CodeEditor") and (
        "SpaceName" not in params or name != "default"
    ):
        raise invalid(f"An app of type {app_type} needs a SpaceName and the AppName default.")
    owner, settings = _owner(domain, params)
    if domain.apps.get((owner, app_type, name), {}).get("Status") in LIVE:
        raise in_use(f"App {name} of type {app_type} already runs.")
    of_app = settings.get(SETTINGS_OF.get(app_type, ""), {})
    script = params.get("ResourceSpec", {}).get("LifecycleConfigArn", NONE)
    if script != NONE and script not in of_app.get("LifecycleConfigArns", ()):
        raise invalid(f"Studio lifecycle configuration {script} is not attached.")
    record = {k: copy.deepcopy(v) for k, v in params.items() if k != "Tags"}
    tail = owner.partition("/")[2]
    record |= {
        "AppArn": arn(place, f"app/{params['DomainId']}/{tail}/{app_type}/{name}"),
        "Status": "InService",
        "CreationTime": place.now,
    }
    if "BuiltInLifecycleConfigArn" in of_app and not params.get("RecoveryMode"):
        record["BuiltInLifecycleConfigArn"] = of_app["BuiltInLifecycleConfigArn"]
    domain.apps[owner, app_type, name] = record
    return {"AppArn": record["AppArn"]}


def _app(domain: Domain, params: Record) -> Record:
    owner, _ = _owner(domain, params)
    key = (owner, params["AppType"], params["AppName"])
    if key not in domain.apps:
        raise missing(f"App {params['AppName']} of type {params['AppType']}")
    return domain.apps[key]


def describe_app(registry: Registry, place: Place, params: Record) -> Record:
    """``DescribeApp``, also of an app that was deleted."""
    return copy.deepcopy(_app(registry.studio.domain(place, params["DomainId"]), params))


def list_apps(registry: Registry, place: Place, params: Record) -> Record:
    """``ListApps``; deleted ones stay listed, as SageMaker does for a day."""
    names = shapes.members("ListApps", "Apps")
    found = [
        details(app, names)
        for domain_id, domain in registry.studio.shelf(place).domains.items()
        if params.get("DomainIdEquals") in (None, domain_id)
        for app in domain.apps.values()
        if params.get("SpaceNameEquals") in (None, app.get("SpaceName"))
        and params.get("UserProfileNameEquals") in (None, app.get("UserProfileName"))
    ]
    found.sort(key=lambda one: one["CreationTime"], reverse=params.get("SortOrder") == "Descending")
    return listed("Apps", found, params)


def delete_app(registry: Registry, place: Place, params: Record) -> Record:
    """``DeleteApp``; it is gone at once."""
    app = _app(registry.studio.domain(place, params["DomainId"]), params)
    if app["Status"] not in LIVE:
        raise missing(f"App {params['AppName']} of type {params['AppType']}")
    app["Status"] = "Deleted"
    return {}
