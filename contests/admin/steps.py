"""Changes of state in the admin. A page shows what the step will change, and a button on it takes the step."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import CharField, Max, Model, Q, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from contests.approval import changes_since
from contests.corrections.kinds import KINDS, Kind
from contests.four_eyes import others
from contests.models import Contest, Recognition
from contests.step_saving import Trial
from record.admin.primary_keys import is_key
from record.admin.widgets import Textarea
from record.visible_text import validate_visible

from .datetime_fields import UNREADABLE_DAY, MomentField, in_words
from .impact import NAMED, Impact, outlook

MOST_AT_ONCE = 100
# The most results that the page of a step lists.
MOST_COVERED = 50


@dataclass(frozen=True)
class Step:
    """A change of state that an editor can make."""

    name: str
    """The name in the URL of its page."""
    label: Any
    """The text on the button that opens the page, and on the one that takes the step."""
    act: Callable[..., Model]
    """
    The function that takes the step: its arguments are the row, `actor` and the values of the form. It raises
    `ValidationError` if the step isn't possible. Unless `rehearsed` is None, it also takes a `trial`.
    """
    is_open: Callable[[Model, datetime], bool]
    """Whether the change page offers the step for this row."""
    meaning: Any
    """An explanation in a sentence or two, above the list of changes."""
    permission: str
    """The required permission, such as "contests.approve_results"."""
    done: Any
    """The message afterwards; %(row)s is the row."""
    form: type[forms.Form] = forms.Form
    rehearsed: Mapping[str, Any] | None = field(default_factory=dict)
    """Form values for a trial, which finds out what the step changes for the public; None if it changes nothing."""
    until_reveal: bool = False
    """Whether the step changes what will be public from the reveal on, not what is public now."""
    leads_to: Callable[[Any], str] | None = None
    """The URL to redirect to, computed from the result of `act`. Default: back to the previous page."""
    notes: Callable[[Model], Sequence[str]] = lambda row: ()
    """Further sentences about one row."""
    said_after: Callable[[Any], Sequence[str]] = lambda made: ()
    """Further sentences about the result of `act`, after the message."""
    covers: Callable[[Sequence[Any]], QuerySet[Recognition]] | None = None
    """The results that the step concerns, which its page lists."""

    def take(
        self, rows: Sequence[Any], actor: User, values: Mapping[str, Any], trial: Trial | None = None
    ) -> list[Model]:
        """
        Take the step for all of `rows`: in the transaction of the caller, or only in `trial`, which writes nothing.
        Raise `ValidationError` with the errors of all rows.
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
    """The results that a page lists, the number of further ones, and the URL of a list with all of them."""

    results: list[Recognition]
    more: int
    address: str

    @classmethod
    def by(cls, rows: QuerySet[Recognition]) -> "Covered":
        """Return the results to list from `rows`. Three statements, and another if there are more than are listed."""
        shown = list(
            rows.for_award_lines().order_by("award__contest", "award__precedence", "order")[: MOST_COVERED + 1]
        )
        more = rows.count() - MOST_COVERED if len(shown) > MOST_COVERED else 0
        contests = {row.award.contest_id for row in shown}
        asked = {"award__contest__id__exact": contests.pop()} if len(contests) == 1 else {}
        address = reverse("admin:contests_recognition_changelist")
        return cls(shown[:MOST_COVERED], more, f"{address}?{urlencode({**asked, 'approved_at__isempty': 1})}")


class StepsMixin:
    """A model admin whose rows have `steps`, on the change page and as actions of the list."""

    steps: tuple[Step, ...] = ()

    def get_urls(self):
        page = self.admin_site.admin_view(self.step_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"
        return [path("steps/<str:name>/", page, name=name), *super().get_urls()]

    def step_address(self, step: Step, keys: Sequence[Any]) -> str:
        page = reverse(admin_urlname(self.opts, "step"), args=[step.name], current_app=self.admin_site.name)
        return f"{page}?{urlencode({'row': keys}, doseq=True)}"

    def get_actions(self, request: HttpRequest) -> dict[str, tuple]:
        actions = super().get_actions(request)
        for step in self.steps:
            if request.user.has_perm(step.permission):
                actions[step.name] = (_action(step), step.name, step.label)
        return actions

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and obj is not None:
            context["steps"] = self.ways_on(request, obj)
            context["standing"] = self.where_results_stand(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def ways_on(self, request: HttpRequest, obj: Model) -> list[tuple[Any, str]]:
        """Return a label and a URL for each step that the user can take for `obj` now."""
        now, user = timezone.now(), request.user
        steps = [step for step in self.steps if user.has_perm(step.permission) and step.is_open(obj, now)]
        return [(step.label, self.step_address(step, [obj.pk])) for step in steps]

    def step_zone(self, rows: Sequence[Model]) -> tzinfo:
        """Return the time zone of the dates in the form of a step."""
        return timezone.get_current_timezone()

    def step_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Show the page of the step `name` for the rows in the query string, and take the step on POST."""
        step = next((step for step in self.steps if step.name == name), None)
        keys = [key for key in request.GET.getlist("row") if is_key(key)]
        rows = list(self.get_queryset(request).filter(pk__in=keys)[:MOST_AT_ONCE])
        if step is None or not rows:
            raise Http404
        if not request.user.has_perm(step.permission):
            raise PermissionDenied
        back = self._page_of(rows)
        closed = [row for row in rows if not step.is_open(row, timezone.now())]
        if closed and request.method != "POST":
            for row in closed:
                text = _("“%(step)s” is not possible for %(row)s now.") % {"step": step.label, "row": row}
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

    #: The state of the results of a row, for the head of its form.
    where_results_stand: Callable[[Model], str]
    #: The contest that a step for this row concerns.
    contest_of_row: Callable[[Model], Contest]

    def _seen(self, rows: Sequence[Model]) -> str:
        """
        Return a hash of who won what, and of the last change to anything in the contest. It ensures that a step changes
        exactly what its page has shown. Two statements.
        """
        contests = {self.contest_of_row(row).pk for row in rows}
        fields = ("pk", "award_id", "submission_id", "person_id", "standing", "citation")
        said = Recognition.objects.filter(award__contest__in=contests).order_by("pk").values_list(*fields)
        changes = [_last_change(kind, contests) for kind in KINDS.values()]
        last = changes[0].union(*changes[1:], all=True).order_by("of_kind")
        return salted_hmac("contests.admin.steps", repr([*said, *last])).hexdigest()

    def _is_as_seen(self, request: HttpRequest, seen: str, form: forms.Form) -> bool:
        """Whether nothing has changed since the page was opened; otherwise add an error to the form."""
        if constant_time_compare(request.POST.get("seen", seen), seen):
            return True
        text = _("Something in this contest has changed since you opened this page. Check the page again.")
        form.add_error(None, text)
        return False

    def _outlook(self, request: HttpRequest, step: Step, rows: Sequence[Model], now: datetime) -> Impact | None:
        """
        Return what the step changes for the public: now, or from the latest reveal of `rows` on. None if it changes
        nothing.
        """
        if step.rehearsed is None:
            return None
        reveals = [self.contest_of_row(row).reveal_at for row in rows] + [row.reveal_at for row in rows]
        last = max(filter(None, reveals), default=now)
        at = last if step.until_reveal and last > now else None

        def act(trial: Trial) -> None:
            step.take(rows, request.user, step.rehearsed, trial)

        return outlook([self.contest_of_row(row) for row in rows], act, at)

    def _why_not(self, request: HttpRequest, step: Step, row: Model) -> list[str]:
        """Return the reasons why a step isn't possible, found by trying it out."""
        shown = self._outlook(request, step, [row], timezone.now())
        return shown.refusals if shown else []

    def _others(self, request: HttpRequest, step: Step, rows: Sequence[Model]) -> list[str]:
        """Return the names of other users who may take the step for all of `rows`."""
        may = User.objects.who_may(step.permission).exclude(pk=request.user.pk).order_by("name", "pk")
        asked = Q(pk__in=[row.pk for row in rows if isinstance(row, Recognition)])
        asked |= Q(award__contest__in=[row.pk for row in rows if isinstance(row, Contest)], approved_at=None)
        return [str(user) for user in others(may[:MOST_AT_ONCE], Recognition.objects.filter(asked))[:NAMED]]

    def _take_step(self, request: HttpRequest, step: Step, rows: Sequence[Model], form: forms.Form) -> list[Model]:
        """
        Take the step for all of `rows` or for none. On failure return an empty list and add the errors to the form.
        """
        try:
            with transaction.atomic():
                made = step.take(rows, request.user, form.cleaned_data)
                for row in rows:
                    self.log_change(request, row, str(step.label))
        except ValidationError as error:
            form.add_error(None, error)
            return []
        for row, after in zip(rows, made, strict=True):
            text = " ".join([step.done % {"row": row}, *step.said_after(after)])
            self.message_user(request, text, messages.SUCCESS)
        return made

    def _page_of(self, rows: Sequence[Model]) -> str:
        if len(rows) == 1:
            return reverse(admin_urlname(self.opts, "change"), args=[rows[0].pk], current_app=self.admin_site.name)
        return reverse(admin_urlname(self.opts, "changelist"), current_app=self.admin_site.name)


def _last_change(kind: Kind, contests: Iterable[int]) -> QuerySet:
    """Select the id of the newest history record of one kind of row in these contests."""
    entries = kind.model.history.filter(**{f"{kind.to_contest}__in": contests}).order_by()
    named = entries.annotate(of_kind=Value(kind.label, output_field=CharField())).values("of_kind")
    return named.annotate(last=Max("history_id")).values_list("of_kind", "last")


def changed_since(rows: Iterable[Recognition]) -> list[str]:
    """
    Return a sentence for each of `rows` that lost its approval because something changed. It says what has changed.
    """
    rows = {row.pk: row for row in rows}
    return [
        _("Changed since approval: %(row)s (%(what)s). The public can’t see it until it is approved again.")
        % {"row": rows[pk], "what": what}
        for pk, what in changes_since(rows.values()).items()
    ]


def alone() -> list[str]:
    """Why a result needs no second person here, where it doesn't."""
    if not settings.SINGLE_EDITOR:
        return []
    return [_("You may approve results that you entered yourself: the setting SINGLE_EDITOR allows it.")]


def reveal_set(row: Contest | Recognition) -> list[str]:
    """Return a sentence with the reveal of `row` in the time zone of its contest, if a reveal is set."""
    zone = row.time_zone if isinstance(row, Contest) else row.award.contest.time_zone
    return [_("The reveal is set to %(when)s.") % {"when": in_words(row.reveal_at, zone)}] if row.reveal_at else []


def _action(step: Step) -> Callable:
    @admin.action(description=step.label)
    def action(modeladmin: StepsMixin, request: HttpRequest, queryset) -> HttpResponse | None:
        keys = list(queryset.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(keys) > MOST_AT_ONCE:
            modeladmin.message_user(
                request, _("Choose at most %(most)d at once.") % {"most": MOST_AT_ONCE}, messages.ERROR
            )
            return None
        return redirect(modeladmin.step_address(step, keys))

    return action


class RevealForm(forms.Form):
    """The time from which results are public."""

    at = MomentField(label=gettext_lazy("Public from"))


class RevocationForm(forms.Form):
    """The reason and the date of a revocation."""

    reason = forms.CharField(
        label=gettext_lazy("Public reason"),
        validators=[validate_visible],
        widget=Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("This is public: it appears on the page of the work or person."),
    )
    on = forms.DateField(
        label=gettext_lazy("As of"),
        required=False,
        widget=admin.widgets.AdminDateWidget,
        help_text=gettext_lazy("Blank: today."),
        error_messages={"invalid": UNREADABLE_DAY},
    )


class RestorationForm(forms.Form):
    """The reason why a recognition is in force again."""

    reason = forms.CharField(
        label=gettext_lazy("Public reason"),
        max_length=90,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("This is public: it appears on the contest’s corrections page."),
    )
