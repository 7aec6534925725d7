"""
Buttons in the admin that change the state of results, such as “Approve”. A button opens a page that explains the change
and lists what it makes public or hides; a second button on that page makes the change.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import CharField, Max, Model, Q, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from contests.approval import changes_since
from contests.corrections.kinds import KINDS, Kind
from contests.four_eyes import others
from contests.models import Contest, Party, Recognition, Submission
from contests.step_saving import Trial
from record.admin.change_form import ChangeFormAdmin
from record.admin.primary_keys import is_key

from .datetime_fields import in_words
from .impact import NAMED, Impact, outlook

if TYPE_CHECKING:
    from contests.recognition_querysets import RecognitionQuerySet

MOST_AT_ONCE = 100
# The largest number of results listed on the page that explains a change of state.
MOST_COVERED = 50


@dataclass(frozen=True)
class Step:
    """A change of the state of results, such as an approval, that editors can make with a button."""

    name: str
    """The last part of the URL of the page."""
    label: Any
    """The text of the button that opens the page, and of the button that makes the change."""
    act: Callable[..., Any]
    """
    The function that makes the change for one row. It takes the row, the keyword argument `actor` and the values of the
    form, and returns the changed object. Unless `rehearsed` is None, it also takes a `trial`. It raises
    `ValidationError` if the change isn't possible.
    """
    is_open: Callable[[Any, datetime], bool]
    """A function of a row and the current time: whether to show the button for this row."""
    meaning: Any
    """A sentence or two that explain the change, for the top of the page."""
    permission: str
    """The permission that the user needs, such as "contests.approve_results"."""
    done: Any
    """The success message. It may contain %(row)s, the name of the row."""
    form: type[forms.Form] = forms.Form
    rehearsed: Mapping[str, Any] | None = field(default_factory=dict)
    """
    Form values with which the page tries out the change, to show its effect for the public. None if the change has no
    effect for the public.
    """
    until_reveal: bool = False
    """Whether the page shows what will be public after the reveal instead of what is public now."""
    leads_to: Callable[[Any], str] | None = None
    """
    A function of the changed object: the URL to redirect to afterwards. Without it, the redirect goes to the row's
    change page, or to the list if several rows were changed.
    """
    notes: Callable[[Any], Sequence[str]] = lambda row: ()
    """A function of a row: further sentences about it, for the page."""
    said_after: Callable[[Any], Sequence[str]] = lambda made: ()
    """A function of the changed object: further sentences for the success message."""
    covers: Callable[[Sequence[Any]], QuerySet[Recognition]] | None = None
    """A function of the rows: the recognitions that the change concerns. The page lists them."""

    def take(
        self, rows: Sequence[Any], actor: User, values: Mapping[str, Any], trial: Trial | None = None
    ) -> list[Model]:
        """
        Make the change for each of `rows` as the user `actor`, with the form values `values`. Return the changed
        objects. Needs a transaction. With a `trial`, only the trial stores the changes. If rows are refused, raise one
        `ValidationError` with the errors of all of them; the caller must then roll back the transaction.
        """
        made, refused = [], []
        options = {**values, "trial": trial} if trial else values
        for row in rows:
            try:
                made.append(self.act(row, actor=actor, **options))
            except ValidationError as error:
                refused.append(error)
        if refused:
            raise refused[0] if len(refused) == 1 else ValidationError(refused)
        return made


@dataclass(frozen=True)
class Covered:
    """
    The recognitions that a change of state concerns: the first ones (`results`), the number of the others (`more`), and
    the URL of an admin list with all of them (`url`).
    """

    results: list[Recognition]
    more: int
    url: str

    @classmethod
    def by(cls, rows: QuerySet[Recognition]) -> "Covered":
        """
        Make the object for a change of state that concerns `rows`. `results` gets the first `MOST_COVERED` of them,
        with their awards and works. Needs three or four SQL statements.
        """
        lines = cast("RecognitionQuerySet", rows).for_award_lines()
        shown = list(lines.order_by("award__contest", "award__precedence", "order")[: MOST_COVERED + 1])
        more = rows.count() - MOST_COVERED if len(shown) > MOST_COVERED else 0
        contests = {row.award.contest_id for row in shown}
        asked = {"award__contest__id__exact": contests.pop()} if len(contests) == 1 else {}
        url = reverse("admin:contests_recognition_changelist")
        return cls(shown[:MOST_COVERED], more, f"{url}?{urlencode({**asked, 'approved_at__isempty': 1})}")


class StepsMixin(ChangeFormAdmin):
    """
    A model admin with buttons that change the state of results. `steps` are the possible changes; the change list
    offers them as actions too.
    """

    steps: tuple[Step, ...] = ()

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.step_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"
        return [path("steps/<str:name>/", page, name=name), *super().get_urls()]

    def step_url(self, step: Step, keys: Sequence[Any]) -> str:
        page = reverse(self._route("step"), args=[step.name], current_app=self.admin_site.name)
        return f"{page}?{urlencode({'row': keys}, doseq=True)}"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        for step in self.steps:
            if request.user.has_perm(step.permission):
                actions[step.name] = (_action(step), step.name, step.label)
        return actions

    def add_to_page(self, request: HttpRequest, context: dict[str, Any], obj: Model | None) -> None:
        super().add_to_page(request, context, obj)
        if obj is not None:
            context["steps"] = self.step_links(request, obj)
            context["standing"] = self.where_results_stand(obj)

    def step_links(self, request: HttpRequest, obj: Any) -> list[tuple[Any, str]]:
        """
        Return the buttons for `obj` as pairs of a label and a URL: one for each change that the user may make now.
        """
        now, user = timezone.now(), request.user
        steps = [step for step in self.steps if user.has_perm(step.permission) and step.is_open(obj, now)]
        return [(step.label, self.step_url(step, [obj.pk])) for step in steps]

    def step_zone(self, rows: Sequence[Any]) -> tzinfo:
        """Return the time zone for dates on the page that changes the state of `rows`."""
        return timezone.get_current_timezone()

    def step_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """
        Show the page that explains the change `name` of the rows in the query string. A POST makes the change and
        redirects.
        """
        step = next((step for step in self.steps if step.name == name), None)
        keys = [key for key in request.GET.getlist("row") if is_key(key)]
        rows: list[Any] = list(self.get_queryset(request).filter(pk__in=keys)[:MOST_AT_ONCE])
        if step is None or not rows:
            raise Http404
        if not request.user.has_perm(step.permission):
            raise PermissionDenied
        back = self._page_of(rows)
        closed = [row for row in rows if not step.is_open(row, timezone.now())]
        if closed and request.method != "POST":
            for row in closed:
                text = str(_("“%(step)s” is not possible for %(row)s now.") % {"step": step.label, "row": row})
                self.message_user(request, " ".join([text, *self._why_not(request, step, row)]), messages.ERROR)
            return redirect(back)
        with timezone.override(self.step_zone(rows)):
            now = timezone.now()
            form = step.form(request.POST if request.method == "POST" else None)
            seen = self._seen(rows) if step.rehearsed is not None else ""
            asked = request.method == "POST" and form.is_valid() and self._is_as_seen(request, seen, form)
            if asked and (made := self._take_step(request, step, rows, form)):
                return redirect(step.leads_to(made[0]) if step.leads_to and len(made) == 1 else back)
            shown = self._outlook(request, step, rows, now)
            context = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "media": self.media + form.media,
                "title": step.label,
                "step": step,
                "form": form,
                "rows": [(row, step.notes(row)) for row in rows],
                "covered": step.covers and Covered.by(step.covers(rows)),
                "outlook": shown,
                "moment": shown and shown.at and in_words(shown.at, timezone.get_current_timezone_name()),
                "others": self._others(request, step, rows) if shown and shown.needs_another else [],
                "back": back,
                "seen": seen,
            }
            return render(request, "admin/step.html", context)

    #: A method that returns sentences for the top of the row's form: who can see the row's results, and from when.
    where_results_stand: Callable[[Any], str]
    #: A method that returns the contest of a row.
    contest_of_row: Callable[[Any], Contest]

    def _route(self, page: str) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"

    def _seen(self, rows: Sequence[Any]) -> str:
        """
        Return a hash of the recognitions in the contests of `rows`, and of the newest history records in these
        contests. The form contains the hash, so that a POST is refused if anything has changed since the page was
        opened. Needs four SQL statements.
        """
        contests = {self.contest_of_row(row).pk for row in rows}
        fields = ("pk", *Recognition.WON, "citation")
        said = Recognition.objects.filter(award__contest__in=contests).order_by("pk").values_list(*fields)
        works = Recognition.submissions.through.objects.filter(recognition__award__contest__in=contests)
        parties = Party.objects.filter(recognition__award__contest__in=contests).order_by("pk")
        who = [
            *works.order_by("pk").values_list("recognition_id", "submission_id"),
            *parties.values_list("recognition_id", "person_id", "organisation_id", "part", "credited_as"),
        ]
        changes = [_last_change(kind, contests) for kind in KINDS.values()]
        last = changes[0].union(*changes[1:], all=True).order_by("of_kind")
        return salted_hmac("contests.admin.steps", repr([*said, *who, *last])).hexdigest()

    def _is_as_seen(self, request: HttpRequest, seen: str, form: forms.Form) -> bool:
        """
        Return whether the hash in the POST equals the current one, `seen`. If not, the contest has changed since the
        page was opened: add an error to `form`.
        """
        if constant_time_compare(request.POST.get("seen", seen), seen):
            return True
        text = _("Something in this contest has changed since you opened this page. Check the page again.")
        form.add_error(None, text)
        return False

    def _outlook(self, request: HttpRequest, step: Step, rows: Sequence[Any], now: datetime) -> Impact | None:
        """
        Return what `step` changes for the public: at the latest reveal of `rows` if `step.until_reveal` is set and this
        reveal comes after `now`, else at the current time. Return None if `step` has no effect for the public.
        """
        rehearsed = step.rehearsed
        if rehearsed is None:
            return None
        reveals = [self.contest_of_row(row).reveal_at for row in rows] + [row.reveal_at for row in rows]
        last = max(filter(None, reveals), default=now)
        at = last if step.until_reveal and last > now else None

        def act(trial: Trial) -> None:
            step.take(rows, cast("User", request.user), rehearsed, trial)

        return outlook([self.contest_of_row(row) for row in rows], act, at)

    def _why_not(self, request: HttpRequest, step: Step, row: Any) -> list[str]:
        """
        Try out `step` for `row` without writing anything. Return the error messages if it is refused, else an empty
        list.
        """
        shown = self._outlook(request, step, [row], timezone.now())
        return shown.refusals if shown else []

    def _others(self, request: HttpRequest, step: Step, rows: Sequence[Any]) -> list[str]:
        """Return the names of other users who may approve all of `rows` by the four-eyes rule."""
        may = User.objects.who_may(step.permission).exclude(pk=cast("User", request.user).pk).order_by("name", "pk")
        asked = Q(pk__in=[row.pk for row in rows if isinstance(row, Recognition)])
        asked |= Q(award__contest__in=[row.pk for row in rows if isinstance(row, Contest)], approved_at=None)
        return [str(user) for user in others(may[:MOST_AT_ONCE], Recognition.objects.filter(asked))[:NAMED]]

    def _take_step(self, request: HttpRequest, step: Step, rows: Sequence[Any], form: forms.Form) -> list[Model]:
        """
        Make the change `step` for all of `rows` in one transaction, and return the changed objects. If one row is
        refused, change nothing, add the errors to `form` and return an empty list.
        """
        try:
            with transaction.atomic():
                made = step.take(rows, cast("User", request.user), form.cleaned_data)
                for row in rows:
                    self.log_change(request, row, str(step.label))
        except ValidationError as error:
            form.add_error(None, error)
            return []
        for row, after in zip(rows, made, strict=True):
            text = " ".join([step.done % {"row": row}, *step.said_after(after)])
            self.message_user(request, text, messages.SUCCESS)
        return made

    def _page_of(self, rows: Sequence[Any]) -> str:
        if len(rows) == 1:
            return reverse(self._route("change"), args=[rows[0].pk], current_app=self.admin_site.name)
        return reverse(self._route("changelist"), current_app=self.admin_site.name)


def _last_change(kind: Kind, contests: Iterable[int]) -> QuerySet:
    """
    Return a queryset with one tuple: the model name of `kind`, and the primary key of the newest history record of its
    rows in `contests`, given as primary keys.
    """
    if kind.of_work:
        entered = Submission.objects.filter(contest__in=contests).order_by().values("work")
        entries = kind.history.filter(**{f"{kind.of_work}__in": entered}).order_by()
    else:
        entries = kind.history.filter(**{f"{kind.to_contest}__in": contests}).order_by()
    named = entries.annotate(of_kind=Value(kind.label, output_field=CharField())).values("of_kind")
    return named.annotate(last=Max("history_id")).values_list("of_kind", "last")


def changed_since(rows: Iterable[Recognition]) -> list[str]:
    """
    Return a sentence for each of `rows` that lost its approval because of a change. The sentence says what has changed.
    """
    by_key = {row.pk: row for row in rows}
    return [
        _("Changed since approval: %(row)s (%(what)s). The public can’t see it until it is approved again.")
        % {"row": by_key[pk], "what": what}
        for pk, what in changes_since(by_key.values()).items()
    ]


def alone() -> list[str]:
    """
    Return a list with one sentence if the setting `SINGLE_EDITOR` is on: it says that editors may approve results that
    they entered themselves. Otherwise return an empty list.
    """
    if not settings.SINGLE_EDITOR:
        return []
    return [_("You may approve results that you entered yourself: the setting SINGLE_EDITOR allows it.")]


def reveal_set(row: Contest | Recognition) -> list[str]:
    """
    Return a list with one sentence: the time of the reveal of `row`, in the time zone of its contest. Return an empty
    list if no reveal is set.
    """
    zone = row.time_zone if isinstance(row, Contest) else row.award.contest.time_zone
    return [_("The reveal is set to %(when)s.") % {"when": in_words(row.reveal_at, zone)}] if row.reveal_at else []


def _action(step: Step) -> Callable:
    @admin.action(description=step.label)
    def action(modeladmin: StepsMixin, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        keys = list(queryset.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(keys) > MOST_AT_ONCE:
            modeladmin.message_user(
                request, _("Choose at most %(most)d at once.") % {"most": MOST_AT_ONCE}, messages.ERROR
            )
            return None
        return redirect(modeladmin.step_url(step, keys))

    return action
