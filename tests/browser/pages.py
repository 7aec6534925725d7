"""
Every kind of page, for tests that apply to all of them: weight, accessibility and valid HTML.

To test a new kind of page, add a line to `PAGES`. Its URL must exist in the portal that `fill` creates.
"""

from io import BytesIO

from django.core.files.base import ContentFile
from django.core.management import call_command
from PIL import Image

PAGES = {
    "home": "/",
    "contests": "/contests/",
    "contest": "/contests/nextgen/",
    "contest's winners": "/contests/nextgen/winners/",
    "corrections": "/contests/nextgen/corrections/",
    "gallery": "/contests/nextgen/submissions/",
    "film": "/works/alzheimer/",
    "film with a poster": "/works/lost-and-found/",
    "event": "/contests/nextgen/events/awards-ceremony/",
    "winners": "/winners/",
    "works": "/works/",
    "people": "/people/",
    "person": "/people/tim-yip/",
    "person with a portrait": "/people/lee-hwan-kyung/",
    "quotes": "/quotes/",
    "filtered list": "/quotes/?speaker=tim-yip",
    "refused filter": "/winners/?award=unheard-of",
    "empty list": "/winners/?award=nextgen%2Fgrand-prize&country=PL",
    "quote": "/quotes/tim-yip-human-touch/",
    "sources": "/sources/",
    "source": "/sources/nextgen-ceremony-report/",
    "statistics": "/statistics/",
    "search": "/search/",
    "search's answers": "/search/?q=human",
    "nothing found": "/search/?q=zzzzzz",
    "verify": "/verify/",
    "mistyped code": "/verify/?code=YKQ8N-CFK24",
    "certificate": "/verify/YKQ8N-CFK23/",
    "API": "/api/",
    "sign-in": "/account/sign-in/",
}
#: The pages that other websites can show in a frame.
EMBEDS = {
    "winners to embed": "/embed/contests/nextgen/winners/",
    "film to embed": "/embed/contests/nextgen/submissions/alzheimer/",
    "film with a poster to embed": "/embed/contests/nextgen/submissions/lost-and-found/",
    "quote to embed": "/embed/quotes/tim-yip-human-touch/",
}
#: A page for developers. In production, only editors can open it.
STYLE_GUIDE = "/style-guide/"
#: The pages that work while the portal has no contests.
EMPTY = ("/", "/contests/", "/winners/", "/works/", "/people/", "/quotes/", "/sources/", "/statistics/", "/search/?q=a")
NOT_FOUND = "/nothing-here/"


def fill() -> None:
    """Load the NextGen contest and add synthetic images to all image fields."""
    from contests.models import Contest, Submission
    from people.models import Person

    call_command("loaddata", "nextgen", verbosity=0)
    for image, size in (
        (Submission.objects.get(slug="lost-and-found").poster, (600, 900)),
        (Person.objects.get(slug="lee-hwan-kyung").portrait, (600, 750)),
        (Contest.objects.get(slug="nextgen").hero, (1200, 675)),
    ):
        content = BytesIO()
        Image.linear_gradient("L").resize(size).convert("RGB").save(content, "PNG")
        image.save("gradient.png", ContentFile(content.getvalue(), name="gradient.png"))
