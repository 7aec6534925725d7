"""Suggestions (`<datalist>`) for fields that hold a code: languages and currencies. They work without JavaScript."""

from collections.abc import Callable

from record import content_languages

Offer = Callable[[], list[tuple[str, str]]]


class SuggestionsMixin:
    """A model admin whose page contains the `<datalist>` elements that its fields name in their `list` attribute."""

    #: {name of the list: function that returns (value, label) pairs}
    suggested: dict[str, Offer] = {"language-names": content_languages.suggested}

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        forms = [context["adminform"].form]
        forms += [below.formset.empty_form for below in context["inline_admin_formsets"]]
        fields = [field for form in forms for field in form.fields.values()]
        named = {field.widget.attrs.get("list") for field in fields}
        context["suggestions"] = {name: offer() for name, offer in self.suggested.items() if name in named}
        return super().render_change_form(request, context, add, change, form_url, obj)
