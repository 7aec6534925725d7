"""
The catalogs contain every message of the source code in every language, and all texts in the source code can be
translated.
"""

import ast
import re
from html.parser import HTMLParser

import pytest
from babel.messages import Message
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils.translation import to_locale

from portal import translation_catalogs

LANGUAGES = ["ja", "zh-hans", "ko", "pl"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|#")
TAG = re.compile(r"</?[a-z][^>]*>")


@pytest.fixture(scope="module")
def source():
    return translation_catalogs.in_source()


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def texts(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def messages(language):
    return [message for message in translation_catalogs.stored(language) if message.id]


def test_these_are_the_languages_that_have_a_catalog():
    assert translation_catalogs.languages() == LANGUAGES
    found = {path.parts[-3] for path in (settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/django.po")}
    assert found == {to_locale(language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_missing_stale_or_out_of_its_place(language, source):
    written = {(message.id, message.context) for message in messages(language)}
    said = {(message.id, message.context) for message in source if message.id}
    assert said - written == set(), "missing: run `make messages`"
    assert written - said == set(), "stale: run `make messages`"
    text = translation_catalogs.path_of(language).read_text(encoding="utf-8")
    assert text == translation_catalogs.updated(language, source), "run `make messages`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_in_each_of_its_forms(language):
    assert [message.id for message in messages(language) if not all(forms(message))] == []
    assert [message.id for message in messages(language) if message.fuzzy] == []
    number = {"ja": 1, "zh-hans": 1, "ko": 1, "pl": 3}[language]
    counted = {len(forms(message)) for message in messages(language) if message.pluralizable}
    assert counted == {number}


def has_its_placeholders(message: Message, place: int) -> bool:
    """
    Return whether the translation at `place` has all placeholders of the message. A singular form may omit the number.
    """
    found, wanted = (sorted(PLACEHOLDER.findall(text)) for text in (forms(message)[place], texts(message)[-1]))
    is_of_one = place == 0 and len(forms(message)) > 1
    return found == wanted or is_of_one and set(found) <= set(wanted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_has_the_placeholders_and_tags_of_the_message(language):
    wrong = []
    for message in messages(language):
        for place, form in enumerate(forms(message)):
            if form and not has_its_placeholders(message, place):
                wrong.append((message.id, form))
            if form and sorted(TAG.findall(form)) not in [sorted(TAG.findall(text)) for text in texts(message)]:
                wrong.append((message.id, form))
            if form and form != form.strip() and message.context != "between facts":
                wrong.append((message.id, form))
    assert wrong == []


def test_a_wrong_placeholder_is_noticed():
    one = Message(("one award", "%(number)s awards"), ("jedna nagroda", "%(number)s nagrody", "%(numer)s nagród"))
    assert [has_its_placeholders(one, place) for place in range(3)] == [True, True, False]


def test_the_catalogs_hold_nothing_of_the_machine_that_wrote_them():
    for language in LANGUAGES:
        lines = translation_catalogs.path_of(language).read_text(encoding="utf-8").splitlines()
        header = [line for line in lines[: lines.index("")] if not line.startswith(("msgid", "msgstr"))]
        assert [line.split(":")[0].strip('"') for line in header] == [
            "Language",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
            "Plural-Forms",
        ]
        named = {part for line in lines if line.startswith("#:") for part in line[2:].split()}
        assert [part for part in named if not (settings.BASE_DIR / part).is_file()] == []


#: Text that is the same in every language: formats for programs, names, and example code.
ALLOWED = {
    *("Laurel", "Python", "OpenAPI 3.1", "RFC 9457", "RateLimit", "ETag", "limit", "after", "before", "expand"),
    *("SVG", "PNG", "BibTeX", "CSL-JSON"),
}
#: Pages for developers, which are in English.
FOR_DEVELOPERS = {"templates/portal/style_guide.html"}
#: Template tags inside a class attribute.
CLASSES = ("block page_class", "block bodyclass")
WORDS = ("alt", "aria-description", "aria-label", "placeholder", "title")


class Spoken(HTMLParser):
    """Collects the texts that a page shows or that screen readers read: text nodes and some attributes."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[str] = []
        self.silent = ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.silent = tag if tag in ("code", "pre", "script", "style") else self.silent
        read = [*WORDS, *(["content"] if values.get("name") == "description" else [])]
        read += ["value"] if tag == "input" and values.get("type") in ("button", "submit", "reset") else []
        self.found += [values[name] for name in read if values.get(name)]

    def handle_endtag(self, tag):
        self.silent = "" if tag == self.silent else self.silent

    def handle_data(self, data):
        if not self.silent:
            self.found.append(data)


def untranslated(template: str) -> list[str]:
    """
    Return the text in a template that is outside translation tags, and literals inside other tags that look like text.
    """
    text, literals, inside = "", [], ""
    for token in Lexer(template).tokenize():
        name = token.contents.split()[0] if token.contents.split() else ""
        if token.token_type is TokenType.BLOCK:
            if name in ("blocktranslate", "comment"):
                inside = name
            elif name == f"end{inside}":
                inside = ""
            elif token.contents in CLASSES:
                inside = "block"
            elif name not in ("translate", "load", "extends", "block", "endblock"):
                literals += re.findall(r"""["']([A-Z][^"']*[a-z ][^"']*)["']""", token.contents)
        elif token.token_type is TokenType.TEXT and not inside:
            text += token.contents
    said = [re.sub(r"\s+", " ", words).strip(" \n·–:,;()/.") for words in Spoken(text).found]
    return [words for words in said + literals if re.search(r"[^\W\d_]", words) and words not in ALLOWED]


# The texts of Typst templates come from publishing/fact_sheet.py.
TEMPLATES = sorted(
    path for path in (settings.BASE_DIR / "templates").rglob("*.*") if path.suffix not in (".xml", ".typ")
)


@pytest.mark.parametrize("path", [str(path.relative_to(settings.BASE_DIR)) for path in TEMPLATES])
def test_a_template_says_nothing_outside_translation_tags(path):
    assert path in FOR_DEVELOPERS or untranslated((settings.BASE_DIR / path).read_text(encoding="utf-8")) == []


def test_words_outside_translation_tags_are_noticed():
    assert untranslated('<p title="Two words">{% translate "x" %} and {{ more }}</p>') == ["Two words", "and"]
    assert untranslated('{% include "a.html" with counted="Twelve of them" %}<img alt="A cat">') == [
        "A cat",
        "Twelve of them",
    ]
    assert untranslated("<p>{% blocktranslate %}Said{% endblocktranslate %} · {{ name }}, 5</p>") == []


# Code: texts that Django shows for a class or an error

SHOWN = {
    "verbose_name",
    "verbose_name_plural",
    "help_text",
    "label",
    "description",
    "violation_error_message",
    "phrase",
}
CALLS = {"ValidationError", "BadRequestMessage", "Order"}
#: The API is in English, for programs. Synthetic contests contain text in every script.
NOT_FOR_VISITORS = ("api/", "contests/demo/", "/migrations/", "/management/", "portal/views/style_guide.py")


def literals(code: str) -> list[str]:
    """Return strings that visitors or editors would read but that are not arguments of a gettext function."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        said = [keyword.value for keyword in node.keywords if keyword.arg in SHOWN]
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in ("ValidationError",):
            said += node.args[:1]
        if name in ("success", "warning", "error", "info", "message_user"):
            said += node.args[1:2]
        if name.endswith("Field") and name != "F":
            said += node.args[:1]
        found += [value.value for value in said if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return [text for text in found if re.search(r"[a-z]", text)]


@pytest.mark.parametrize(
    "path", [str(p.relative_to(settings.BASE_DIR)) for p in translation_catalogs.source_files() if p.suffix == ".py"]
)
def test_code_says_nothing_without_gettext(path):
    if any(part in f"/{path}" for part in NOT_FOR_VISITORS):
        return
    assert literals((settings.BASE_DIR / path).read_text(encoding="utf-8")) == []


def out_of_sight(code: str) -> list[str]:
    """Return messages inside f-strings, which Babel does not find before Python 3.12."""
    calls = [each for node in ast.walk(ast.parse(code)) if isinstance(node, ast.JoinedStr) for each in ast.walk(node)]
    names = {*translation_catalogs.KEYWORDS, "_"}
    return [ast.unparse(each) for each in calls if isinstance(each, ast.Call) and getattr(each.func, "id", "") in names]


@pytest.mark.parametrize(
    "path", [str(p.relative_to(settings.BASE_DIR)) for p in translation_catalogs.source_files() if p.suffix == ".py"]
)
def test_every_message_stands_where_the_catalogs_find_it(path):
    assert out_of_sight((settings.BASE_DIR / path).read_text(encoding="utf-8")) == []


def test_a_message_within_an_f_string_is_noticed():
    assert out_of_sight("f\"{_('Credit')}: {name}\"") == ["_('Credit')"]


def test_a_literal_is_noticed():
    assert literals('models.CharField("name", help_text=_("Said."))\nraise ValidationError("No.")') == ["name", "No."]
