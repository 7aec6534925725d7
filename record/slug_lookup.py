"""Find a row by its current or a former slug."""

from typing import TypeVar

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Case, Model, OuterRef, Q, QuerySet, Subquery, When
from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect

from record.models import FormerSlug
from record.viewpoint import Viewpoint

M = TypeVar("M", bound=Model)


def find(
    queryset: QuerySet[M], slug: str, contest: str | None = None, viewpoint: Viewpoint | None = None
) -> tuple[M, bool]:
    """
    Return the row of `queryset` with this slug (in the contest with the slug `contest`, if given), and whether it has
    moved. It has moved if the slug is a former one of the row or of its contest; if several rows had it, the last one
    is returned. `queryset` holds the rows that the visitor may see; `Http404` if none of them matches.

    One statement, or more if the row has moved or is missing. For models whose rows can be merged, pass `viewpoint`:
    slugs of merged rows that were still hidden work once these rows would have been public there. Without `viewpoint`
    they never do.
    """
    here = {"slug": slug} if contest is None else {"slug": slug, "contest__slug": contest}
    found = queryset.filter(**here).first()
    if found is not None:
        return found, False
    former = _former(queryset.model, slug, viewpoint)
    condition = _now_or_before(slug, former)
    if contest is not None:
        before = _former(queryset.model._meta.get_field("contest").related_model, contest)
        condition &= _now_or_before(contest, before, "contest__")
    # Prefer the row that has the slug now, then the one that had it last.
    had_it = former.filter(object_id=OuterRef("pk"))
    rank = Case(When(slug=slug, then=None), default=Subquery(had_it.values("pk")[:1]), output_field=BigIntegerField())
    found = queryset.filter(condition).order_by(rank.desc(nulls_first=True), "-pk").first()
    if found is None:
        raise Http404
    return found, True


def moved_to(request: HttpRequest, url: str) -> HttpResponsePermanentRedirect:
    """Redirect permanently from a former URL to `url`, with the same query string."""
    question = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{url}?{question}" if question else url)


def keep_former_slug(instance: Model, old_slug: str) -> None:
    """Store `old_slug` as a former slug of `instance`, so that its old URL redirects."""
    former = _former(type(instance), old_slug)
    # Recreate an existing entry, so that the newest entry belongs to the last row with this slug.
    former.filter(object_id=instance.pk).delete()
    FormerSlug.objects.create(
        content_type=ContentType.objects.get_for_model(instance), object_id=instance.pk, slug=old_slug
    )


def _former(model: type[Model], slug: str, viewpoint: Viewpoint | None = None) -> QuerySet[FormerSlug]:
    had_it = FormerSlug.objects.filter(content_type=ContentType.objects.get_for_model(model), slug=slug)
    waiting = had_it.filter(waits_for__isnull=False) if viewpoint else ()
    over = [former.pk for former in waiting if _is_known(former, viewpoint)]
    return had_it.filter(Q(waits_for__isnull=True) | Q(pk__in=over))


def _is_known(former: FormerSlug, viewpoint: Viewpoint) -> bool:
    """
    Return whether the merged row that had this slug would be public at `viewpoint`, that is, whether one of the rows
    that make it public is. Until then its URL is a 404, like one that never existed.
    """
    shown = (
        (apps.get_model(label)._default_manager.public(viewpoint), keys) for label, keys in former.waits_for.items()
    )
    return any(rows.filter(pk__in=keys).exists() for rows, keys in shown)


def _now_or_before(slug: str, former: QuerySet[FormerSlug], via: str = "") -> Q:
    return Q(**{f"{via}slug": slug}) | Q(**{f"{via}pk__in": former.values("object_id")})
