"""
Measures how long it takes to clean an uploaded image and to make its renditions: `python benchmarks/renditions.py`.

Uses two generated pictures of 1600 x 2400 px: noise, which takes longest to encode, and soft shapes with film grain,
which are similar to a photograph.
"""

import io
import os
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = (1600, 2400)


def noise() -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise(SIZE, 90) for _ in "RGB"])


def shapes() -> Image.Image:
    dice = random.Random(7)  # noqa: S311
    slope = Image.linear_gradient("L").resize(SIZE)
    picture = Image.merge("RGB", (slope, slope.transpose(Image.Transpose.FLIP_LEFT_RIGHT), slope.rotate(180)))
    draw = ImageDraw.Draw(picture)
    for _ in range(400):
        x, y, radius = dice.randrange(SIZE[0]), dice.randrange(SIZE[1]), dice.randrange(10, 260)
        colour = (dice.randrange(256), dice.randrange(256), dice.randrange(256))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    soft = picture.filter(ImageFilter.GaussianBlur(3))
    return ImageChops.soft_light(soft, Image.merge("RGB", [Image.effect_noise(SIZE, 14)] * 3))


def main() -> None:
    django.setup()
    from record.images import clean_image, renditions
    from record.media.local import LocalMediaStorage

    for name, picture in (("noise", noise()), ("shapes", shapes())):
        for kind in ("JPEG", "PNG"):
            content = io.BytesIO()
            picture.save(content, kind, quality=90)
            with tempfile.TemporaryDirectory() as folder:
                storage = LocalMediaStorage(folder)
                start = time.perf_counter()
                cleaned = clean_image(SimpleUploadedFile("upload", content.getvalue()))
                stored = storage.save(str(cleaned.name), cleaned)
                between = time.perf_counter()
                renditions.make(storage, stored)
                end = time.perf_counter()
                sizes = {file.name[32:]: file.stat().st_size // 1024 for file in sorted(Path(folder).iterdir())}
            print(f"{name} {kind}: cleaned in {between - start:.2f} s, renditions in {end - between:.2f} s")
            print(f"  KB: {sizes}")


if __name__ == "__main__":
    main()
