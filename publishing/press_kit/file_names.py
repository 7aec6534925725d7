"""File names in any script that are valid on every system."""

import re
import unicodedata

# In bytes. File systems allow 255 for a name, but some limit the whole path.
LONGEST = 100
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\s]+')
# Names that Windows reserves for devices, with any extension.
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def safe(name: str) -> str:
    """
    Remove from `name` what a system forbids, what changes the folder and what is invisible. Returns "file" if nothing
    is left.
    """
    visible = "".join(
        c for c in unicodedata.normalize("NFC", name) if c.isspace() or unicodedata.category(c)[0] not in "C"
    )
    kept = _FORBIDDEN.sub("-", visible).strip(".- ")
    kept = kept.encode()[:LONGEST].decode(errors="ignore").strip(".- ")
    return f"_{kept}" if _DEVICE.fullmatch(kept) else kept or "file"


class Paths:
    """
    The paths in one archive, each used once. Case is ignored, so that no file is lost on a system that ignores it.
    """

    def __init__(self) -> None:
        self._given: set[str] = set()

    def new(self, folder: str, name: str, extension: str) -> str:
        """Return a new path for a file called `name`, with a number if it is taken. `extension` begins with a dot."""
        stem, number = safe(name), 1
        path = f"{folder}/{stem}{extension}"
        while path.casefold() in self._given:
            number += 1
            path = f"{folder}/{stem}-{number}{extension}"
        self._given.add(path.casefold())
        return path
