"""The lookup of rows by their current or former slugs."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS
from django.db.models import (
    BigIntegerField,
    Case,
    DateTimeField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    When,
)
from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect

from record.model_fields import target_of
from record.models import FormerSlug
from record.prepared_queries import PreparedQuery
from record.viewpoint import Viewpoint

M = TypeVar("M", bound=Model)


def _current(rows: Callable[[Viewpoint], QuerySet], within: str, preview: int | None, **given: Any) -> QuerySet:
    here = {f"{within}__slug": given["contest"]} if within else {}
    return rows(Viewpoint(given["at"], preview)).filter(slug=given["slug"], **here).order_by()[:1]


_CURRENT = PreparedQuery(_current, {"slug": TextField(), "contest": TextField(), "at": DateTimeField()})


def find_page(
    rows: Callable[[Viewpoint], QuerySet],
    viewpoint: Viewpoint,
    slug: str,
    contest: str | None = None,
    *,
    parent: str = "contest",
    can_be_merged: bool = False,
) -> tuple[Any, bool]:
    """
    Return the same as `find` in `rows(viewpoint)`, with `viewpoint` if the rows can be merged. The query for the
    current slug is compiled once for the function `rows`, so `PreparedQuery` says what it may do. `contest` is the slug
    of the row that the rows belong to by their foreign key `parent`, such as "series".
    """
    values = {"slug": slug, "contest": contest, "at": viewpoint.at}
    found = _CURRENT.rows(DEFAULT_DB_ALIAS, rows, "" if contest is None else parent, viewpoint.preview, **values)
    if found:
        return found[0], False
    return _find_former(rows(viewpoint), slug, contest, viewpoint if can_be_merged else None, parent)


def find(
    queryset: QuerySet[M], slug: str, contest: str | None = None, viewpoint: Viewpoint | None = None
) -> tuple[M, bool]:
    """
    Return a pair: the row of `queryset` with the slug `slug`, and whether it has moved. With `contest`, search only the
    contest with that slug. The row has moved if `slug` or `contest` is a former slug. If several rows had the former
    slug, the row that had it last is returned. `queryset` must contain only rows that the visitor may see. Raise
    `Http404` if no row matches.

    Needs one SQL statement, or more if the row has moved or is missing. Pass `viewpoint` for models whose rows can be
    merged. A slug of a row that was hidden when it was merged is found only if that row would now be public at
    `viewpoint`; without `viewpoint`, it is never found.
    """
    here = {"slug": slug} if contest is None else {"slug": slug, "contest__slug": contest}
    found = queryset.filter(**here).first()
    if found is not None:
        return found, False
    return _find_former(queryset, slug, contest, viewpoint)


def _find_former(
    queryset: QuerySet[M], slug: str, contest: str | None, viewpoint: Viewpoint | None, parent: str = "contest"
) -> tuple[M, bool]:
    former = _former(queryset.model, slug, viewpoint)
    condition = _now_or_before(slug, former)
    if contest is not None:
        before = _former(target_of(queryset.model._meta.get_field(parent)), contest)
        condition &= _now_or_before(contest, before, f"{parent}__")
    # If several rows match, prefer the one with the current slug `slug`, then the one that had this slug most recently.
    had_it = former.filter(object_id=OuterRef("pk"))
    rank = Case(When(slug=slug, then=None), default=Subquery(had_it.values("pk")[:1]), output_field=BigIntegerField())
    found = queryset.filter(condition).order_by(rank.desc(nulls_first=True), "-pk").first()
    if found is None:
        raise Http404
    return found, True


def moved_to(request: HttpRequest, url: str) -> HttpResponsePermanentRedirect:
    """Return a permanent redirect to `url` with the query string of `request`."""
    question = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{url}?{question}" if question else url)


def keep_former_slug(instance: Model, old_slug: str) -> None:
    """Store `old_slug` as a former slug of `instance`, so that the old URL redirects to the current one."""
    former = _former(type(instance), old_slug)
    # If the row has had this slug before, replace its `FormerSlug`: `find` prefers the row with the newest one.
    former.filter(object_id=instance.pk).delete()
    FormerSlug.objects.create(
        content_type=ContentType.objects.get_for_model(instance), object_id=instance.pk, slug=old_slug
    )


def _former(model: type[Model], slug: str, viewpoint: Viewpoint | None = None) -> QuerySet[FormerSlug]:
    had_it = FormerSlug.objects.filter(content_type=ContentType.objects.get_for_model(model), slug=slug)
    waiting = had_it.filter(waits_for__isnull=False) if viewpoint else ()
    over = [former.pk for former in waiting if viewpoint and _is_known(former, viewpoint)]
    return had_it.filter(Q(waits_for__isnull=True) | Q(pk__in=over))


def _is_known(former: FormerSlug, viewpoint: Viewpoint) -> bool:
    """
    Return whether `former`, the slug of a row that was hidden when it was merged, may be found at `viewpoint`. It may
    if a row in `waits_for` is public, because that row would have made the merged row public. Until then, the URL with
    this slug responds with 404, like a URL that never existed.
    """
    waits_for = former.waits_for or {}
    shown = ((apps.get_model(label)._default_manager.public(viewpoint), keys) for label, keys in waits_for.items())
    return any(rows.filter(pk__in=keys).exists() for rows, keys in shown)


def _now_or_before(slug: str, former: QuerySet[FormerSlug], via: str = "") -> Q:
    return Q(**{f"{via}slug": slug}) | Q(**{f"{via}pk__in": former.values("object_id")})
