"""Finding what an address names, by its slug of today or one that it had before."""

from datetime import datetime
from typing import TypeVar

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Case, Model, OuterRef, Q, QuerySet, Subquery, When
from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect

from record.models import FormerSlug

M = TypeVar("M", bound=Model)


def find(queryset: QuerySet[M], slug: str, contest: str | None = None, at: datetime | None = None) -> tuple[M, bool]:
    """
    The row of `queryset` at `slug` (in the contest with slug `contest`, where one is given), and whether it has moved:
    True where it was found by a slug that it, or its contest, had before; where several had it, the last one. `Http404`
    where the queryset, which holds what the visitor may see, has no such row. One statement unless it has moved or is
    missing. Where rows of this kind are merged, `at` is the moment for which the slugs of hidden ones are looked at;
    without it these lead nowhere.
    """
    here = {"slug": slug} if contest is None else {"slug": slug, "contest__slug": contest}
    found = queryset.filter(**here).first()
    if found is not None:
        return found, False
    former = _former(queryset.model, slug, at)
    condition = _now_or_before(slug, former)
    if contest is not None:
        before = _former(queryset.model._meta.get_field("contest").related_model, contest)
        condition &= _now_or_before(contest, before, "contest__")
    # Who has the slug today comes before whoever had it, and the last of those before the ones before.
    had_it = former.filter(object_id=OuterRef("pk"))
    rank = Case(When(slug=slug, then=None), default=Subquery(had_it.values("pk")[:1]), output_field=BigIntegerField())
    found = queryset.filter(condition).order_by(rank.desc(nulls_first=True), "-pk").first()
    if found is None:
        raise Http404
    return found, True


def moved_to(request: HttpRequest, url: str) -> HttpResponsePermanentRedirect:
    """Leads from an address of before to `url`, with the question that was asked of it."""
    question = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{url}?{question}" if question else url)


def keep_former_slug(instance: Model, old_slug: str) -> None:
    """Keeps `old_slug`, so that the address that `instance` had under it leads to the new one."""
    former = _former(type(instance), old_slug)
    # Made anew even where it is known, so that the last one to have had a slug is the one with the newest row.
    former.filter(object_id=instance.pk).delete()
    FormerSlug.objects.create(
        content_type=ContentType.objects.get_for_model(instance), object_id=instance.pk, slug=old_slug
    )


def _former(model: type[Model], slug: str, at: datetime | None = None) -> QuerySet[FormerSlug]:
    had_it = FormerSlug.objects.filter(content_type=ContentType.objects.get_for_model(model), slug=slug)
    waiting = had_it.filter(waits_for__isnull=False) if at else ()
    over = [former.pk for former in waiting if _is_known(former, at)]
    return had_it.filter(Q(waits_for__isnull=True) | Q(pk__in=over))


def _is_known(former: FormerSlug, at: datetime) -> bool:
    """
    Whether one could know of the row that had this slug before it was merged into another: one of those by which it
    would have been public is. Until then its address answers like one that never was, whoever it leads to.
    """
    shown = ((apps.get_model(label)._default_manager.public(at), keys) for label, keys in former.waits_for.items())
    return any(rows.filter(pk__in=keys).exists() for rows, keys in shown)


def _now_or_before(slug: str, former: QuerySet[FormerSlug], via: str = "") -> Q:
    return Q(**{f"{via}slug": slug}) | Q(**{f"{via}pk__in": former.values("object_id")})
