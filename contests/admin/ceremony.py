"""
The stage view: full-screen slides with the results, for the ceremony. They go from the lowest award to the highest. A
key press shows the next slide. If the user has confirmed it, showing a winner's slide also makes this winner public.

Each slide is a page of its own, so that the browser doesn't load the name of a winner before the winner's slide is
shown. The URL of a slide contains the primary key of its award or recognition, not the number of the slide. So the URL
still leads to the same result if an editor approves another recognition during the ceremony.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from contests import results
from contests.models import Award, Contest, Recognition, Submission
from contests.visibility import Results
from record.viewpoint import Viewpoint

from .datetime_fields import in_words
from .steps import StepsMixin

PERMISSION = "contests.reveal_results"
#: The session key of a list with primary keys of contests. For each of these contests, the user has confirmed that its
#: slides make results public.
_CONFIRMED = "ceremony_confirmed"
AWARD, WINNER, END = "award", "winner", "end"


@dataclass(frozen=True)
class Slide:
    """
    A slide for the ceremony. Its `kind` is `AWARD` (the slide shows the name of an award), `WINNER` or `END`. `key` is
    the primary key of the award or of the recognition; 0 for `END`.
    """

    kind: str
    key: int = 0


def to_be_shown(contest: Contest) -> QuerySet[Recognition]:
    """
    Return the recognitions of `contest` that get a slide at the ceremony. They are approved and not revoked, and their
    works, if any, are eligible.
    """
    rows = Recognition.objects.filter(award__contest=contest, approved_at__isnull=False).in_force()
    hidden = Submission.objects.exclude(status="eligible").filter(recognitions=OuterRef("pk"))
    return rows.filter(~Exists(hidden))


def left_out(contest: Contest) -> int:
    """
    Return the number of recognitions of `contest` that get no slide at the ceremony, because they are not approved or
    a work isn't eligible. Revoked recognitions are not counted. Needs one SQL statement.
    """
    rows = Recognition.objects.filter(award__contest=contest).in_force()
    return rows.exclude(pk__in=to_be_shown(contest).values("pk")).count()


def slides(contest: Contest) -> list[Slide]:
    """
    Return the slides for the ceremony of `contest`, ending with the slide of kind `END`. Each award has a slide with
    its name, followed by one slide for each of its recognitions. The highest award comes last; within an award, the
    recognition with the lowest `order` comes last. Needs one SQL statement.
    """
    rows = to_be_shown(contest).order_by("-award__precedence", "-order", "-pk").values_list("award", "pk")

    def shown() -> Iterator[Slide]:
        for award, given in groupby(rows, key=itemgetter(0)):
            yield Slide(AWARD, award)
            yield from (Slide(WINNER, pk) for _key, pk in given)
        yield Slide(END)

    return list(shown())


class CeremonyMixin(StepsMixin):
    """The admin pages of the stage view (full-screen slides of a contest's results), and the button that opens it."""

    def get_urls(self) -> list[URLPattern]:
        def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(require_http_methods(["GET", "POST"])(view))

        return [
            path("<int:pk>/ceremony/", page(self.ceremony_start), name="contests_contest_ceremony"),
            path("<int:pk>/ceremony/reveal/", page(self.ceremony_confirm), name="contests_contest_ceremony_reveal"),
            path(
                "<int:pk>/ceremony/<str:kind>/<int:key>/",
                page(self.ceremony_slide),
                name="contests_contest_ceremony_slide",
            ),
            *super().get_urls(),
        ]

    def step_links(self, request: HttpRequest, obj: Any) -> list[tuple[Any, str]]:
        if not (obj.approved_at and request.user.has_perm(PERMISSION)):
            return super().step_links(request, obj)
        url = reverse("admin:contests_contest_ceremony", args=[obj.pk])
        return [*super().step_links(request, obj), (_("Stage view"), url)]

    def ceremony_start(self, request: HttpRequest, pk: int) -> HttpResponse:
        """
        Show the start page of the stage view. Context: `contest`; `winners` and `left_out` (the numbers of recognitions
        with and without a slide); `first` (the URL of the first slide); `confirm` (the URL of the page that allows
        slides to make results public); `can_go_public` (whether slides can make results public now); `is_public`
        (whether the results of the contest are public); `published` (the contest's publication date as text, or None).
        """
        contest = self._contest_or_404(request, pk)
        shown = slides(contest) if contest.approved_at else [Slide(END)]
        context = {
            "contest": contest,
            "winners": sum(slide.kind == WINNER for slide in shown),
            "left_out": left_out(contest),
            "first": _slide_url(contest, shown[0]),
            "confirm": _confirmation(contest),
            "can_go_public": _can_go_public(contest),
            "is_public": contest.results(Viewpoint.now()) is Results.PUBLIC,
            "published": contest.published_at and in_words(contest.published_at, contest.time_zone),
        }
        return self._rendered(request, "start", context)

    def ceremony_confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        """
        Warn that each slide of the ceremony will make its result public. A POST confirms this and stores the
        confirmation in the session. Without the confirmation, slides make nothing public. Context: `contest`, `winners`
        (the number of winners that are not public yet), `back` (the URL of the start page).
        """
        contest = self._contest_or_404(request, pk)
        shown = slides(contest)
        back = reverse("admin:contests_contest_ceremony", args=[contest.pk])
        if not _can_go_public(contest) or len(shown) == 1:
            return HttpResponseRedirect(back)
        if request.method == "POST":
            request.session[_CONFIRMED] = [*request.session.get(_CONFIRMED, []), contest.pk]
            return HttpResponseRedirect(_slide_url(contest, shown[0], live=True))
        hidden = to_be_shown(contest).exclude(pk__in=Recognition.objects.public(Viewpoint.now()).values("pk"))
        return self._rendered(request, "confirm", {"contest": contest, "winners": hidden.count(), "back": back})

    def ceremony_slide(self, request: HttpRequest, pk: int, kind: str, key: int) -> HttpResponse:
        """
        Show a slide at the ceremony. A POST makes the result on the slide public, then redirects to the slide. Context:
        `contest`, `slide`, `award`, `recognition`, `back` and `forward` (the URLs of the previous and the next slide),
        `press_reveals` (whether the next slide makes something public), `is_last` (whether the next slide is the end),
        `live` (whether slides make results public), `is_public` (whether the winner on the slide is public; on other
        slides, whether the results of the contest are).
        """
        contest = self._contest_or_404(request, pk)
        shown, slide = slides(contest), Slide(kind, key)
        if slide not in shown or not contest.approved_at:
            raise Http404
        live = "live" in request.GET
        if (live or request.method == "POST") and contest.pk not in request.session.get(_CONFIRMED, []):
            return HttpResponseRedirect(_confirmation(contest))
        if request.method == "POST":
            return self._go_public(request, contest, slide)
        position = shown.index(slide)
        following = shown[position + 1] if position + 1 < len(shown) else None
        recognition = Recognition.objects.filter(pk=key).for_award_lines().get() if kind == WINNER else None
        start = reverse("admin:contests_contest_ceremony", args=[contest.pk])
        context = {
            "contest": contest,
            "slide": slide,
            "recognition": recognition,
            "award": recognition.award if recognition else Award.objects.filter(pk=key).first(),
            "back": _slide_url(contest, shown[position - 1], live=live) if position else start,
            "forward": following and _slide_url(contest, following, live=live),
            "press_reveals": live and following is not None and following.kind != AWARD,
            "is_last": following is not None and following.kind == END,
            "live": live,
            "is_public": _is_public(contest, slide),
        }
        return self._rendered(request, "slide", context)

    def _go_public(self, request: HttpRequest, contest: Contest, slide: Slide) -> HttpResponse:
        """
        Make the winner on `slide` public or, if `slide` is the last one, all results of `contest`. Do nothing if they
        are public already, so that the request can be repeated, or if `slide` only names an award. Return a redirect to
        the slide, or a page with the error messages.
        """
        here, actor = _slide_url(contest, slide, live=True), cast("User", request.user)
        if slide.kind != AWARD and not _is_public(contest, slide):
            try:
                if slide.kind == END:
                    results.reveal(contest, actor=actor)
                else:
                    results.reveal_recognition(Recognition.objects.get(pk=slide.key), actor=actor)
            except ValidationError as error:
                context = {"contest": contest, "messages": error.messages, "again": here}
                return self._rendered(request, "refused", context, status=409)
        return HttpResponseRedirect(here)

    def _contest_or_404(self, request: HttpRequest, pk: int) -> Contest:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        contest = Contest.objects.filter(pk=pk).first()
        if contest is None:
            raise Http404
        return contest

    def _rendered(self, request: HttpRequest, part: str, context: dict[str, Any], **more: Any) -> HttpResponse:
        leave = reverse("admin:contests_contest_change", args=[context["contest"].pk])
        return render(request, f"admin/ceremony_{part}.html", {"leave": leave, **context}, **more)


def _can_go_public(contest: Contest) -> bool:
    now = Viewpoint.now()
    return contest.results(now) is Results.APPROVED and Contest.objects.public(now).contains(contest)


def _confirmation(contest: Contest) -> str:
    return reverse("admin:contests_contest_ceremony_reveal", args=[contest.pk])


def _is_public(contest: Contest, slide: Slide) -> bool:
    now = Viewpoint.now()
    if slide.kind == WINNER:
        return Recognition.objects.public(now).filter(pk=slide.key).exists()
    return contest.results(now) is Results.PUBLIC


def _slide_url(contest: Contest, slide: Slide, *, live: bool = False) -> str:
    page = reverse("admin:contests_contest_ceremony_slide", args=[contest.pk, slide.kind, slide.key])
    return f"{page}?live=1" if live else page
