"""Changes of state in the admin: each behind a page that says what it will do, and one click that does it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.admin.keys import is_key

MOST_AT_ONCE = 100


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
    effects: Callable[[Model, datetime], Sequence[str]]
    """What it will make public or hide, in sentences."""
    permission: str
    """Who may take it: "contests.approve_results"."""
    done: Any
    """What is said afterwards, with the row as %(row)s."""
    form: type[forms.Form] = forms.Form


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
            now, user = timezone.now(), request.user
            steps = [step for step in self.steps if user.has_perm(step.permission) and step.is_open(obj, now)]
            context["steps"] = [(step.label, self.step_address(step, [obj.pk])) for step in steps]
        return super().render_change_form(request, context, add, change, form_url, obj)

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
                text = _("“%(step)s” is not possible for %(row)s as it stands.") % {"step": step.label, "row": row}
                self.message_user(request, text, messages.ERROR)
            return redirect(back)
        with timezone.override(self.step_zone(rows)):
            form = step.form(request.POST if request.method == "POST" else None)
            if request.method == "POST" and form.is_valid() and self._take(request, step, rows, form):
                return redirect(back)
            now = timezone.now()
            context = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "media": self.media + form.media,
                "title": step.label,
                "step": step,
                "form": form,
                "rows": [(row, step.effects(row, now)) for row in rows],
                "back": back,
                "zone": timezone.get_current_timezone_name(),
            }
            return render(request, "admin/step.html", context)

    def _take(self, request: HttpRequest, step: Step, rows: Sequence[Model], form: forms.Form) -> bool:
        """Takes the step for all of `rows`, or for none of them; False where the form now says why not."""
        try:
            with transaction.atomic():
                for row in rows:
                    step.act(row, actor=request.user, **form.cleaned_data)
                    self.log_change(request, row, str(step.label))
        except ValidationError as error:
            form.add_error(None, error)
            return False
        for row in rows:
            self.message_user(request, step.done % {"row": row}, messages.SUCCESS)
        return True

    def _page_of(self, rows: Sequence[Model]) -> str:
        if len(rows) == 1:
            return reverse(admin_urlname(self.opts, "change"), args=[rows[0].pk], current_app=self.admin_site.name)
        return reverse(admin_urlname(self.opts, "changelist"), current_app=self.admin_site.name)


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

    at = forms.SplitDateTimeField(label=gettext_lazy("Public from"), widget=admin.widgets.AdminSplitDateTime)


class RevocationForm(forms.Form):
    """Why a recognition is withdrawn, and since when."""

    reason = forms.CharField(
        label=gettext_lazy("Public reason"),
        widget=admin.widgets.AdminTextareaWidget(attrs={"rows": 4}),
        help_text=gettext_lazy("Everybody reads it on the page of the work or person."),
    )
    on = forms.DateField(
        label=gettext_lazy("As of"),
        required=False,
        widget=admin.widgets.AdminDateWidget,
        help_text=gettext_lazy("Blank: today."),
    )
