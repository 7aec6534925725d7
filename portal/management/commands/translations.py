from collections.abc import Iterable

from django.core.management import BaseCommand

from portal import translation_catalogs


class Command(BaseCommand):
    help = (
        "Update the translation catalogs in locale/ from the source code: add new messages without a translation, and "
        "remove messages that the source code no longer has. With --compile, only make the .mo files that Django reads."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--compile", action="store_true", help="only compile what has changed")

    def handle(self, *args, **options):
        if options["compile"]:
            translation_catalogs.compile_all()
            return
        source = translation_catalogs.in_source()
        for language in translation_catalogs.languages():
            translation_catalogs.update(language, source)
            catalog = translation_catalogs.stored(language)
            waiting = sum(not any(_forms(message.string)) for message in catalog if message.id)
            self.stdout.write(f"{language}: {len(catalog)} messages, {waiting} without a translation")


def _forms(string: str | Iterable[str] | None) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ())
