"""The object model of the stand-in: types, fields, associations.

Names that public documents give are used as they stand (``Register``, ``SOXBusEntity``,
``Model``, ``MRG-*`` fields). The type of model groups and the fields that hold SageMaker
ARNs are documented nowhere; here they carry an ``AWS`` prefix, as an instance's own
schema would, so that no client can take them for granted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Literal

ENTITY = "SOXBusEntity"
USE_CASE = "Register"
MODEL_GROUP = "AWSModelGroup"
MODEL = "Model"
ISSUE = "SOXIssue"

STATUS = "MRG-AIFacts-ModelUseCase:Status"
RISK = "MRG-AIFacts-ModelUseCase:Risk Level"
PURPOSE = "MRG-AIFacts-ModelUseCase:Purpose"
OWNER = "MRG-ModelUseCase:Owner"
EXTERNAL_ID = "Integration:External ID"
GROUP_ARN = "AWS-ModelGroup:SageMaker ARN"
MODEL_STATUS = "MRG-Model:Status"
MODEL_OWNER = "MRG-Model:Model Owner"
MODEL_VERSION = "MRG-Model:Version"
MODEL_ARN = "AWS-Model:SageMaker ARN"

RESOURCE_ID = "Resource ID"
NAME = "Name"
DESCRIPTION = "Description"
CREATED = "Creation Date"
MODIFIED = "Last Modification Date"
CREATED_BY = "Created By"
MODIFIED_BY = "Last Modified By"

MAX_STRING_BYTES = 4000
"""Above it OpenPages answers 500 with OP-03381 (seen against a real instance)."""


def timestamp(seconds: float) -> str:
    """A moment as OpenPages writes it."""
    moment = datetime.fromtimestamp(seconds, tz=timezone.utc)
    return moment.isoformat(timespec="milliseconds")


DataType = Literal["ID_TYPE", "STRING_TYPE", "ENUM_TYPE", "DATE_TYPE", "INTEGER_TYPE"]

USE_CASE_STATUSES: tuple[str, ...] = (
    "Proposed",
    "Risk and Applicability Scoping",
    "Awaiting Use Case Approval",
    "Awaiting Approval",
    "Under Review",
    "Approved for Development",
    "Approved",
    "Rejected",
    "Decommissioned",
)
"""Words of three published versions of the workflow; a customer adds more."""

MODEL_STATUSES: tuple[str, ...] = (
    "Proposed",
    "Model Definition",
    "Under Development",
    "Data Acquisition",
    "Data Acquisition Complete",
    "Feature Engineering",
    "Feature Engineering Complete",
    "Development Complete",
    "Awaiting Validation",
    "Awaiting Approval",
    "Approved",
    "Rejected",
    "Decommissioned",
)

RISK_LEVELS: tuple[str, ...] = ("High", "Medium", "Low", "Not available")


@dataclass(frozen=True)
class FieldDefinition:
    """A field of a type, as ``GET /v2/types/{name}`` tells it."""

    name: str
    data_type: DataType
    label: str
    read_only: bool = False
    required: bool = False
    enum_values: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The member names of the public client that reads them."""
        out: dict[str, object] = {
            "name": self.name,
            "data_type": self.data_type,
            "localized_label": self.label,
            "description": "",
            "required": self.required,
            "read_only": self.read_only,
        }
        if self.data_type == "STRING_TYPE":
            out["max_length"] = MAX_STRING_BYTES
        if self.data_type == "ENUM_TYPE":
            out["enum_values"] = [
                {"name": value, "localized_label": value} for value in self.enum_values
            ]
        return out

    def value_as_json(self, value: str | None) -> dict[str, object]:
        """``{"name", "value"}`` of a row; a field without value omits ``value``."""
        if value is None:
            return {"name": self.name}
        if self.data_type == "ENUM_TYPE":
            index = self.enum_values.index(value) if value in self.enum_values else -1
            enum: dict[str, object] = {"name": value, "localized_label": value}
            if index >= 0:
                enum = {"id": str(9000 + index), **enum, "index": index}
            return {"name": self.name, "value": enum}
        if self.data_type == "INTEGER_TYPE":
            return {"name": self.name, "value": int(value)}
        return {"name": self.name, "value": value}


@dataclass(frozen=True)
class ObjectType:
    """An object type with its fields and the types that may be its children."""

    name: str
    id: str
    label: str
    fields: dict[str, FieldDefinition]
    children: tuple[str, ...] = ()


def _system() -> list[FieldDefinition]:
    return [
        FieldDefinition(RESOURCE_ID, "ID_TYPE", "Resource ID", read_only=True),
        FieldDefinition(NAME, "STRING_TYPE", "Name", required=True),
        FieldDefinition(DESCRIPTION, "STRING_TYPE", "Description"),
        FieldDefinition(CREATED, "DATE_TYPE", "Creation Date", read_only=True),
        FieldDefinition(MODIFIED, "DATE_TYPE", "Last Modification Date", read_only=True),
        FieldDefinition(CREATED_BY, "STRING_TYPE", "Created By", read_only=True),
        FieldDefinition(MODIFIED_BY, "STRING_TYPE", "Last Modified By", read_only=True),
    ]


def _enum(name: str, label: str, *words: str) -> FieldDefinition:
    return FieldDefinition(name, "ENUM_TYPE", label, enum_values=words)


def _type(
    name: str, type_id: str, label: str, fields: list[FieldDefinition], *children: str
) -> ObjectType:
    every = _system() + fields
    return ObjectType(name, type_id, label, {one.name: one for one in every}, children)


@dataclass(frozen=True)
class Schema:
    """Every type of the instance, by name."""

    types: dict[str, ObjectType] = field(default_factory=dict)

    def find(self, name_or_id: str) -> ObjectType | None:
        """A type by its name or by its numeric id, as both are accepted."""
        if name_or_id in self.types:
            return self.types[name_or_id]
        return next((one for one in self.types.values() if one.id == name_or_id), None)

    def may_be_child(self, parent: str, child: str) -> bool:
        """Whether the instance has an association of these two types."""
        return child in self.types[parent].children

    def related(self, upper: str, lower: str) -> bool:
        """Whether ``lower`` can be below ``upper``, at any depth."""
        seen: set[str] = set()
        todo = [upper]
        while todo:
            for child in self.types[todo.pop()].children:
                if child == lower:
                    return True
                if child not in seen:
                    seen.add(child)
                    todo.append(child)
        return False


def build_schema(extra_statuses: tuple[str, ...] = (), extra_risks: tuple[str, ...] = ()) -> Schema:
    """The schema; a customer's own status and risk words come after the published ones."""
    statuses = tuple(dict.fromkeys(USE_CASE_STATUSES + extra_statuses))
    risks = tuple(dict.fromkeys(RISK_LEVELS + extra_risks))
    types = [
        _type(ENTITY, "5", "Business Entity", [], ENTITY, USE_CASE, MODEL_GROUP, ISSUE),
        _type(
            USE_CASE,
            "94",
            "Use Case",
            [
                FieldDefinition(STATUS, "ENUM_TYPE", "Status", enum_values=statuses),
                FieldDefinition(RISK, "ENUM_TYPE", "Risk Level", enum_values=risks),
                FieldDefinition(PURPOSE, "STRING_TYPE", "Purpose"),
                FieldDefinition(OWNER, "STRING_TYPE", "Owner"),
                # Beside what the product needs, as every real schema has: discovery must
                # choose, and the choice must not be the first field that ends alike.
                _enum("MRG-ModelUseCase:Use Case Type", "Use Case Type", "AI", "Non-AI"),
                _enum("MRG-ModelUseCase:Externally Facing", "Externally Facing", "Yes", "No"),
                _enum("MRG-UCRisk:Assessment Status", "Assessment Status", "Open", "Done"),
                FieldDefinition(
                    "MRG-UserFact-ModelUseCase:Additional Details", "STRING_TYPE", "Details"
                ),
            ],
            MODEL_GROUP,
            ISSUE,
        ),
        _type(
            MODEL_GROUP,
            "171",
            "Model Group",
            [
                FieldDefinition(EXTERNAL_ID, "STRING_TYPE", "External ID"),
                _enum("Integration:Application", "Application", "QRadar", "SageMaker"),
                FieldDefinition(GROUP_ARN, "STRING_TYPE", "SageMaker ARN"),
            ],
            MODEL,
        ),
        _type(
            MODEL,
            "58",
            "Model",
            [
                FieldDefinition(MODEL_STATUS, "ENUM_TYPE", "Status", enum_values=MODEL_STATUSES),
                FieldDefinition(MODEL_OWNER, "STRING_TYPE", "Model Owner"),
                FieldDefinition(MODEL_VERSION, "INTEGER_TYPE", "Version"),
                FieldDefinition(MODEL_ARN, "STRING_TYPE", "SageMaker ARN"),
                _enum(
                    "MRG-Model:Compliance Status",
                    "Compliance Status",
                    "Compliant",
                    "Partially Compliant",
                    "Non-Compliant",
                ),
            ],
            "Deployment",
            ISSUE,
        ),
        _type("Deployment", "60", "Model Deployment", []),
        _type(
            ISSUE,
            "22",
            "Issue",
            [_enum("OPSS-Iss:Status", "Status", "Open", "Closed")],
        ),
    ]
    return Schema({one.name: one for one in types})
