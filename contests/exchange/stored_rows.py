"""Read rows of the database as they are written in an archive."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType

from record.models import FormerSlug

from .columns import Column
from .kinds import Kind, Row

#: How many rows are read at a time.
AT_ONCE = 2_000
#: Returns the name in an archive for an image: for its column and its name in the storage.
ImageNames = Callable[[Column, str], str]


def in_pieces(rows: Sequence[Any], size: int = AT_ONCE) -> Iterator[Sequence[Any]]:
    """Yield `rows` in pieces of at most `size` rows."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def rows_of(kind: Kind, primary_keys: Iterable[int], image_name: ImageNames) -> Iterator[tuple[int, Row]]:
    """Yield the rows of `kind` with these primary keys, each as a pair: its primary key, and the row of the archive."""
    plain = [column for column in kind.columns if not column.is_many]
    several = [column for column in kind.columns if column.is_many]
    paths = [column.path for column in plain]
    for keys in in_pieces(sorted(primary_keys)):
        links = [_links(column, keys) for column in several]
        rows = kind.model._base_manager.filter(pk__among=keys)
        for pk, key, *values in rows.values_list("pk", "key", *paths).order_by():
            told = (_told(column, value, image_name) for column, value in zip(plain, values, strict=True))
            yield pk, (key, *told, *(sorted(of.get(pk, ())) for of in links))


def _told(column: Column, value: Any, image_name: ImageNames) -> Any:
    if column.is_image:
        return image_name(column, str(value)) if value else ""
    return column.encoded(value)


def _links(column: Column, keys: Sequence[int]) -> dict[int, list[str]]:
    field = column.field
    owner, target = field.m2m_field_name(), field.m2m_reverse_field_name()
    links = field.remote_field.through._base_manager.filter(**{f"{owner}_id__among": keys})
    found = defaultdict(list)
    for pk, key in links.values_list(f"{owner}_id", f"{target}__key").order_by():
        found[pk].append(key)
    return found


def former_slugs_of(kind: Kind, keys: dict[int, str]) -> Iterator[Row]:
    """
    Yield the former slugs of the rows of `kind` with these primary keys: {primary key: permanent key}. Those that wait
    for other rows are left out.
    """
    # The content type of the model itself: a slug of a row that was merged into another one counts as its own.
    model = ContentType.objects.get_for_model(kind.model)
    slugs = FormerSlug.objects.filter(content_type=model, waits_for__isnull=True).order_by()
    for numbers in in_pieces(sorted(keys)):
        for pk, slug in slugs.filter(object_id__among=numbers).values_list("object_id", "slug"):
            yield kind.name, keys[pk], slug
