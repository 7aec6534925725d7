"""The data of a static copy: what the API says of the pages in it, as JSON files."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from api.endpoints import RESOURCES, Resource

from .folder import Folder
from .scope import Scope
from .visitor import Visitor


def write_data(folder: Folder, visitor: Visitor, scope: Scope, has_url: Callable[[str], bool]) -> None:
    """
    Write `data/works.json` and so on, one file for each list of the API that has something of the copy. In the copy of
    a contest, a list has the records of its contests, or else those with a page in the copy.
    """
    for resource in RESOURCES:
        parts = [json.dumps(row, ensure_ascii=False) for row in _records(resource, visitor, scope, has_url)]
        if parts:
            listed = ",\n".join(parts)
            folder.write(f"data/{resource.name}.json", f"[\n{listed}\n]\n".encode())


def _records(
    resource: Resource, visitor: Visitor, scope: Scope, has_url: Callable[[str], bool]
) -> Iterator[dict[str, Any]]:
    filters = {name: values for name, values in scope.resources().items() if name in resource.of_list.model_fields}
    queries = [{name: value} for name, values in filters.items() for value in values] or [{}]
    for query in queries:
        url = f"/api/v1/{resource.name}?{urlencode(query | {'limit': '100'})}"
        while url:
            found = json.loads(visitor.get(url).content)
            # All records of a filtered list belong to the copy.
            yield from (row for row in found["items"] if filters or not scope.start or has_url(row["url"]))
            url = (found["next"] or "").removeprefix(visitor.root)
