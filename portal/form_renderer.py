"""
Renders the most frequent form widgets without templates. A page of the admin may have a thousand widgets, and a list of
countries 250 options. Django includes a template for each of them, which takes most of the time of such a page.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.functional import Promise
from django.utils.safestring import SafeData, SafeString

WIDGETS = "django/forms/widgets/"
INPUTS = ("input", "text", "number", "email", "url", "hidden", "checkbox", "date", "time", "datetime", "password")


class FormRenderer(DjangoTemplates):
    """Returns the same HTML as Django's own renderer, which it uses for all other templates."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name == "django/forms/errors/list/ul.html" and not context["errors"]:
            return ""
        make = BY_NAME.get(template_name)
        html = make(context["widget"]) if make else None
        return super().render(template_name, context, request) if html is None else SafeString(html)


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    return f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{value}{_attributes(widget)}>'


def _textarea(widget: Mapping[str, Any]) -> str:
    return f'<textarea name="{_text(widget["name"])}"{_attributes(widget)}>\n{_text(widget["value"] or "")}</textarea>'


def _select(widget: Mapping[str, Any]) -> str | None:
    """Return None if an option has a template of its own, or a label that a template would write in the language."""
    html = f'<select name="{_text(widget["name"])}"{_attributes(widget)}>'
    for group, options, _index in widget["optgroups"]:
        if group:
            html += f'\n  <optgroup label="{_text(group)}">'
        for option in options:
            if option["template_name"] != f"{WIDGETS}select_option.html" or not isinstance(
                option["label"], str | Promise
            ):
                return None
            html += (
                f'\n  <option value="{_text(option["value"])}"{_attributes(option)}>{_text(option["label"])}</option>'
            )
        if group:
            html += "\n  </optgroup>"
    return f"{html}\n</select>"


def _attributes(widget: Mapping[str, Any]) -> str:
    written = [
        f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    ]
    return "".join(written)


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if isinstance(text, SafeData) else escape(text)


BY_NAME: dict[str, Callable[[Mapping[str, Any]], str | None]] = {
    **{f"{WIDGETS}{name}.html": _input for name in INPUTS},
    f"{WIDGETS}textarea.html": _textarea,
    f"{WIDGETS}select.html": _select,
}
