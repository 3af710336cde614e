"""``AWS::SageMaker::StudioLifecycleConfig`` for moto's CloudFormation, which lacks it.

moto finds resource types among the subclasses of its model; importing this is enough.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from moto.core.common_models import CloudFormationModel

from ..place import Place
from . import lifecycle

if TYPE_CHECKING:
    from ..registry import Registry

_MEMBERS = (
    "StudioLifecycleConfigName",
    "StudioLifecycleConfigContent",
    "StudioLifecycleConfigAppType",
    "Tags",
)


def _registry() -> Registry:
    from ..bridge import world

    return world().service.registry


class StudioLifecycleConfig(CloudFormationModel):
    """The resource; every property that changes means another one."""

    def __init__(self, name: str, arn: str) -> None:
        self.name = name
        self.arn = arn

    @property
    def physical_resource_id(self) -> str:
        """What ``Ref`` gives."""
        return self.name

    @staticmethod
    def cloudformation_name_type() -> str:
        return "StudioLifecycleConfigName"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SageMaker::StudioLifecycleConfig"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == "StudioLifecycleConfigArn"

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """What ``Fn::GetAtt`` gives."""
        return self.arn

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> StudioLifecycleConfig:
        properties = cloudformation_json["Properties"]
        params = {name: properties[name] for name in _MEMBERS if name in properties}
        place = Place(account_id, region_name, {}, time.time())
        made = lifecycle.create(_registry(), place, params)
        return cls(properties["StudioLifecycleConfigName"], made["StudioLifecycleConfigArn"])

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: StudioLifecycleConfig,
        new_resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> StudioLifecycleConfig:
        return cls.create_from_cloudformation_json(
            new_resource_name, cloudformation_json, account_id, region_name
        )

    @classmethod
    def delete_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> None:
        place = Place(account_id, region_name, {}, time.time())
        lifecycle.delete(_registry(), place, {"StudioLifecycleConfigName": resource_name})

    def is_created(self) -> bool:
        return True
