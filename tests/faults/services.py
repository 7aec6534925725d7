"""The servers of a portal: PostgreSQL, Redis, a storage that speaks S3, a mail server, and nginx in front."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from signal import SIGCONT, SIGINT, SIGSTOP
from typing import Any, Self

import psycopg

from tests.faults.processes import ROOT, Service, free_port, send, until


class Missing(Exception):  # noqa: N818 - not an error of the scenario
    """Something that a scenario needs is not there: a program, a permission, or a file of the project."""


def program(name: str) -> str:
    """Return the path of a program. Raise Missing if it is not installed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if not found:
        raise Missing(f"{name} is not installed")
    return found


class Postgres:
    """A PostgreSQL server with files of its own. It listens on 127.0.0.1, as on another machine."""

    def __init__(self, folder: Path, main: "Postgres | None" = None):
        """With `main`, the server is a replica that follows that one by streaming replication."""
        self.folder, self.port = folder, free_port()
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)
        self.tools = folders[0].parent if folders else Path(program("initdb")).parent
        folder.mkdir()
        self._as: list[str] = []
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root. setpriv replaces itself with the server, which keeps its process id.
            shutil.chown(folder, "postgres")
            folder.parent.chmod(0o711)
            self._as = [program("setpriv"), "--reuid=postgres", "--regid=postgres", "--init-groups"]
        if main:
            origin = ["-h127.0.0.1", f"-p{main.port}", "-Ulaurel"]
            self._run("pg_basebackup", *origin, "-Ddata", "--write-recovery-conf", "--checkpoint=fast")
        else:
            own = ["--pgdata=data", "--username=laurel", "--auth=trust"]
            self._run("initdb", *own, "--encoding=UTF8", "--locale=C.UTF-8")
        command = [str(self.tools / "postgres"), "-D", str(folder / "data"), "-k", "", "-p", str(self.port)]
        self.service = Service([*self._as, *command], folder.with_suffix(".log"), folder=folder)
        self.wait()

    def _run(self, name: str, *options: str) -> None:
        command = [*self._as, str(self.tools / name), *options]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)

    def url(self, name: str) -> str:
        return f"postgres://laurel@127.0.0.1:{self.port}/{name}"

    def ask(self, name: str, sql: str) -> Any:
        """Return the first value that a statement gives in the database `name`."""
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            return connection.execute(sql).fetchone()[0]  # type: ignore[index]

    def create(self, name: str, template: str = "template1") -> None:
        self._run("createdb", "-h127.0.0.1", f"-p{self.port}", "-Ulaurel", "-T", template, name)
        # A copy takes over how many values of a sequence are in the write-ahead log already, but not that log. Without
        # this, its sequences would go back after a crash, and new rows would get keys that are taken.
        values = "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, last_value) FROM pg_sequences"
        self.ask(name, f"SELECT COUNT(*) FROM ({values} WHERE last_value IS NOT NULL OFFSET 0) AS written")

    def drop(self, name: str) -> None:
        self._run("dropdb", "-h127.0.0.1", f"-p{self.port}", "-Ulaurel", "--if-exists", "--force", name)

    def wait(self) -> None:
        def answers() -> bool:
            options = ["-h127.0.0.1", f"-p{self.port}", "-Ulaurel", "-dpostgres"]
            return not subprocess.run([self.tools / "pg_isready", *options], capture_output=True).returncode

        until(answers, 30, "PostgreSQL does not answer")

    def stop(self) -> None:
        """Stop the server as for a restart: sessions are ended, transactions rolled back."""
        self.service.stop(SIGINT)

    def start(self) -> None:
        self.service.start()
        self.wait()

    def freeze(self) -> None:
        """Stop all processes of the server without ending them: connections stay open, and nothing answers."""
        self._frozen = self.service.family()
        send(self._frozen, SIGSTOP)

    def thaw(self) -> None:
        send(self._frozen, SIGCONT)


class Redis:
    """A Redis server without files."""

    def __init__(self, folder: Path):
        self.port = free_port()
        command = [program("redis-server"), "--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        self.service = Service([*command, "--dir", str(folder)], folder / "redis.log")
        self.wait()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def wait(self) -> None:
        until(lambda: listens(self.port), 20, "Redis does not answer")


class Storage:
    """A server that speaks S3. It keeps its objects in memory, so it is stopped without being ended."""

    def __init__(self, folder: Path):
        self.port = free_port()
        command = [sys.executable, "-m", "tests.faults.object_storage", str(self.port)]
        self.service = Service(command, folder / "storage.log", folder=ROOT)
        until(lambda: listens(self.port), 30, "The storage does not answer")

    def tell(self, word: str) -> None:
        """Send "away" or "back" to the server."""
        with socket.create_connection(("127.0.0.1", self.port + 1), 10) as control:
            control.sendall(word.encode())
            control.recv(8)


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 2):
        return True
    return False


class Mail:
    """A mail server in a thread. It accepts every e-mail and keeps it in `received`."""

    def __init__(self, port: int, *, silent: bool = False):
        """If it is `silent`, it accepts connections and never says a word."""
        self.silent = silent
        self.received: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        self._held = []
        with suppress(OSError):
            while True:
                connection, _address = self._socket.accept()
                if self.silent:
                    self._held.append(connection)
                else:
                    threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream, suppress(OSError):

            def say(line: str) -> None:
                stream.write(f"{line}\r\n".encode())
                stream.flush()

            say("220 laurel.test")
            while line := stream.readline().decode(errors="replace").strip():
                verb = line.partition(" ")[0].upper()
                if verb == "DATA":
                    say("354 go on")
                    lines = []
                    while (text := stream.readline().decode(errors="replace").rstrip("\r\n")) != ".":
                        lines.append(text)
                    self.received.append("\n".join(lines))
                if verb == "QUIT":
                    say("221 bye")
                    return
                say("250 ok")


class Nginx:
    """nginx with the configuration of deploy/nginx, on free ports and with a throw-away certificate."""

    HOST = "laurel.test"

    def __init__(self, folder: Path, portal_port: int):
        shipped = ROOT / "deploy" / "nginx"
        if not (shipped / "laurel.conf").exists():
            raise Missing("deploy/nginx/laurel.conf is not there")
        self.folder, self.port = folder, free_port()
        (folder / "conf.d").mkdir(parents=True)
        for name in ("cache", "body", "proxy"):
            (folder / name).mkdir()
        options = f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN={self.HOST}"
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        subprocess.run(
            [program("openssl"), *options.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True
        )
        plain = free_port()
        for file in sorted(shipped.glob("*.conf")):
            text = file.read_text()
            text = re.sub(r"^.*listen \[::\].*\n", "", text, flags=re.MULTILINE)
            text = re.sub(r"listen 443\b", f"listen 127.0.0.1:{self.port}", text)
            text = re.sub(r"listen 80\b", f"listen 127.0.0.1:{plain}", text)
            text = text.replace("laurel.example.org", self.HOST)
            text = re.sub(r"server 127\.0\.0\.1:8000", f"server 127.0.0.1:{portal_port}", text)
            text = re.sub(r"(ssl_certificate) [^;]+", rf"\1 {certificate}", text)
            text = re.sub(r"(ssl_certificate_key) [^;]+", rf"\1 {key}", text)
            text = re.sub(r"ssl_trusted_certificate [^;]+;|ssl_stapling\w* [^;]+;", "", text)
            text = text.replace("/etc/nginx/mime.types", "MIME").replace("/etc/nginx", str(folder))
            text = text.replace("MIME", "/etc/nginx/mime.types")
            text = text.replace("/var/cache/nginx", str(folder / "cache")).replace("/var/log/nginx", str(folder))
            text = re.sub(r"pid [^;]+;", f"pid {folder}/nginx.pid;", text)
            text = re.sub(r"^user [^;]+;", "user root;" if os.geteuid() == 0 else "", text, flags=re.MULTILINE)
            text = text.replace(
                "http {", f"http {{\n    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;"
            )
            is_main = file.name == "nginx.conf"
            is_site = file.name == "laurel.conf"
            (folder / ("conf.d" if is_site else ".") / file.name).write_text(text)
            assert is_main or "http {" not in text
        if not (folder / "nginx.conf").exists():
            raise Missing("deploy/nginx/nginx.conf is not there")
        command = [program("nginx"), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
        self.service = Service([*command, "-g", "daemon off;"], folder / "nginx.log", folder=folder)
        until(lambda: listens(self.port), 20, "nginx does not answer")

    def left_over(self) -> int:
        """Return the size in bytes of the request bodies that nginx has on disk."""
        return sum(file.stat().st_size for file in (self.folder / "body").rglob("*") if file.is_file())
