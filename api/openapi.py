"""The OpenAPI 3.1 document: django-ninja generates it, and this module adds the errors and headers of all responses."""

from functools import cache
from typing import Any

from ninja import NinjaAPI

from .problems import CONTENT_TYPE, KINDS
from .schemas import Fault, Problem

HEADERS = {
    "ETag": "The version of this response. Send it as If-None-Match: if nothing has changed, the response is 304.",
    "RateLimit-Policy": "The number of requests allowed in a number of seconds.",
    "RateLimit": "The number of requests left, and the seconds until the count restarts.",
}


@cache
def document(api: NinjaAPI) -> dict[str, Any]:
    """Return the OpenAPI document of `api`, with paths under `/api/v1/`."""
    made: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    made["servers"] = [{"url": "/"}]
    schemas = {**made["components"]["schemas"], "Fault": _schema(Fault), "Problem": _schema(Problem)}
    made["components"] = {
        "schemas": dict(sorted(schemas.items())),
        "headers": {name: {"description": words, "schema": {"type": "string"}} for name, words in HEADERS.items()},
        "responses": {name: _response(words) for name, words in KINDS.values()},
    }
    for path, methods in made["paths"].items():
        for operation in methods.values():
            _complete(operation, path)
    return made


def _schema(model: Any) -> dict[str, Any]:
    found = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    found.pop("$defs", None)
    return found


def _response(words: str) -> dict[str, Any]:
    return {"description": words, "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _complete(operation: dict[str, Any], path: str) -> None:
    for parameter in operation.get("parameters", []):
        if parameter["name"] == "expand":
            parameter |= {"style": "form", "explode": False}
    found = operation["responses"]
    found[200]["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
    operation["responses"] = {
        "200": found[200],
        "304": {"description": "Nothing has changed since the response with this ETag."},
        **{
            str(status): {"$ref": f"#/components/responses/{name}"}
            for status, (name, _words) in KINDS.items()
            if status != 404 or "{" in path or operation["operationId"] == "statistics"
        },
    }
