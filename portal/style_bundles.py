"""
The style sheets of each kind of page. In production, a page loads them as one file, which `collectstatic` makes.
Elsewhere, it loads the plain files, so that changes are visible after reloading the page.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

#: The files of each bundle in `static/css/`, without `.css`, in the order of the cascade. All public pages share one
#: bundle: with one for each kind of page, a visitor would download the common files several times.
BUNDLES = {
    "public": (
        *("fonts", "tokens", "base", "layout", "components", "titles", "focus", "source_marks", "lists", "letters"),
        *("languages", "pages", "quotes", "sharing", "search", "statistics", "corrections", "series", "results"),
        *("verify", "print"),
    ),
    "account": ("fonts", "tokens", "base", "layout", "account"),
    "embed": ("fonts", "tokens", "embeds", "focus"),
    "ceremony": ("fonts", "tokens", "base", "components", "titles", "languages", "ceremony"),
    "admin": (
        *("fonts", "admin", "admin_forms", "admin_rows", "admin_lists", "admin_pages", "dashboard", "admin_phone"),
    ),
}


def bundle_path(kind: str) -> str:
    # In the same folder as its files, so that relative URLs in them stay correct.
    return f"css/bundle_{kind}.css"


def sheets(kind: str) -> list[str]:
    """Return the paths of the style sheets that a page of this kind loads."""
    if kind not in BUNDLES:
        raise LookupError(f"There is no bundle of styles {kind!r}. portal/style_bundles.py has {', '.join(BUNDLES)}.")
    if isinstance(staticfiles_storage, BundlingStorage):
        return [bundle_path(kind)]
    return [f"css/{name}.css" for name in BUNDLES[kind]]


class BundlingStorage(CompressedManifestStaticFilesStorage):
    """Write the bundles of style sheets before all files get hashed names and are compressed."""

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        if not dry_run:
            for kind, names in BUNDLES.items():
                path = bundle_path(kind)
                self.delete(path)
                self._save(path, ContentFile(b"".join(_content(paths, f"css/{name}.css") for name in names)))
                paths[path] = self, path
        yield from super().post_process(paths, dry_run=dry_run, **options)


def _content(paths: dict[str, Any], sheet: str) -> bytes:
    storage, path = paths[sheet]
    with storage.open(path) as file:
        content: bytes = file.read()
    return content
