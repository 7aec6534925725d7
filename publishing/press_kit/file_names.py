"""File names in any script that are valid on every operating system."""

import re
import unicodedata

# The maximum length of a file name in bytes. File systems allow 255, but some also limit the length of the whole path.
LONGEST = 100
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\s]+')
# Names that Windows reserves for devices, whatever their extension.
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def safe(name: str) -> str:
    """
    Return a valid file name that is similar to `name`. Characters that an operating system forbids, path separators and
    spaces become hyphens. Invisible characters are removed. Return "file" if nothing is left.
    """
    visible = "".join(
        c for c in unicodedata.normalize("NFC", name) if c.isspace() or unicodedata.category(c)[0] not in "C"
    )
    kept = _FORBIDDEN.sub("-", visible).strip(".- ")
    kept = kept.encode()[:LONGEST].decode(errors="ignore").strip(".- ")
    return f"_{kept}" if _DEVICE.fullmatch(kept) else kept or "file"


class Paths:
    """
    The paths in one archive. Each path is used once. Upper and lower case count as equal, because some file systems
    don't distinguish them.
    """

    def __init__(self) -> None:
        self._given: set[str] = set()

    def new(self, folder: str, name: str, extension: str) -> str:
        """
        Return an unused path for a file called `name`, with a number added if the name is taken. `extension` begins
        with a dot.
        """
        stem, number = safe(name), 1
        path = f"{folder}/{stem}{extension}"
        while path.casefold() in self._given:
            number += 1
            path = f"{folder}/{stem}-{number}{extension}"
        self._given.add(path.casefold())
        return path
