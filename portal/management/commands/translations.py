from django.core.management import BaseCommand

from portal import translation_catalogs


class Command(BaseCommand):
    help = (
        "Bring the catalogs of messages in locale/ up to date with the source: new messages come in without a "
        "translation, those that no longer stand anywhere go. With --compile, make the files that Django reads instead."
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


def _forms(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)
