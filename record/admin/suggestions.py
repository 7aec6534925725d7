"""The `<datalist>` elements of a form: suggestions for text fields, which work without JavaScript."""

from collections.abc import Callable, Iterable, Mapping

from django.forms import BaseForm

Offer = Callable[[], list[tuple[str, str]]]


def suggestions_for(forms: Iterable[BaseForm], offers: Mapping[str, Offer]) -> dict[str, list[tuple[str, str]]]:
    """Return the (value, label) pairs of each list that a field of `forms` names in its `list` attribute."""
    named = {field.widget.attrs.get("list") for form in forms for field in form.fields.values()}
    return {name: offer() for name, offer in offers.items() if name in named}
