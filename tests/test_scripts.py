"""The scripts behind `make run`, `make lock` and CI, on computers that lack something."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([a-z0-9.-]+)==([^ ;\\]+)", re.MULTILINE)


def run(*command, cwd=ROOT, **environment):
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120
    )


def shim(folder, name, body):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def tools(tmp_path):
    """Return a PATH with the few programs that the scripts use, without Python."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("cat", "cksum", "dirname", "grep", "mkdir", "mv", "rm", "sh", "tail", "tr"):
        (folder / name).symlink_to(shutil.which(name))
    return folder


@pytest.fixture
def checkout(tmp_path):
    """Return a copy of the project's scripts, without packages to install."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "requirements").mkdir()
    (folder / "requirements" / "base.txt").write_text("")
    return folder


class TestPython:
    def test_name_that_does_not_run_is_passed_over(self, tools):
        shim(tools, "python3.13", "echo 'python3.13: command not found' >&2; exit 127")
        (tools / "python3").symlink_to(sys.executable)
        found = run("scripts/python", PATH=str(tools))
        assert found.returncode == 0
        version = run(found.stdout.strip(), "--version").stdout
        assert version.split()[1] == ".".join(map(str, sys.version_info[:3]))

    def test_version_counts_not_the_name(self, tools):
        shim(tools, "python3.14", "echo old 3.9.2")
        shim(tools, "python3.11", "echo good /usr/bin/python3.11")
        assert run("scripts/python", PATH=str(tools)).stdout == "/usr/bin/python3.11\n"

    def test_newest_is_taken(self, tools):
        for minor in (11, 13, 12):
            shim(tools, f"python3.{minor}", f"echo good /usr/bin/python3.{minor}")
        assert run("scripts/python", PATH=str(tools)).stdout == "/usr/bin/python3.13\n"

    def test_second_folder_is_looked_into(self, tools, tmp_path):
        shim(tools, "python3.12", "exit 127")
        shim(tmp_path / "more", "python3.12", "echo good /opt/python3.12")
        assert run("scripts/python", PATH=f"{tools}:{tmp_path / 'more'}").stdout == "/opt/python3.12\n"

    @pytest.mark.parametrize(
        ("answers", "message"),
        [
            ({}, "Laurel needs Python 3.11 or later; none was found on PATH."),
            (
                {"python3": "old 3.9.2"},
                "Laurel needs Python 3.11 or later; the newest that was found is 3.9.2.",
            ),
            (
                {"python3": "lacking ensurepip_and_venv 3.11.2 (/usr/bin/python3)"},
                "Python 3.11.2 (/usr/bin/python3) lacks ensurepip and venv, which Laurel needs. "
                "On Debian and Ubuntu: apt install python3-venv",
            ),
        ],
    )
    def test_none_that_fits_is_one_line(self, tools, answers, message):
        for name, answer in answers.items():
            shim(tools, name, f"echo '{answer}'")
        found = run("scripts/python", PATH=str(tools))
        assert found.returncode == 1
        assert found.stdout == ""
        assert found.stderr == message + "\n"


class TestEnvironment:
    @pytest.fixture
    def quick(self, checkout):
        """Add a fake Python to the checkout. It creates an environment at once, and its pip only records calls."""
        shim(checkout, "pip", "echo pip >>calls")
        # Use a link, so that a test that changes "pip" also changes it in the environment.
        python = shim(
            checkout.parent / "fake",
            "python3",
            '[ "$1" = -m ] || { echo Python 3.13.0; exit; }; mkdir .venv/bin; ln pip .venv/bin/python',
        )
        (checkout / "scripts" / "python").write_text(f"#!/bin/sh\necho {python}\n")
        (checkout / "requirements" / "dev.txt").write_text("# more\n")
        return checkout

    def install(self, checkout, name):
        """Run the script. Return how often pip was called, the output, and whether the environment was replaced."""
        (checkout / "calls").write_text("")
        kept = checkout / ".venv" / "kept"
        if kept.parent.exists():
            kept.touch()
        made = run("scripts/environment", name, cwd=checkout)
        return made, (checkout / "calls").read_text().count("pip"), not kept.exists()

    def test_what_is_installed_is_not_installed_again(self, quick):
        made, calls, fresh = self.install(quick, "base")
        assert made.stdout.splitlines() == [
            "Making .venv with Python 3.13.0",
            "Installing the packages locked in requirements/base.txt",
        ]
        assert (made.returncode, calls, fresh) == (0, 1, True)
        made, calls, fresh = self.install(quick, "base")
        assert (made.returncode, made.stdout, made.stderr, calls, fresh) == (0, "", "", 0, False)

    def test_dev_set_is_laid_on_the_base_set_and_serves_for_it(self, quick):
        self.install(quick, "base")
        made, calls, fresh = self.install(quick, "dev")
        assert made.stdout == "Installing the packages locked in requirements/dev.txt\n"
        assert (calls, fresh) == (1, False)
        assert self.install(quick, "base")[1:] == (0, False)

    def test_changed_lock_starts_afresh(self, quick):
        self.install(quick, "base")
        (quick / "requirements" / "base.txt").write_text("# changed\n")
        assert self.install(quick, "base")[1:] == (1, True)

    def test_moved_project_starts_afresh(self, quick):
        self.install(quick, "base")
        moved = quick.rename(quick.parent / "moved")
        assert self.install(moved, "base")[1:] == (1, True)

    def test_install_that_stopped_half_way_does_not_count(self, quick):
        self.install(quick, "base")
        shim(quick, "pip", "echo 'ERROR: No space left on device'; exit 1")
        made, _, _ = self.install(quick, "dev")
        assert made.returncode == 1
        assert made.stderr == (
            "pip could not install requirements/dev.txt: ERROR: No space left on device "
            "(all of it: .venv/install.log)\n"
        )
        shim(quick, "pip", "echo pip >>calls")
        assert self.install(quick, "base")[1:] == (1, True)

    def test_without_network_it_says_so_in_one_line(self, quick):
        # Use the real pip with a proxy at an unused port, so that it can't reach a package index.
        shim(quick, "pip", f'exec {sys.executable} "$@"')
        lock = quick / "requirements" / "base.txt"
        lock.write_text("laurel-has-no-such-package==1 --hash=sha256:" + "0" * 64 + "\n")
        dead = f"http://127.0.0.1:{free_port()}"
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), dead)
        own = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "NO_PROXY": "", "no_proxy": ""}
        made = run("scripts/environment", "base", cwd=quick, **proxies, **own)
        assert made.returncode == 1
        assert made.stderr == (
            "The packages could not be fetched: no network, or no way through it to the package index. "
            "Try again when there is.\n"
        )
        assert not (quick / ".venv" / "laurel-stamp").exists()


class TestRun:
    @pytest.fixture
    def ready(self, checkout):
        """Add an environment that counts as installed to the checkout, and a fake manage.py."""
        (checkout / ".venv" / "bin").mkdir(parents=True)
        (checkout / ".venv" / "bin" / "python").symlink_to(sys.executable)
        shim(checkout / ".venv" / "bin", "granian", 'echo "$@"')
        # The checksum of an empty file, because the lock file in this test is empty.
        checksum = run("cksum", cwd=checkout).stdout
        (checkout / ".venv" / "laurel-stamp").write_text(f"base {checksum.strip()} {checkout}\n")
        (checkout / "manage.py").write_text("import sys; print(sys.argv[1])\n")
        return checkout

    def test_serves_and_ends_with_the_address(self, ready):
        port = str(free_port())
        served = run("make", "run", cwd=ready, PORT=port)
        assert served.stderr == ""
        written, prepared, address, server = served.stdout.splitlines()
        assert written == "Wrote .env with a secret key for this machine"
        assert prepared == "prepare"
        assert address == f"Laurel is at http://127.0.0.1:{port} (Ctrl-C stops it)"
        assert server.endswith(" portal.wsgi:application")
        assert f"--interface wsgi --host 127.0.0.1 --port {port} " in server

    def test_port_in_use_is_one_line(self, ready):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            served = run("scripts/run", cwd=ready, PORT=str(port))
        assert served.returncode == 1
        assert served.stdout == ""
        assert served.stderr == f"Port {port} is in use. Another one: PORT={port + 1} make run\n"

    def test_port_that_is_no_port_is_one_line(self, ready):
        served = run("scripts/run", cwd=ready, PORT="eighty")
        assert served.stderr == "PORT has to be a number from 1 to 65535, not 'eighty'.\n"

    def test_key_is_random_private_and_kept(self, ready):
        run("scripts/run", cwd=ready, PORT="0")  # The port is invalid. A start that fails must not write files.
        assert not (ready / ".env").exists()
        assert run("scripts/run", cwd=ready, PORT=str(free_port())).returncode == 0
        written = ready / ".env"
        assert written.stat().st_mode & 0o777 == 0o600
        key = written.read_text()
        assert len(key.strip().removeprefix("SECRET_KEY=")) == 64
        run("scripts/run", cwd=ready, PORT=str(free_port()))
        assert written.read_text() == key


class TestLock:
    def pins(self, name):
        return dict(PIN.findall((ROOT / "requirements" / f"{name}.txt").read_text()))

    @pytest.mark.parametrize("name", ["base", "production", "dev"])
    def test_lock_names_no_address_and_hashes_everything(self, name):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        assert re.findall(r"https?:|file:|--index|--extra-index|--find-links", text) == []
        for entry in PIN.split(text)[3::3]:
            assert "--hash=sha256:" in entry

    def test_what_the_project_asks_for_is_pinned(self):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        asked = {re.match(r"[a-z0-9-]+", line)[0] for line in project["project"]["dependencies"]}
        assert asked <= set(self.pins("base"))
        extras = project["project"]["optional-dependencies"].values()
        asked |= {re.match(r"[a-z0-9-]+", line)[0] for extra in extras for line in extra}
        assert asked <= set(self.pins("production"))
        groups = project["dependency-groups"].values()
        asked |= {re.match(r"[a-z0-9-]+", line)[0] for group in groups for line in group}
        assert asked <= set(self.pins("dev"))

    def test_each_set_contains_the_smaller_one_pin_for_pin(self):
        base, production, dev = (self.pins(name).items() for name in ("base", "production", "dev"))
        assert base <= production <= dev


class TestValidator:
    JAR = "tests/browser/validator/node_modules/vnu-jar/build/dist/vnu.jar"

    @pytest.fixture
    def lock(self, checkout):
        folder = checkout / "tests" / "browser" / "validator"
        folder.mkdir(parents=True)
        (folder / "package-lock.json").write_text("{}")
        return folder / "package-lock.json"

    def npm(self, tools):
        """Create a fake npm that installs a jar and records when."""
        for name in ("mkdir", "touch"):
            (tools / name).unlink(missing_ok=True)
            (tools / name).symlink_to(shutil.which(name))
        note = "tests/browser/validator/node_modules/.package-lock.json"
        shim(tools, "npm", f'echo "$1" >>calls; mkdir -p "$(dirname {self.JAR})"; touch {self.JAR} {note}')

    def test_without_java_there_is_none(self, checkout, tools):
        found = run("scripts/validator", cwd=checkout, PATH=str(tools))
        assert (found.returncode, found.stdout) == (1, "")

    def test_java_that_only_says_what_to_install_is_none(self, checkout, tools, lock):
        shim(tools, "java", "exit 1")
        self.npm(tools)
        assert run("scripts/validator", cwd=checkout, PATH=str(tools)).returncode == 1

    def test_without_npm_there_is_none(self, checkout, tools, lock):
        shim(tools, "java", "exit 0")
        assert run("scripts/validator", cwd=checkout, PATH=str(tools)).returncode == 1

    def test_it_is_fetched_once_for_each_lock(self, checkout, tools, lock):
        shim(tools, "java", "exit 0")
        self.npm(tools)
        for calls in (1, 1):
            found = run("scripts/validator", cwd=checkout, PATH=str(tools))
            assert (found.returncode, found.stdout) == (0, f"{checkout}/{self.JAR}\n")
            assert (checkout / "calls").read_text() == "ci\n" * calls
        os.utime(lock, (time.time() + 60,) * 2)
        run("scripts/validator", cwd=checkout, PATH=str(tools))
        assert (checkout / "calls").read_text() == "ci\n" * 2

    def test_lock_names_no_address_and_a_hash(self):
        text = (ROOT / "tests" / "browser" / "validator" / "package-lock.json").read_text()
        assert re.findall(r"https?:|file:|resolved", text) == []
        assert text.count('"integrity": "sha512-') == 1


class TestNoSkips:
    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ("assert True", 0),
            ("__import__('pytest').skip('no time')", 1),
            ("__import__('pytest').xfail('not yet')", 1),
        ],
    )
    def test_test_that_is_left_out_fails_the_run(self, tmp_path, body, code):
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        (tmp_path / "test_it.py").write_text(f"def test_it():\n    {body}\n")
        shutil.copy(ROOT / "tests" / "no_skips.py", tmp_path / "no_skips.py")
        ran = run(
            sys.executable, "-m", "pytest", "-p", "no_skips", "-q", cwd=tmp_path,
            PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
        )  # fmt: skip
        assert ran.returncode == code, ran.stdout
        assert ("left out, which fails this run" in ran.stdout) == bool(code)


def test_help_names_every_target():
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    listed = [line.split()[1] for line in run("make").stdout.splitlines()]
    assert listed == targets
    assert {"run", "test", "test-postgres", "lint", "lock", "clean", "help"} <= set(listed)
