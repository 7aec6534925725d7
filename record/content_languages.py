"""Languages by tag (BCP 47) and by name (from Unicode's CLDR)."""

import re
from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

UNKNOWN = _("This language is not in the list. Type its name, such as “Japanese”, and choose it.")
HELP = _("Type its name, such as “Japanese”, and choose it from the list.")
#: The languages of the interface; editors may type a language's name in any of them.
NAMED_IN = ("en", "ja", "zh_Hans", "ko", "pl")
#: Tags offered in addition to all two-letter language codes.
ALSO = ("zh-Hans", "zh-Hant", "pt-BR", "yue", "fil", "haw", "ceb", "ckb", "gsw", "ast", "sah", "mul", "zxx")
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?P<script>-[a-z]{4})?(?P<region>-([a-z]{2}|\d{3}))?"
    r"(?P<rest>(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*(-x(-[a-z0-9]{1,8})+)?)",
    re.IGNORECASE,
)


def tag_of(text: str) -> str | None:
    """Return the tag for `text`, a tag in any case or a language's name; None if it is neither."""
    found = _TAG.fullmatch(text.strip().replace("_", "-"))
    if not found:
        return _tags_by_name().get(_folded(text))
    english = Locale("en")
    language = found["language"].lower()
    script, region = (found["script"] or "")[1:].title(), (found["region"] or "")[1:].upper()
    is_known = len(language) == 3 or language in english.languages
    is_known = is_known and (not script or script in english.scripts)
    if not is_known or (region and region not in english.territories):
        return _tags_by_name().get(_folded(text))
    return "-".join(filter(None, [language, script, region])) + found["rest"].lower()


def named(tag: str) -> str:
    """Return the name of a tag's language, in the language of the page; the tag itself if it has no name."""
    name = _names(to_locale(get_language() or "en")).get(tag)
    # Don't use a name that would be read as another language's.
    return name if name and tag_of(name) == tag else tag


@cache
def _names(locale: str) -> dict[str, str]:
    return {tag.replace("_", "-"): name for tag, name in Locale.parse(locale).languages.items()}


def offered() -> list[tuple[str, str]]:
    """Return the tags on offer and their names in the language of the page, sorted by name."""
    return _offered(to_locale(get_language() or "en"))


@cache
def _offered(locale: str) -> list[tuple[str, str]]:
    names = Locale.parse(locale).languages
    tags = [*(tag for tag in names if len(tag) == 2), *ALSO]
    return sorted(((tag, names.get(tag.replace("-", "_"), tag)) for tag in tags), key=lambda pair: pair[1].casefold())


def suggested() -> list[tuple[str, str]]:
    """Return the suggestions for a language field, as pairs of input value and label."""
    return [(named(tag), name) for tag, name in offered()]


@cache
def _tags_by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for locale in reversed(NAMED_IN):  # English last, so that it wins if two languages share a name
        for tag, name in Locale.parse(locale).languages.items():
            found[_folded(name)] = tag.replace("_", "-")
    return found


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def validate_language(value: str) -> None:
    """Raise `ValidationError` if `value` is not a language tag."""
    if tag_of(value) != value:
        raise ValidationError(UNKNOWN, code="language")


class LanguageFormField(forms.CharField):
    """A form field for a language, shown by its name. It accepts a name or a tag."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any):
        super().__init__(**{**kwargs, "max_length": 60})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return (tag_of(text) or text) if text else text

    def prepare_value(self, value: Any) -> Any:
        return named(self.to_python(value)) if isinstance(value, str) and value else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "list": "language-names"}


class LanguageField(models.CharField):
    """A language tag (BCP 47) for the `lang` attribute: en, ja, zh-Hans, pt-BR. Names are saved as tags."""

    default_validators = [validate_language]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 16)
        kwargs.setdefault("help_text", HELP)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return (tag_of(value) or value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def from_db_value(self, value: Any, expression, connection) -> Any:
        # Whatever is stored, never put an unknown language into a `lang` attribute.
        return (tag_of(value) or "") if value else value

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": LanguageFormField, **kwargs})
