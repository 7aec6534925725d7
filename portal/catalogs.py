"""
The catalogs of messages: found in the source, kept in `locale/`, compiled for Django. With Babel alone, since few fresh
machines have GNU gettext.
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

# Where messages stand. Migrations repeat what the models say.
PYTHON = ("record", "accounts", "people", "contests", "search", "api", "publishing", "portal")
TEMPLATES = ("templates",)
# gettext's own names, and those that Django adds, as `xgettext --keyword` writes them: which argument is what.
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
COMMENTS = ["Translators:"]


def languages() -> list[str]:
    """The languages that have a catalog: all but that of the source."""
    return [language for language, _name in settings.LANGUAGES if language != settings.LANGUAGE_CODE]


def path_of(language: str) -> Path:
    """The catalog of a language, as its translators edit it."""
    return settings.BASE_DIR / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"


def source_files() -> Iterator[Path]:
    """Every file that may hold a message, in the order of its name."""
    for folder in PYTHON:
        for path in sorted((settings.BASE_DIR / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    for folder in TEMPLATES:
        yield from sorted(path for path in (settings.BASE_DIR / folder).rglob("*") if path.is_file())


def in_source() -> Catalog:
    """Every message of the source, with the files where it stands."""
    found = Catalog()
    for path in source_files():
        code = path.read_text(encoding="utf-8")
        name = path.relative_to(settings.BASE_DIR).as_posix()
        if path.suffix != ".py":
            # What Django makes of a template is not Python but near it; within brackets its indentation says nothing.
            code = f"({templatize(code, name)})"
        lines = extract("python", BytesIO(code.encode()), KEYWORDS, COMMENTS, {"encoding": "utf-8"})
        for _line, message, comments, context in lines:
            found.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return found


def kept(language: str) -> Catalog:
    """The catalog of a language as it stands in `locale/`; an empty one where there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=to_locale(language))
    with path.open("rb") as file:
        return read_po(file, locale=to_locale(language), abort_invalid=True)


def updated(language: str, source: Catalog) -> str:
    """
    The catalog of a language as it should be written: every message of the source with the translation that it has,
    and none that the source no longer has. Nothing is guessed from what is spelled almost so. No dates, tool names or
    line numbers, so that only words change from one version to the next.
    """
    catalog = kept(language)
    catalog.update(source, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    for message in catalog:
        # One that has got a plural keeps no translation without one.
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
    """Writes the catalog of a language anew where the source has changed; whether it had."""
    path, text = path_of(language), updated(language, source)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def compile_all() -> None:
    """Makes the files that Django reads, where the catalogs have changed."""
    for language in languages():
        compile_catalog(language)


def compile_catalog(language: str) -> None:
    """
    Makes the file that Django reads, where it is missing or older than the catalog. Whoever reads at the same moment
    gets the old one or the new one, whole.
    """
    path = path_of(language)
    compiled = path.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime_ns >= path.stat().st_mtime_ns:
        return
    with NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as file:
        write_mo(file, kept(language))
        Path(file.name).chmod(0o644)
    os.replace(file.name, compiled)
