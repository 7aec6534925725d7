"""Builds the content of the documentation page `/api/` from the OpenAPI document."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from .endpoints import api
from .openapi import document
from .problems import KINDS

# The query parameters that all lists of the API have. The documentation page explains them once, at the top.
EVERYWHERE = {"limit", "after", "before"}


@dataclass(frozen=True)
class Entry:
    """One query parameter or one JSON field: its name, type, possible values and description."""

    name: str
    kind: str
    values: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class ResourceDocs:
    """The documentation of one resource of the API, such as `people`: its URLs, parameters and fields."""

    name: str
    title: str
    words: str
    urls: tuple[str, ...]
    parameters: tuple[Entry, ...]
    fields: tuple[Entry, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of error. `name` is the fragment of the error's `type` URL: the part after the character "#"."""

    status: int
    name: str
    words: str


def problems() -> list[Kind]:
    return [Kind(status, name, words) for status, (name, words) in KINDS.items()]


@cache
def resources() -> list[ResourceDocs]:
    """Return the documentation of all resources, in the order of the OpenAPI document."""
    made = document(api)
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for path, methods in made["paths"].items():
        operation = methods["get"]
        found.setdefault(operation["operationId"].removesuffix("_one"), []).append((path, operation))
    return [_docs_of(name, asked, made["components"]["schemas"]) for name, asked in found.items() if name != "index"]


def _docs_of(name: str, asked: list[tuple[str, dict[str, Any]]], schemas: dict[str, Any]) -> ResourceDocs:
    first = asked[0][1]
    shape = schemas[_shape(asked[-1][1])]
    parameters = [each for each in first.get("parameters", []) if each["name"] not in EVERYWHERE]
    return ResourceDocs(
        name=name,
        title=name.capitalize(),
        words=shape.get("description", ""),
        urls=tuple(path for path, _operation in asked),
        parameters=tuple(_entry(each["name"], each["schema"]) for each in parameters),
        fields=tuple(_entry(field, schema) for field, schema in shape["properties"].items()),
    )


def _shape(operation: dict[str, Any]) -> str:
    """Return the name of the schema of an operation's successful response."""
    return operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]


def _entry(name: str, schema: dict[str, Any]) -> Entry:
    choices = schema.get("items", schema) if schema.get("type") == "array" else schema
    values = tuple(value for value in choices.get("enum", [choices.get("const", "")]) if value)
    return Entry(name, "" if values else _kind(schema), values, schema.get("description", ""))


def _kind(schema: dict[str, Any]) -> str:
    """Return a readable type for a JSON schema, for example "list of Source or Reference"."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(each) for each in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    return str({"string": schema.get("format", "text")}.get(schema.get("type", ""), schema.get("type", "")))
