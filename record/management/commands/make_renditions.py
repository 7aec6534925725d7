from django.apps import apps
from django.core.management import BaseCommand

from record.images import ImageField, renditions


class Command(BaseCommand):
    help = (
        "Make the missing renditions of stored images, for example after loading a fixture or a backup, or after a "
        "change of widths or formats. Existing renditions are kept, so this can be run at any time. Empty files count "
        "as missing."
    )

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="decode existing renditions, and replace damaged ones")

    def handle(self, *args, **options):
        images = made = 0
        for field in (field for model in apps.get_models() for field in model._meta.fields):
            # History models store the name of an image in a text field, so this skips them.
            if not isinstance(field, ImageField):
                continue
            rows = field.model._base_manager.exclude(**{field.name: ""})
            for name in rows.order_by(field.name).values_list(field.name, flat=True).distinct().iterator():
                images += 1
                try:
                    made += renditions.make(field.storage, name, check=options["check"])
                except renditions.UnreadableImageError:
                    self.stderr.write(f"{name} is missing, or is no picture")
        self.stdout.write(f"Looked at {images} images; made {made} renditions")
