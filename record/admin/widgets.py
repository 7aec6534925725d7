"""The admin's widgets that differ from Django's."""

import json
from typing import Any

from django import forms
from django.contrib.admin.utils import quote
from django.contrib.admin.widgets import (
    AdminFileWidget,
    AdminTextareaWidget,
    AutocompleteMixin,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.core.files.storage import default_storage
from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from record.images import StoredImage, pending_uploads
from record.images.sanitizing import rules_for_browsers

from .primary_keys import is_key


class NoScriptMixin(AutocompleteMixin, forms.Select):
    """
    An autocomplete widget with an additional text input for browsers without JavaScript, where the list of options
    stays empty. The text is sent under the same name as the chosen option. The form field finds the row
    (record/admin/choices.py).
    """

    def render(self, name, value, attrs=None, renderer=None):
        box = super().render(name, value, attrs, renderer)
        return format_html(
            '{}<noscript><input type="text" class="vTextField" name="{}" aria-label="{}" placeholder="{}"></noscript>',
            box,
            name,
            (attrs or {}).get("aria-label") or self.attrs.get("aria-label") or name,
            _("name, slug or permanent key"),
        )

    def value_from_datadict(self, data, files, name):
        texts = data.getlist(name) if hasattr(data, "getlist") else [data.get(name)]
        texts = [text for text in texts if text]
        return texts if self.allow_multiple_selected else next(reversed(texts), "")

    @property
    def media(self):
        return super().media + forms.Media(js=["admin/js/autocomplete.js", "js/pickers.js"])


class KnownAutocompleteMultiple(NoScriptMixin, AutocompleteSelectMultiple):
    """An autocomplete widget for several rows."""

    def optgroups(self, name, value, attr=None):
        # Drop invalid keys; the form reports them as errors.
        return super().optgroups(name, [key for key in value if is_key(key)], attr)


class KnownAutocomplete(NoScriptMixin, AutocompleteSelect):
    """
    An autocomplete widget for one row. If the attribute `known` is set to the chosen row, the widget needs no query for
    the label. So a page with a hundred such widgets runs as many SQL statements as a page with one.
    """

    known: Model | None = None

    def optgroups(self, name, value, attr=None):
        if self.known is None or [str(self.known.pk)] != [str(key) for key in value]:
            # Drop invalid keys, so that they are not queried; the form reports them as errors.
            return super().optgroups(name, [key for key in value if is_key(key)], attr)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        label = self.choices.field.label_from_instance(self.known)
        options.append(self.create_option(name, self.known.pk, label, True, len(options)))
        return [(None, options, 0)]


class CheckBoxes(forms.CheckboxSelectMultiple):
    """
    Check boxes for a field with many choices, ticked ones first. static/js/checkbox_search.js adds a search by name.
    """

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        told = {"class": "many-boxes", "data-search": _lazy("Find a country or region:")}
        super().__init__({**told, **(attrs or {})}, choices)

    def optgroups(self, name, value, attrs=None):
        groups = super().optgroups(name, value, attrs)
        return sorted(groups, key=lambda group: not group[1][0]["selected"])

    class Media:
        js = ["js/checkbox_search.js"]


class Textarea(AdminTextareaWidget):
    """
    A textarea that converts the line ends of browsers, CR LF, to LF. Otherwise every text with several lines would look
    changed.
    """

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


class ImageInput(AdminFileWidget):
    """
    A file input that shows the current image and the newly chosen image, and lets the editor set the focal point.
    Without JavaScript, it is a plain file input, and the editor types the focal point into the two fields below.
    """

    template_name = "admin/image_input.html"
    #: `owner` is the primary key of the signed-in account. `waiting` is an upload of this account that is kept until
    #: the form is valid.
    owner: str | None = None
    waiting: pending_uploads.Waiting | None = None

    class Media:
        css = {"all": ["css/images.css"]}
        js = ["js/image_input.js"]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["waiting"], context["waiting_name"] = self.waiting, self._waiting_name(name)
        context["rules"] = json.dumps(rules_for_browsers())
        context["original_url"] = self._original_url(value) if context["widget"]["is_initial"] else ""
        return context

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        token = data.get(self._waiting_name(name))
        if value is None and token and self.owner:
            return pending_uploads.take(default_storage, self.owner, token)
        return value

    def value_omitted_from_data(self, data, files, name):
        return super().value_omitted_from_data(data, files, name) and self._waiting_name(name) not in data

    @staticmethod
    def _waiting_name(name: str) -> str:
        return f"{name}-waiting"

    @staticmethod
    def _original_url(image: StoredImage) -> str:
        if not image.original:
            return ""
        row = image.instance
        page = f"admin:{row._meta.app_label}_{row._meta.model_name}_original"
        return reverse(page, args=[quote(row.pk), image.field.name])

    def _render(self, template_name, context, renderer=None):
        # Use the project's template engine, because the form renderer does not find the project's templates.
        return render_to_string(template_name, context)
