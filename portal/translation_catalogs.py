"""
The translation catalogs: extracts messages from the source code, stores them in `locale/`, and compiles them for
Django. This module uses only Babel, because most computers don't have GNU gettext.
"""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

# The folders that contain messages. Migrations are skipped, because they repeat the messages of the models.
PYTHON = ("record", "accounts", "people", "contests", "search", "api", "publishing", "portal")
TEMPLATES = ("templates",)
# The names of the translation functions, with the positions of the arguments that are the message, its plural and its
# context, as in `xgettext --keyword`.
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
COMMENTS = ["Translators:"]


def languages() -> list[str]:
    """Return the languages that have a catalog: all except English."""
    return [language for language, _name in settings.LANGUAGES if language != settings.LANGUAGE_CODE]


def path_of(language: str) -> Path:
    """Return the path of the .po file of a language."""
    return settings.BASE_DIR / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"


def source_files() -> Iterator[Path]:
    """Yield every file that may contain a message, sorted by folder and name."""
    for folder in PYTHON:
        for path in sorted((settings.BASE_DIR / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    for folder in TEMPLATES:
        yield from sorted(path for path in (settings.BASE_DIR / folder).rglob("*") if path.is_file())


def in_source() -> Catalog:
    """Return a catalog of all messages in the source code, with the names of the files that contain them."""
    found = Catalog()
    for path in source_files():
        code = path.read_text(encoding="utf-8")
        name = path.relative_to(settings.BASE_DIR).as_posix()
        if path.suffix != ".py":
            # Django's `templatize` converts a template to text that Babel can read as Python. The brackets make Python
            # ignore the indentation of this text.
            code = f"({templatize(code, name)})"
        lines = extract("python", BytesIO(code.encode()), KEYWORDS, COMMENTS, {"encoding": "utf-8"})
        for _line, message, comments, context in lines:
            found.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return found


def stored(language: str) -> Catalog:
    """Read the catalog of a language from `locale/`. Return an empty catalog if there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=to_locale(language))
    with path.open("rb") as file:
        return read_po(file, locale=to_locale(language), abort_invalid=True)


def updated(language: str, source: Catalog) -> str:
    """
    Return the content of the .po file of a language for the messages in `source`. Existing translations are kept, and
    messages that are no longer in the source are removed. Fuzzy translations, dates and line numbers are left out, so
    that a diff shows only changed texts.
    """
    catalog = stored(language)
    catalog.update(source, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    for message in catalog:
        # Babel marks a translation as fuzzy if its message has gained or lost a plural form. Delete such a translation.
        if message.id and message.fuzzy:
            message.string = ("",) * catalog.num_plurals if message.pluralizable else ""
            message.flags.discard("fuzzy")
    body = BytesIO()
    write_po(body, catalog, width=0, omit_header=True, sort_output=True, ignore_obsolete=True, include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {to_locale(language)}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    return header + body.getvalue().decode().rstrip("\n") + "\n"


def update(language: str, source: Catalog) -> bool:
    """Write the .po file of a language if it has changed. Return whether it was written."""
    path, text = path_of(language), updated(language, source)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def compile_all() -> None:
    """Compile every catalog whose .po file is newer than its .mo file."""
    for language in languages():
        compile_catalog(language)


def compile_catalog(language: str) -> None:
    """
    Compile the catalog of a language if the .mo file is missing or older than the .po file. The .mo file is replaced
    atomically, so that a process that reads it at the same time gets either the old or the new file.
    """
    path = path_of(language)
    compiled = path.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime_ns >= path.stat().st_mtime_ns:
        return
    with NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as file:
        write_mo(file, stored(language))
        Path(file.name).chmod(0o644)
    os.replace(file.name, compiled)
