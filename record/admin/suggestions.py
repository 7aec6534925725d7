"""Names that a browser suggests where a code is typed: of languages, of currencies. They work without JavaScript."""

from collections.abc import Callable

from record import languages

Offer = Callable[[], list[tuple[str, str]]]


class SuggestionsMixin:
    """A model admin whose page has the lists that its fields name in their attribute `list`."""

    #: {the name of the list: what gives what is typed, and what it is called}
    suggested: dict[str, Offer] = {"language-names": languages.suggested}

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        forms = [context["adminform"].form]
        forms += [below.formset.empty_form for below in context["inline_admin_formsets"]]
        fields = [field for form in forms for field in form.fields.values()]
        named = {field.widget.attrs.get("list") for field in fields}
        context["suggestions"] = {name: offer() for name, offer in self.suggested.items() if name in named}
        return super().render_change_form(request, context, add, change, form_url, obj)
