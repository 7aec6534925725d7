"""The admin page that makes the contest of another year from a contest."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from contests.exchange.duplicating import Proposal, duplicate, later_dates, propose
from contests.models import Contest
from record.admin.base import RecordAdmin
from record.images import unused_files
from record.partial_dates import formatted
from record.visible_text import validate_visible

from .datetime_fields import in_words

NEEDED = ("contests.add_contest", "contests.add_award", "contests.add_category")
_WIDE = {"class": "vTextField"}


class DuplicateForm(forms.Form):
    """What tells the new contest from the old one."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        validators=[validate_visible],
        widget=forms.TextInput(attrs=_WIDE),
    )
    slug = forms.CharField(label=gettext_lazy("Slug"), max_length=100, widget=forms.TextInput(attrs=_WIDE))
    year_label = forms.CharField(label=gettext_lazy("Year"), max_length=40, required=False)
    edition_number = forms.IntegerField(
        label=gettext_lazy("Number of the edition"), min_value=1, max_value=32_767, required=False
    )
    years = forms.IntegerField(
        label=gettext_lazy("Years to add to the dates"),
        min_value=-200,
        max_value=200,
        help_text=gettext_lazy("1 for the next year. The time of day stays the same."),
    )

    @property
    def proposal(self) -> Proposal:
        data = self.cleaned_data
        return Proposal(data["title"], data["slug"], data["year_label"], data["edition_number"])


class DuplicateMixin(RecordAdmin):
    """Adds the page that duplicates a contest, and the button that opens it."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.duplicate_view))
        return [path("<int:pk>/duplicate/", page, name="contests_contest_duplicate"), *super().get_urls()]

    def add_to_page(self, request: HttpRequest, context: dict[str, Any], obj: Any) -> None:
        super().add_to_page(request, context, obj)
        if obj is not None and request.user.has_perms(NEEDED):
            url = reverse("admin:contests_contest_duplicate", args=[obj.pk])
            context.setdefault("tools", []).append((_("Duplicate for another year"), url))

    def duplicate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what a duplicate of the contest gets, with a form for the rest. A POST makes it."""
        contest = Contest.objects.filter(pk=pk).select_related("series", "organiser").first()
        if contest is None:
            raise Http404
        if not request.user.has_perms(NEEDED):
            raise PermissionDenied
        proposed = propose(contest)
        form = DuplicateForm(request.POST if request.method == "POST" else None, initial={**vars(proposed), "years": 1})
        if form.is_valid() and (made := self._made(request, contest, form)):
            told = {"contest": made}
            text = _("%(contest)s was created. Only editors see it. Check its texts and dates, and add their sources.")
            self.message_user(request, text % told, messages.SUCCESS)
            return redirect("admin:contests_contest_change", made.pk)
        years = form.cleaned_data.get("years") if form.is_bound and form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Duplicate %(contest)s") % {"contest": contest},
            "contest": contest,
            "form": form,
            "awards": contest.awards.count(),
            "categories": contest.categories.count(),
            "dates": self._dates(contest, 1 if years is None else years),
            "back": reverse("admin:contests_contest_change", args=[contest.pk]),
        }
        return TemplateResponse(request, "admin/duplicate.html", context)

    @staticmethod
    def _made(request: HttpRequest, contest: Contest, form: DuplicateForm) -> Contest | None:
        """Make the duplicate. If a value breaks a rule, add the error to `form` and return None."""
        actor: Any = request.user
        try:
            with unused_files.nothing_left_behind():
                return duplicate(contest, proposal=form.proposal, years=form.cleaned_data["years"], actor=actor)
        except ValidationError as error:
            for name, errors in error.update_error_dict({}).items():
                form.add_error(name if name in form.fields else None, errors)
        return None

    @staticmethod
    def _dates(contest: Contest, years: int) -> list[tuple[str, str, str]]:
        """Return the dates that the duplicate gets: the name of each, its value now and then."""
        found = []
        for name, then in later_dates(contest, years).items():
            now: Any = getattr(contest, name)
            if now:
                words = [
                    formatted(value) if isinstance(value, str) else in_words(value, contest.time_zone) if value else ""
                    for value in (now, then)
                ]
                found.append((capfirst(str(contest._meta.get_field(name).verbose_name)), words[0], words[1]))  # type: ignore[union-attr]
        return found
