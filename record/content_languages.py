"""
Model and form fields for languages. A language is stored as a BCP 47 tag and shown by its name from Unicode's CLDR.
"""

import re
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

UNKNOWN = _("Unknown language. Type the beginning of its name, such as “Japanese”, and choose it from the list.")
HELP = _("Type the language’s name, such as “Japanese”, and choose it from the list.")
SEVERAL_HELP = _("Type the names of the languages, separated by commas, such as “Japanese, English”.")
#: The languages of the interface, as Babel locale names. Editors may type the name of a language in any of them.
NAMED_IN = ("en", "ja", "zh_Hans", "ko", "pl")
#: Language tags that forms offer in addition to all two-letter codes.
ALSO = ("zh-Hans", "zh-Hant", "pt-BR", "yue", "fil", "haw", "ceb", "ckb", "gsw", "ast", "sah", "mul", "zxx")
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?P<script>-[a-z]{4})?(?P<region>-([a-z]{2}|\d{3}))?"
    r"(?P<rest>(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*(-x(-[a-z0-9]{1,8})+)?)",
    re.IGNORECASE,
)


@lru_cache(1_000)
def tag_of(text: str) -> str | None:
    """
    Return the BCP 47 tag of a language. `text` is a tag, in upper or lower case, or the name of the language in any
    language of the interface. Return None if it is neither.
    """
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
    """Return the name of the language `tag`, in the language of the page. Return the tag itself if it has no name."""
    name = _names(to_locale(get_language() or "en")).get(tag)
    # If two languages have the same name, forms accept the name for only one of them. Show the tag of the other one.
    return name if name and tag_of(name) == tag else tag


@cache
def _names(locale: str) -> dict[str, str]:
    return {tag.replace("_", "-"): name for tag, name in Locale.parse(locale).languages.items()}


def offered() -> list[tuple[str, str]]:
    """Return the languages that forms offer, as pairs (tag, name in the language of the page), sorted by name."""
    return _offered(to_locale(get_language() or "en"))


@cache
def _offered(locale: str) -> list[tuple[str, str]]:
    names = _names(locale)
    tags = [*(tag for tag in names if len(tag) == 2), *ALSO]
    return sorted(((tag, names.get(tag, tag)) for tag in tags), key=lambda pair: pair[1].casefold())


def suggested() -> list[tuple[str, str]]:
    """
    Return the suggestions for a language field, as pairs (value to fill in, label). The label is the name of the
    language. The value is the name too, or the tag if the name is ambiguous.
    """
    return [(named(tag), name) for tag, name in offered()]


@cache
def _tags_by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for locale in reversed(NAMED_IN):  # English last: it wins if a name means different languages
        for tag, name in Locale.parse(locale).languages.items():
            found[_folded(name)] = tag.replace("_", "-")
    return found


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def validate_language(value: str) -> None:
    """Raise `ValidationError` if `value` is not a known language tag in its usual spelling."""
    if tag_of(value) != value:
        raise ValidationError(UNKNOWN, code="language")


class LanguageFormField(forms.CharField):
    """A form field for a language. It shows the name of the language and accepts a name or a tag."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any):
        super().__init__(**{**kwargs, "max_length": 60})

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return (tag_of(text) or text) if text else text

    def prepare_value(self, value: Any) -> Any:
        return named(self.to_python(value) or "") if isinstance(value, str) and value else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "list": "language-names"}


class LanguageField(models.CharField):
    """
    A model field for a language. It stores a BCP 47 tag for the HTML attribute `lang`, such as "en" or "zh-Hans". Names
    of languages are converted to tags.
    """

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

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        # A value that is not a known tag must not get into a `lang` attribute, so read it as blank.
        return (tag_of(value) or "") if value else value

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": LanguageFormField, **kwargs})


def tags_in(text: str) -> list[str]:
    """
    Return the BCP 47 tags in `text`: tags or names of languages, separated by commas or semicolons. A part that is no
    known language is returned as it is. Each language is returned once.
    """
    parts = (part.strip() for part in re.split("[,;、，]", text))
    return list(dict.fromkeys(tag_of(part) or part for part in parts if part))


def validate_languages(value: str) -> None:
    """Raise `ValidationError` if `value` is not a list of known language tags, separated by commas."""
    for tag in value.split(","):
        validate_language(tag)


class LanguagesFormField(forms.CharField):
    """A form field for several languages. It shows their names and accepts names or tags."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any):
        super().__init__(**{**kwargs, "max_length": 300})

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return ",".join(tags_in(text)) if text else text

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(named, tags_in(value))) if isinstance(value, str) and value else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial, self.to_python(data))


class LanguagesField(models.CharField):
    """A model field for several languages. It stores BCP 47 tags, separated by commas, such as "en,zh-Hans"."""

    default_validators = [validate_languages]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("help_text", SEVERAL_HELP)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return ",".join(tags_in(value)) if value else value

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        # As in `LanguageField`, leave out values that are no known tags.
        return ",".join(tag for tag in map(tag_of, value.split(",")) if tag) if value else value

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": LanguagesFormField, **kwargs})
