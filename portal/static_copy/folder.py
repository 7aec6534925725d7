"""
The folder of a static copy. A file is written only if its content has changed, so unchanged files keep their time.

`SHA256SUMS` lists all files of the copy with their checksums, in the form that `sha256sum --check` reads. Only listed
files are ever removed.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

CHECKSUMS, STATE = "SHA256SUMS", "copy.json"
#: The files that a run has written so far. It lists them for the next run if this one is stopped.
UNFINISHED = ".unfinished"


class WrongFolderError(Exception):
    """The folder has other files, or the copy of something else."""


class Folder:
    """
    The files of a copy below `root`. `of` says what it is a copy of, "" for the whole site. `written`, `unchanged` and
    `removed` count the files.
    """

    def __init__(self, root: Path, of: str):
        self.root, self.of = root, of
        self.written = self.unchanged = self.removed = 0
        self.size = 0
        self.checksums: dict[str, str] = {}
        #: The ETags of pictures, by the names of their files.
        self.etags: dict[str, str] = {}
        self.state: dict[str, Any] = self._state()
        self._earlier_etags: dict[str, str] = self.state.get("etags") or {}
        self._earlier_checksums: dict[str, str] = {}
        self._earlier = self._listed()
        self._folders: set[Path] = set()
        root.mkdir(parents=True, exist_ok=True)
        if not self.state:
            self._store(STATE, _json({"of": of}))

    def _state(self) -> dict[str, Any]:
        if not self.root.exists():
            return {}
        if not self.root.is_dir():
            raise WrongFolderError(f"{self.root} is not a folder.")
        file = self.root / STATE
        try:
            state: dict[str, Any] = json.loads(file.read_bytes()) if file.exists() else {}
        except ValueError:
            state = {}
        if not state and any(self.root.iterdir()):
            raise WrongFolderError(f"{self.root} has files that are not of a copy. Choose an empty folder.")
        if state and state.get("of") != self.of:
            raise WrongFolderError(f"{self.root} has the copy of something else. Choose another folder.")
        return state

    def _listed(self) -> set[str]:
        """Return the names of the files that earlier runs have written."""
        names: set[str] = set()
        if (sums := self.root / CHECKSUMS).exists():
            lines = sums.read_text(encoding="utf-8").splitlines()
            self._earlier_checksums = {line[66:]: line[:64] for line in lines}
            names |= set(self._earlier_checksums)
        if (unfinished := self.root / UNFINISHED).exists():
            names |= set(unfinished.read_text(encoding="utf-8").splitlines())
        return {name for name in names if name and not _leads_out(name)}

    def etag_of(self, name: str) -> str:
        """Return the ETag of the picture that an earlier run has written to this file, or "" if there is none."""
        return self._earlier_etags.get(name, "") if (self.root / name).is_file() else ""

    def keep(self, name: str) -> bool:
        """Keep a picture that an earlier run has written. Return False if it is gone or has changed."""
        if (content := self._kept(name)) is None:
            return False
        self.write(name, content, self._earlier_etags[name])
        return True

    def _kept(self, name: str) -> bytes | None:
        try:
            content = (self.root / name).read_bytes()
        except OSError:
            return None
        is_same = hashlib.sha256(content).hexdigest() == self._earlier_checksums.get(name)
        return content if is_same else None

    def write(self, name: str, content: bytes, etag: str = "") -> None:
        self.checksums[name] = hashlib.sha256(content).hexdigest()
        self.size += len(content)
        if etag:
            self.etags[name] = etag
        if self._store(name, content):
            self.written += 1
        else:
            self.unchanged += 1

    def _store(self, name: str, content: bytes) -> bool:
        path = self.root / name
        try:
            if path.stat().st_size == len(content) and path.read_bytes() == content:
                return False
        except (FileNotFoundError, NotADirectoryError):
            pass
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(path.parent)
        if name not in (STATE, CHECKSUMS):
            with (self.root / UNFINISHED).open("a", encoding="utf-8") as unfinished:
                unfinished.write(f"{name}\n")
        partial = path.with_name(f"{path.name[:50]}.partial")
        partial.write_bytes(content)
        partial.replace(path)
        return True

    def begin_again(self) -> None:
        """Forget what this run has written. The next calls of `write` say again what the copy has."""
        self._earlier |= set(self.checksums)
        self.checksums, self.etags = {}, {}
        self.size = 0

    def gone(self) -> set[str]:
        """Return the names of the files of earlier runs that the copy no longer has."""
        return self._earlier - set(self.checksums)

    def remove_others(self) -> None:
        """Remove the files that are `gone`, and the folders that are then empty."""
        for name in sorted(self.gone()):
            path = self.root / name
            if path.is_file():
                path.unlink()
                self.removed += 1
            for folder in path.parents:
                if folder == self.root or not _remove_if_empty(folder):
                    break

    def finish(self, state: dict[str, Any]) -> None:
        """Write the checksums and `state`, which says what the copy is of and when it changed."""
        self._store(STATE, _json({"of": self.of} | state | {"etags": dict(sorted(self.etags.items()))}))
        lines = "".join(f"{self.checksums[name]}  {name}\n" for name in sorted(self.checksums))
        self._store(CHECKSUMS, lines.encode())
        (self.root / UNFINISHED).unlink(missing_ok=True)


def _leads_out(name: str) -> bool:
    return name.startswith("/") or ".." in name.split("/")


def _remove_if_empty(folder: Path) -> bool:
    try:
        os.rmdir(folder)
    except OSError:
        return False
    return True


def _json(value: dict[str, Any]) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, indent=2)}\n".encode()
