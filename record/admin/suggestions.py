"""The `<datalist>` elements of a form: suggestions for text fields, which work without JavaScript."""

from collections.abc import Callable, Iterable, Mapping

from django.forms import BaseForm

Offer = Callable[[], list[tuple[str, str]]]


def suggestions_for(forms: Iterable[BaseForm], offers: Mapping[str, Offer]) -> dict[str, list[tuple[str, str]]]:
    """
    Return the suggestions that `forms` need: {ID of the `<datalist>`: (value, label) pairs}. The attribute `list` of a
    widget names the `<datalist>` of its field. `offers` has a function for each `<datalist>`.
    """
    named = {field.widget.attrs.get("list") for form in forms for field in form.fields.values()}
    return {name: offer() for name, offer in offers.items() if name in named}
