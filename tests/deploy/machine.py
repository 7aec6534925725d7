"""
A machine for the tests of docs/deploying.md: an empty folder that takes the place of `/`.

The commands of the page are run as they are, except that names of folders, ports and the host are replaced, and that
these programs are replaced, because they would change the real machine or need systemd or the internet: adduser,
apt-get, the owner in `install`, setpriv, sysctl, systemctl, `git clone` (a copy of this checkout) and `python3 -m venv`
(the packages that run the tests, to which pip must have nothing to add).
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.deploy import systemctl

ROOT = Path(__file__).resolve().parents[2]
HOST = "localhost"
_BLOCK = re.compile(
    r"(?P<skipped><!-- not in the test: [^\n]+ -->\n)?^```sh\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
_FOLDER = re.compile(r"(?<![\w./])/(?=(?:etc|opt|var|run|usr/local)/)")
#: `install` without the options that name an owner.
_INSTALL = """
for word; do
    shift
    case $word in
        -o | -g) skip=1 ;;
        *) [ "${skip:-}" ] && skip= || set -- "$@" "$word" ;;
    esac
done
exec /usr/bin/install "$@"
"""
_LEFT_OUT = (
    ".git",
    ".venv",
    ".venv-*",
    "var",
    ".env",
    ".*_cache",
    ".hypothesis",
    "__pycache__",
    "node_modules",
    ".coverage*",
)


def blocks(page: str, section: str, *, skipped: bool = False) -> list[str]:
    """Return the commands in a section of a page in docs/: those that a test runs, or those that it leaves out."""
    text = (ROOT / "docs" / page).read_text().partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return [found["code"] for found in _BLOCK.finditer(text) if bool(found["skipped"]) == skipped]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@dataclass
class Machine:
    folder: Path
    #: Lines that are added to the settings of the page, such as an e-mail backend that sends nothing.
    settings: dict[str, str]
    http: int = field(default_factory=free_port)
    https: int = field(default_factory=free_port)
    inside: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        for path in ("etc/nginx/conf.d", "etc/systemd/system", "etc/sysctl.d", "usr/local/bin", "var/lib/nginx", "run"):
            (self.folder / path).mkdir(parents=True)
        (self.folder / "var/log/nginx").mkdir(parents=True)
        shutil.copy("/etc/nginx/mime.types", self.folder / "etc/nginx")
        (self.folder / "run/ports").write_text(f"{self.http} {self.https} {self.inside}")
        self._programs()

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.https}"

    @property
    def plain_url(self) -> str:
        return f"http://{HOST}:{self.http}"

    def here(self, text: str) -> str:
        """Replace folders, ports, the host and nginx's user by those of this machine."""
        text = text.replace("sqlite:////var/", f"sqlite:///{self.folder}/var/")
        text = _FOLDER.sub(f"{self.folder}/", text)
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
        text = re.sub(r"\blisten 80\b", f"listen 127.0.0.1:{self.http}", text)
        text = re.sub(r"\blisten 443\b", f"listen 127.0.0.1:{self.https}", text)
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{self.inside}")
        text = text.replace("GRANIAN_PORT=8000", f"GRANIAN_PORT={self.inside}")
        text = text.replace("https://$host/", f"https://$host:{self.https}/")
        # The tests' folder is closed to other users.
        text = text.replace("user www-data;", "user root;")
        return text.replace("laurel.example.org", HOST).replace(r"laurel\.example\.org", HOST)

    def run(self, code: str) -> str:
        """Run commands of the docs with bash, and return what they print. Stop at the first one that fails."""
        path = f"{self.folder}/programs:{self.folder}/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        ran = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", code],
            cwd=self.folder,
            env={"PATH": path, "LANG": "C.UTF-8", "HOME": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr + self.logs()
        return ran.stdout

    def deploy(self) -> None:
        first, *rest = blocks("deploying.md", "One server")
        first = first.replace("/path/or/URL/of/the/repository", str(ROOT))
        code = "\n".join([self.here(first), *map(self.here, rest)])
        settings = "".join(f"{name}={value}\n" for name, value in self.settings.items())
        code = re.sub(r"^END$", f"{settings}END", code, count=1, flags=re.MULTILINE)
        self.run(code)

    def upgrade(self) -> None:
        code = "\n".join(blocks("upgrading.md", "Commands")).replace("/path/or/URL/of/the/repository", str(ROOT))
        self.run(self.here(code))

    def logs(self) -> str:
        return "".join(
            f"\n{path}:\n{path.read_text()[-3000:]}" for path in sorted(self.folder.glob("var/log/**/*.log"))
        )

    def stop(self) -> None:
        for name in ("nginx", "laurel.service", "laurel-worker.service"):
            systemctl.stop(self.folder, name)

    def _programs(self) -> None:
        """Write the programs that replace others."""
        python = sys.executable
        wrapper = '#!/bin/sh\\nexec {} "$@"\\n'
        self._program("adduser", "")
        self._program("apt-get", "")
        self._program("sysctl", "")
        self._program("systemctl", f'exec {python} -m tests.deploy.systemctl {self.folder} "$@"', f"PYTHONPATH={ROOT}")
        self._program("setpriv", 'while [ "${1#--}" != "$1" ]; do shift; done; exec "$@"')
        self._program("install", _INSTALL)
        self._program(
            "git",
            f'for last; do :; done; exec {python} -m tests.deploy.machine {self.folder} "$last"',
            f"PYTHONPATH={ROOT}",
        )
        made = [
            'mkdir -p "$3/bin"',
            *(
                f"printf '{wrapper.format(command)}' >\"$3/bin/{name}\""
                for name, command in {
                    "python": python,
                    "pip": f"{python} -m pip --disable-pip-version-check",
                    "granian": f"{python} -m granian",
                }.items()
            ),
            'chmod +x "$3"/bin/*',
        ]
        make = "; ".join(made)
        self._program("python3", f'if [ "$1 $2" = "-m venv" ]; then {make}; else exec {python} "$@"; fi')

    def _program(self, name: str, body: str, export: str = "") -> None:
        program = self.folder / "programs" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text("#!/bin/sh\n" + (f"export {export}\n" if export else "") + body + "\n")
        program.chmod(0o755)


def copy(folder: Path, release: Path) -> None:
    """Copy this checkout to `release`, with the ports and folders of the machine in `folder`."""
    shutil.copytree(ROOT, release, ignore=shutil.ignore_patterns(*_LEFT_OUT), symlinks=True)
    ports = [int(port) for port in (folder / "run/ports").read_text().split()]
    machine = object.__new__(Machine)
    machine.folder, (machine.http, machine.https, machine.inside) = folder, ports
    # What the next version has changed: lines of a path, the old and the new text.
    if (change := folder / "run/change").exists():
        path, old, new = change.read_text().splitlines()
        text = (release / path).read_text()
        assert old in text
        (release / path).write_text(text.replace(old, new))
    for path in (release / "deploy").rglob("*"):
        if path.is_file():
            path.write_text(machine.here(path.read_text()))


if __name__ == "__main__":
    copy(Path(sys.argv[1]), Path(sys.argv[2]))
