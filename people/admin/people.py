"""The admin pages for people, organisations, affiliations, past works and next projects."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from people.models import (
    Affiliation,
    NextProject,
    Organisation,
    OrganisationIdentifier,
    OrganisationName,
    PastWork,
    Person,
    PersonIdentifier,
    PersonName,
)
from record.admin.base import RecordAdmin
from record.admin.counting import count_column
from record.admin.form_fields import RecordInline
from record.admin.image_columns import pictured, thumbnail
from record.admin.lists import ALIKE, CountryFilter, OneRow, image_needs, presence, without_source, without_sources
from record.admin.merging import MergeMixin
from record.admin.picker_labels import BETWEEN, is_choice
from record.admin.picture_import import PictureImportMixin
from record.forms import RecordPageForm
from record.importing.picture_matching import Candidate, Index, texts_of
from record.slugs import slug_from
from record.sort_keys import name_key

#: The texts of one query for portraits, and the most people it returns.
PIECE, MOST = 200, 5_000


class AffiliationInline(RecordInline):
    model = Affiliation
    fields = ["organisation", "role", "source"]
    joins = ("person", "organisation", "source")


class PastWorkInline(RecordInline):
    model = PastWork
    fields = ["order", "title", "year", "description", "source"]
    joins = ("source",)


class NextProjectInline(RecordInline):
    model = NextProject
    fields = ["order", "title", "year", "description", "source"]
    joins = ("source",)


class PersonNameInline(RecordInline):
    model = PersonName
    fields = ["name", "kind", "language", "source"]
    joins = ("source",)


class PersonIdentifierInline(RecordInline):
    model = PersonIdentifier
    fields = ["scheme", "value"]


class OrganisationNameInline(RecordInline):
    model = OrganisationName
    fields = ["name", "kind", "language", "source"]
    joins = ("source",)


class OrganisationIdentifierInline(RecordInline):
    model = OrganisationIdentifier
    fields = ["scheme", "value"]


class PersonForm(RecordPageForm):
    def slug_is_taken(self) -> ValidationError:
        """
        Return the error for a slug that is taken. If it belongs to a person with the same name, link to that person.
        """
        typed, free = self.taken_and_free()
        other = self.neighbours("slug").filter(slug=typed).first()
        if other is None or slug_from(other.name) != slug_from(self.cleaned_data.get("name") or ""):
            return super().slug_is_taken()
        page = reverse("admin:people_person_change", args=[other.pk])
        link = format_html('<a href="{}" target="_blank">{}</a>', page, other.name)
        sentence = _(
            "There is already a person with this name: {other}. If you mean another person, use the slug {free}."
        )
        return ValidationError(format_html(str(sentence), other=link, free=free), code="slug_taken")


class OtherNamesMixin(RecordAdmin):
    """A model admin. In pickers, a row that was found by another of its names is shown with that name too."""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> Any:
        rows, has_doubles = super().get_search_results(request, queryset, search_term)
        if is_choice(request) and search_term.strip("\x00 "):
            relation: Any = self.opts.get_field("other_names")
            owner, words = relation.field.name, search_term.replace("\x00", "")
            names = relation.related_model._base_manager.filter(**{owner: OuterRef("pk"), "name_key__folded": words})
            hidden = names.exclude(**{f"{owner}__name_key__folded": words}).order_by("pk").values("name")[:1]
            rows = rows.annotate(found_by=Subquery(hidden))
        return rows, has_doubles

    def choice_label(self, obj: Any) -> str:
        label, found_by = super().choice_label(obj), getattr(obj, "found_by", None)
        if not found_by:
            return label
        other = _("other name: %(name)s") % {"name": found_by}
        return f"{label}{BETWEEN}{other}"


@admin.register(Person)
class PersonAdmin(OtherNamesMixin, MergeMixin, PictureImportMixin, RecordAdmin):
    imported_picture = "portrait"
    picture_import_label = _("Import portraits")
    picture_import_reason = _("Portraits: %(name)s")
    picture_import_help = _(
        "A portrait finds its person by the name of its file: the name, the slug or the permanent key of the person, "
        "such as “Jo Doe.jpg” or “jo-doe_portrait.png”."
    )
    form = PersonForm
    list_display = ["portrait_view", "name", "disambiguation", "headline", "country", "mentions"]
    list_display_links = ["name"]
    list_filter = [
        "kind",
        ("country", CountryFilter),
        ("portrait", presence(_("portrait"), _("With a portrait"), _("Without a portrait"))),
    ]
    needs = (without_sources(Person, "biography", "headline"), *image_needs("portrait"), ALIKE)
    # Search the columns that are derived from names without case and accents, so that a search ignores both.
    search_fields = ["name_key", "sort_key", "native_key", "folded_headline", "other_names__name_key"]
    search_help_text = _("Searches names, also other names, and headlines.")
    searched_relations = ("other_names",)
    chosen_by = ("name_key", "sort_key", "native_key", "other_names__name_key")
    told_by = ("disambiguation", "country")
    known_by = {
        "belongs_to": ("affiliations", "organisation__name", "pk"),
        "made": ("credits", "work__title", "pk"),
        "took_part_in": ("appearances", "event__title", "pk"),
    }
    list_select_related = ["user"]
    ordering = ["sort_key", "pk"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [PersonNameInline, PersonIdentifierInline, AffiliationInline, PastWorkInline, NextProjectInline]
    readonly_fields = [*RecordAdmin.readonly_fields, "sorted_name"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *("name", "sort_name", "sorted_name", "slug", "kind", "native_name", "native_language"),
                    "disambiguation",
                ],
                "description": _("A person, or a team that works under one name. Write the name as they write it."),
            },
        ),
        (
            _("About this person"),
            {
                "fields": ["headline", "biography", "born", "died", "country", "website", "sources"],
                "description": _(
                    "Write in your own words, and only what a source says. Leave the rest blank. Add the sources of "
                    "these facts below. Other names, past works, next projects and affiliations have separate sources."
                ),
            },
        ),
        (
            _("Portrait"),
            {
                "fields": pictured("portrait"),
                "description": _(
                    "JPEG, PNG or WebP, up to 12 MB. Without a portrait, the portal draws a monogram. The focal point "
                    "is never cropped. The alternative text describes the picture for people who can’t see it. Name "
                    "the owner under “credit”; the licence says how others may use the picture."
                ),
            },
        ),
        (
            _("Account"),
            {
                "fields": ["user"],
                "description": _(
                    "Choose an account only if this person signs in to this portal. Most people have no account."
                ),
            },
        ),
    ]

    mentions = count_column("*", _("mentions"))

    def picture_candidates(self, rows: QuerySet, files: Iterable[str]) -> Index:
        # There may be very many people, so only those are loaded to whom the names of the files may refer.
        texts = sorted({text for file in files for text in (file, *texts_of(file))})
        found: dict[int, Candidate] = {}
        for first in range(0, len(texts), PIECE):
            some = texts[first : first + PIECE]
            keys = {key for text in some if (key := name_key(text))}
            known = Q(slug__in={slug_from(text) for text in some}) | Q(key__in={text.lower() for text in some})
            named = rows.filter(known | Q(name_key__in=keys) | Q(native_key__in=keys))
            for pk, name, native, slug, key in named.values_list("pk", "name", "native_name", "slug", "key")[:MOST]:
                found[pk] = Candidate(pk, name, slug, (name, native), key=key)
        return Index(found.values(), any_order=True)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.has_perm("accounts.view_user"):
            return fieldsets
        return [(name, options) for name, options in fieldsets if "user" not in options["fields"]]

    @admin.display(description=_("sorted as"), ordering="sort_key")
    def sorted_name(self, obj: Person) -> str:
        return obj.sorted_as

    @admin.display(description=_("portrait"))
    def portrait_view(self, obj: Person) -> str:
        return thumbnail(obj.portrait)


@admin.register(Organisation)
class OrganisationAdmin(OtherNamesMixin, MergeMixin, RecordAdmin):
    list_display = ["name", "disambiguation", "country", "website", "mentions"]
    list_filter = [("country", CountryFilter)]
    needs = (without_sources(Organisation, "description"),)
    search_fields = ["name_key", "sort_key", "description", "other_names__name_key"]
    search_help_text = _("Searches names, also other names, and descriptions.")
    searched_relations = ("other_names",)
    chosen_by = ("name_key", "sort_key", "other_names__name_key")
    told_by = ("disambiguation", "country")
    inlines = [OrganisationNameInline, OrganisationIdentifierInline]
    ordering = ["sort_key", "pk"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *("name", "slug", "disambiguation", "description", "founded", "dissolved", "country", "website"),
                    "sources",
                ],
                "description": _(
                    "A company, school or other organisation. Write only what a source says, and name the source."
                ),
            },
        ),
    ]

    mentions = count_column("*", _("mentions"))


@admin.register(Affiliation)
class AffiliationAdmin(RecordAdmin):
    list_display = ["person", "role", "organisation", "source"]
    list_filter = [("person", OneRow)]
    needs = (without_source(),)
    search_fields = ["person__name_key", "organisation__name", "role"]
    searched_relations = ("person", "organisation")
    list_select_related = ["person", "organisation", "source"]
    ordering = ["person__sort_key", "pk"]
    fieldsets = [
        (
            None,
            {
                "fields": ["person", "organisation", "role", "source"],
                "description": _("A person’s role in an organisation. Name the source."),
            },
        ),
    ]


class PersonalWorkAdmin(RecordAdmin):
    list_display = ["__str__", "person", "order", "source"]
    list_filter = [("person", OneRow)]
    list_display_links = ["__str__"]
    search_fields = ["title", "description", "person__name_key"]
    searched_relations = ("person",)
    list_select_related = ["person", "source"]
    ordering = ["person_id", "order"]


@admin.register(PastWork)
class PastWorkAdmin(PersonalWorkAdmin):
    list_display = ["title", "person", "year", "order", "source"]
    list_display_links = ["title"]
    fieldsets = [
        (
            None,
            {
                "fields": ["person", "title", "year", "description", "order", "source"],
                "description": _("A work that the person was known for before the contest, as named by a source."),
            },
        ),
    ]


@admin.register(NextProject)
class NextProjectAdmin(PersonalWorkAdmin):
    fieldsets = [
        (
            None,
            {
                "fields": ["person", "title", "year", "description", "order", "source"],
                "description": _("What a person says they will make next, in your own words. Name the source."),
            },
        ),
    ]
