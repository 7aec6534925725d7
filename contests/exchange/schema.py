"""The JSON Schema (2020-12) of the rows in an archive, made from the models."""

from functools import cache
from typing import Any

from django.db import models
from django.db.models.fields import NOT_PROVIDED

from record.countries import CountryField

from .columns import MEDIA, Column, limits
from .kinds import FORMER_SLUG_NAMES, FORMER_SLUGS, KINDS

FORMAT, VERSION = "laurel-archive", 1
CONTEST, SERIES = "contest", "series"
_KEY = {"type": "string", "minLength": 1, "maxLength": 100}
_COUNT = {"type": "integer", "minimum": 0}


@cache
def schema() -> dict[str, Any]:
    """Return the schema. It describes the manifest, and in `$defs` a row of each kind."""
    slug = {"type": "string", "minLength": 1, "maxLength": 100}
    rows = {
        kind.name: _object({"key": _KEY, **{column.name: _of(column) for column in kind.columns}})
        for kind in KINDS.values()
    }
    rows[FORMER_SLUGS] = _object(dict(zip(FORMER_SLUG_NAMES, ({"enum": sorted(KINDS)}, _KEY, slug), strict=True)))
    member = {
        "name": {"type": "string"},
        "size": _COUNT,
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    }
    manifest = {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "kind": {"enum": [CONTEST, SERIES]},
        "slug": slug,
        "sealed": {"type": "boolean"},
        "counts": _object(dict.fromkeys(rows, _COUNT)),
        "members": {"type": "array", "items": _object(member)},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The manifest of an archive; the definitions describe the rows of its members",
        **_object(manifest),
        "$defs": rows,
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _of(column: Column) -> dict[str, Any]:
    if column.is_many:
        return {"type": "array", "items": _KEY, "uniqueItems": True, "description": f"Keys of {column.to}"}
    if column.to:
        return _or_null(column.field, {**_KEY, "description": f"The key of a row of {column.to}"})
    if column.is_image:
        return {"type": "string", "pattern": f"^(?:{MEDIA.pattern})?$"}
    return _or_null(column.field, _plain(column.field))


def _plain(field: Any) -> dict[str, Any]:
    if isinstance(field, models.JSONField):
        return {"type": "object"}
    if isinstance(field, models.BooleanField):
        return {"type": "boolean"}
    if isinstance(field, models.IntegerField):
        least, most = limits(field)
        return {"type": "integer", "minimum": least, "maximum": most}
    if isinstance(field, models.DateTimeField):
        return {"type": "string", "format": "date-time"}
    if isinstance(field, models.DateField):
        return {"type": "string", "format": "date"}
    if isinstance(field, models.DecimalField):
        return {"type": "string", "pattern": rf"^-?[0-9]+\.[0-9]{{{field.decimal_places}}}$"}
    told: dict[str, Any] = {"type": "string"}
    if field.choices and not isinstance(field, CountryField):
        has_blank = field.blank or field.default not in (NOT_PROVIDED, None) and field.default == ""
        values = [value for value, _label in field.flatchoices if value not in (None, "")]
        return {"enum": [*([""] if has_blank else []), *values]}
    if not field.blank:
        told["minLength"] = 1
    if field.max_length:
        told["maxLength"] = field.max_length
    return told


def _or_null(field: Any, told: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [told, {"type": "null"}]} if field.null else told
