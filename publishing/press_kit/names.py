"""Names of files that every system takes, in any script."""

import re
import unicodedata

# In bytes: file systems take 255, and somebody will unpack it deep in a folder.
LONGEST = 100
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\s]+')
# Windows keeps these for devices, whatever stands behind a dot.
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def safe(name: str) -> str:
    """`name` without what a system forbids, leads elsewhere or can't be seen; "file" where nothing is left."""
    visible = "".join(
        c for c in unicodedata.normalize("NFC", name) if c.isspace() or unicodedata.category(c)[0] not in "C"
    )
    kept = _FORBIDDEN.sub("-", visible).strip(".- ")
    kept = kept.encode()[:LONGEST].decode(errors="ignore").strip(".- ")
    return f"_{kept}" if _DEVICE.fullmatch(kept) else kept or "file"


class Paths:
    """Paths in one archive, each given once: a system that doesn't tell cases apart mustn't lose a file."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def new(self, folder: str, name: str, extension: str) -> str:
        """A path for a file called `name`; with a number where another has it. `extension` begins with a dot."""
        stem, number = safe(name), 1
        path = f"{folder}/{stem}{extension}"
        while path.casefold() in self._given:
            number += 1
            path = f"{folder}/{stem}-{number}{extension}"
        self._given.add(path.casefold())
        return path
