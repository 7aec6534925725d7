"""Changes of state in the admin: each behind a page that says what it will do, and one click that does it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from django import forms
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
from record.admin.primary_keys import is_key
from record.admin.widgets import Textarea
from record.visible_text import validate_visible

from .datetime_fields import UNREADABLE_DAY, MomentField, in_words
from .impact import NAMED, Impact, outlook

MOST_AT_ONCE = 100
# So many results are named on the page of a step.
MOST_COVERED = 50


@dataclass(frozen=True)
class Step:
    """A change of state that an editor may ask for."""

    name: str
    """In the address of its page."""
    label: Any
    """On the button that leads there, and on the one that does it."""
    act: Callable[..., Model]
    """Does it: takes the row, `actor` and what the form holds. `ValidationError` where it can't be done."""
    is_open: Callable[[Model, datetime], bool]
    """Whether the change page offers it."""
    meaning: Any
    """What it is, in a sentence or two, before what it will change is listed."""
    permission: str
    """Who may take it: "contests.approve_results"."""
    done: Any
    """What is said afterwards, with the row as %(row)s."""
    form: type[forms.Form] = forms.Form
    rehearsed: Mapping[str, Any] | None = field(default_factory=dict)
    """What the form may hold, to find out what the step changes for the public; None where it changes nothing."""
    until_reveal: bool = False
    """Whether it changes what will be public from the reveal on, rather than what is now."""
    leads_to: Callable[[Any], str] | None = None
    """Where it leads afterwards, from what `act` made; back to where one came from otherwise."""
    notes: Callable[[Model], Sequence[str]] = lambda row: ()
    """More to know of one row, in sentences."""
    said_after: Callable[[Any], Sequence[str]] = lambda made: ()
    """More to say of what `act` made, behind what is said afterwards."""
    covers: Callable[[Sequence[Any]], QuerySet[Recognition]] | None = None
    """The results that it is about, which its page names."""

    def take(self, rows: Sequence[Any], actor: User, values: Mapping[str, Any]) -> list[Model]:
        """Takes the step for all of `rows`, within a transaction; `ValidationError` with what any of them refuses."""
        made, refused = [], []
        for row in rows:
            try:
                made.append(self.act(row, actor=actor, **values))
            except ValidationError as error:
                refused.append(error)
        if refused:
            raise refused[0] if len(refused) == 1 else ValidationError(refused)
        return made


@dataclass(frozen=True)
class Covered:
    """Results that a page names, with how many more there are and the address of a list that has them all."""

    results: list[Recognition]
    more: int
    address: str

    @classmethod
    def by(cls, rows: QuerySet[Recognition]) -> "Covered":
        """Three statements, and another where there are more than are named."""
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
        """What can be done with `obj` now: a label and an address for each."""
        now, user = timezone.now(), request.user
        steps = [step for step in self.steps if user.has_perm(step.permission) and step.is_open(obj, now)]
        return [(step.label, self.step_address(step, [obj.pk])) for step in steps]

    def step_zone(self, rows: Sequence[Model]) -> tzinfo:
        """The time zone in which the form of a step is read."""
        return timezone.get_current_timezone()

    def step_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Asks before the step `name` is taken for the rows in the address, and takes it."""
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

    #: Where the results of a row stand, for the head of its form.
    where_results_stand: Callable[[Model], str]
    #: The contest whose results a step for a row is about.
    contest_of_row: Callable[[Model], Contest]

    def _seen(self, rows: Sequence[Model]) -> str:
        """
        A mark of who won what as it stands, and of the last change to anything in the contest: a step is taken for what
        its page has shown, and for nothing else. Two statements.
        """
        contests = {self.contest_of_row(row).pk for row in rows}
        fields = ("pk", "award_id", "submission_id", "person_id", "standing", "citation")
        said = Recognition.objects.filter(award__contest__in=contests).order_by("pk").values_list(*fields)
        changes = [_last_change(kind, contests) for kind in KINDS.values()]
        last = changes[0].union(*changes[1:], all=True).order_by("of_kind")
        return salted_hmac("contests.admin.steps", repr([*said, *last])).hexdigest()

    def _is_as_seen(self, request: HttpRequest, seen: str, form: forms.Form) -> bool:
        """Whether nothing has changed since the page was opened; if something has, the form says so."""
        if constant_time_compare(request.POST.get("seen", seen), seen):
            return True
        text = _("Something in this contest has changed since you opened this page. Check the page again.")
        form.add_error(None, text)
        return False

    def _outlook(self, request: HttpRequest, step: Step, rows: Sequence[Model], now: datetime) -> Impact | None:
        """What the step changes for the public: at once, or from the latest reveal of `rows` on."""
        if step.rehearsed is None:
            return None
        reveals = [self.contest_of_row(row).reveal_at for row in rows] + [row.reveal_at for row in rows]
        last = max(filter(None, reveals), default=now)
        at = last if step.until_reveal and last > now else None

        def act() -> None:
            step.take(rows, request.user, step.rehearsed)

        return outlook([self.contest_of_row(row) for row in rows], act, at)

    def _why_not(self, request: HttpRequest, step: Step, row: Model) -> list[str]:
        """What stands in the way of a step that isn't open, where taking it says so."""
        shown = self._outlook(request, step, [row], timezone.now())
        return shown.refusals if shown else []

    def _others(self, request: HttpRequest, step: Step, rows: Sequence[Model]) -> list[str]:
        """Who else may take the step for all of `rows`."""
        may = User.objects.who_may(step.permission).exclude(pk=request.user.pk).order_by("name", "pk")
        asked = Q(pk__in=[row.pk for row in rows if isinstance(row, Recognition)])
        asked |= Q(award__contest__in=[row.pk for row in rows if isinstance(row, Contest)], approved_at=None)
        return [str(user) for user in others(may[:MOST_AT_ONCE], Recognition.objects.filter(asked))[:NAMED]]

    def _take_step(self, request: HttpRequest, step: Step, rows: Sequence[Model], form: forms.Form) -> list[Model]:
        """Takes the step for all of `rows`, or for none of them: nothing comes back where the form now says why not."""
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
    """The number of the newest entry in the history of one kind of row, in these contests."""
    entries = kind.model.history.filter(**{f"{kind.to_contest}__in": contests}).order_by()
    named = entries.annotate(of_kind=Value(kind.label, output_field=CharField())).values("of_kind")
    return named.annotate(last=Max("history_id")).values_list("of_kind", "last")


def changed_since(rows: Iterable[Recognition]) -> list[str]:
    """What has changed since the approval of those of `rows` whose approval was withdrawn by that, a sentence each."""
    rows = {row.pk: row for row in rows}
    return [
        _("Changed since approval: %(row)s (%(what)s). The public can’t see it until it is approved again.")
        % {"row": rows[pk], "what": what}
        for pk, what in changes_since(rows.values()).items()
    ]


def reveal_set(row: Contest | Recognition) -> list[str]:
    """When `row` becomes public, where that is set, in the time zone of its contest."""
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
    """When results become public."""

    at = MomentField(label=gettext_lazy("Public from"))


class RevocationForm(forms.Form):
    """Why a recognition is withdrawn, and since when."""

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
    """Why a recognition is in force again."""

    reason = forms.CharField(
        label=gettext_lazy("Public reason"),
        max_length=90,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("This is public: it appears on the contest’s corrections page."),
    )
