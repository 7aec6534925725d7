"""The files in deploy/, the Dockerfile and compose.yaml: what can be checked without systemd and Docker."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib

import pytest
import yaml

from tests.deploy.machine import ROOT, blocks

SYSTEMD = ROOT / "deploy" / "systemd"
UNITS = sorted(path.name for path in SYSTEMD.glob("laurel*.service"))
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())


def values(name):
    found = {}
    for line in (SYSTEMD / name).read_text().replace("\\\n", " ").splitlines():
        setting, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(setting, []).append(value)
    return found


@pytest.mark.parametrize("name", ["laurel.service", "laurel-worker.service"])
def test_service_is_started_again_and_finishes_what_runs(name):
    unit = values(name)
    assert unit["Restart"] == ["always"]
    # A worker that is killed twice ends granian: far more often than that may happen within the interval.
    assert int(unit["StartLimitBurst"][0]) >= 5
    assert int(unit["RestartSec"][0]) * int(unit["StartLimitBurst"][0]) < int(unit["StartLimitIntervalSec"][0])
    assert unit["KillMode"] == ["mixed"]
    if name == "laurel.service":
        options = shlex.split(unit["ExecStart"][0])
        assert "--respawn-failed-workers" in options
        assert int(options[options.index("--workers-kill-timeout") + 1]) < int(unit["TimeoutStopSec"][0])
        assert unit["ExecReload"] == ["/bin/kill -HUP $MAINPID"]


@pytest.mark.parametrize("name", UNITS)
def test_service_may_do_nothing_but_its_work(name):
    unit = values(name)
    assert unit["User"] == unit["Group"] == ["laurel"]
    for setting in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "MemoryDenyWriteExecute", "RestrictSUIDSGID"):
        assert unit[setting] == ["yes"], setting
    assert (unit["ProtectSystem"], unit["UMask"], unit["CapabilityBoundingSet"]) == (["strict"], ["0077"], [""])
    assert unit["EnvironmentFile"] == ["/etc/laurel/laurel.env"]


@pytest.mark.parametrize("path", sorted(SYSTEMD.glob("laurel*.timer")), ids=lambda path: path.name)
def test_timer_starts_a_command_that_exists(path):
    from django.core.management import get_commands

    unit = values(path.name)
    target = unit.get("Unit", [f"{path.stem}.service"])[0]
    if found := re.fullmatch(r"laurel-task@(\w+)\.service", target):
        assert found[1] in get_commands()
    else:
        assert target in UNITS
    assert unit["WantedBy"] == ["timers.target"]


def test_systemd_understands_the_units(tmp_path):
    if not shutil.which("systemd-analyze"):
        return
    (tmp_path / "bin").symlink_to("/bin")
    for path in SYSTEMD.iterdir():
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(), flags=re.MULTILINE)
        (tmp_path / path.name).write_text(text)
    names = [str(tmp_path / path.name.replace("@.", "@forget_old_data.")) for path in SYSTEMD.iterdir()]
    (tmp_path / "laurel-task@forget_old_data.service").write_text((tmp_path / "laurel-task@.service").read_text())
    ran = subprocess.run(["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, re.findall(r"^.*laurel.*$", ran.stderr, re.MULTILINE)) == (0, [])


def test_test_of_the_docs_leaves_out_only_what_needs_more_than_this_machine():
    left_out = blocks("deploying.md", "One server", skipped=True)
    assert [code.split()[0:3] for code in left_out] == [
        ["runuser", "-u", "postgres"],
        ["apt-get", "install", "--yes"],
        ["laurel", "createsuperuser"],
    ]
    assert len(blocks("deploying.md", "One server")) == 10
    assert len(blocks("upgrading.md", "Commands")) == 3


def test_container_serves_with_the_options_of_the_unit():
    options = shlex.split(values("laurel.service")["ExecStart"][0])[1:]
    place = options.index("--working-dir")
    del options[place : place + 2]
    last = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[-1]
    assert yaml.safe_load(last) == ["granian", *options]


def test_image_is_made_without_root_registry_or_secret():
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    images += [service["image"] for service in COMPOSE["services"].values()]
    assert all(re.fullmatch(r"[a-z]+(/[a-z]+)?(:[\w.-]+)?", image) for image in images), images
    assert DOCKERFILE.rindex("\nUSER laurel") > DOCKERFILE.rindex("\nRUN ")
    assert "--require-hashes" in DOCKERFILE
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    assert not {"!.env", "!var", "!.git", "!tests"} & set(ignored)
    apps = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    assert {f"!{app}" for app in apps} <= set(ignored)


def test_compose_gives_every_process_of_the_portal_the_same_settings_and_no_privileges():
    services = COMPOSE["services"]
    portal = {name: service for name, service in services.items() if service["image"] == "laurel"}
    assert set(portal) == {"web", "worker", "migrate", "timer"}
    for service in portal.values():
        assert service["environment"] == services["web"]["environment"]
        assert (service["cap_drop"], service["read_only"]) == (["ALL"], True)
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert not [name for name in ("database", "cache", "worker") if "ports" in services[name]]
    secrets = re.findall(r"(?:SECRET_KEY|PASSWORD): (\S+)", (ROOT / "compose.yaml").read_text())
    assert all(value.startswith("${") for value in secrets)
    # What a service waits for exists, and its volumes too.
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        assert {volume.partition(":")[0] for volume in service.get("volumes", ())} <= set(COMPOSE["volumes"])


def test_the_files_of_the_image_are_enough(tmp_path):
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line.startswith("!"):
            path = ROOT / line[1:]
            if path.is_dir():
                shutil.copytree(path, tmp_path / path.name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, tmp_path)
    environment = {"DATABASE_URL": "sqlite://:memory:", "PATH": "/usr/bin:/bin"}
    for command in (["translations", "--compile"], ["check"]):
        ran = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stderr
    assert not (tmp_path / "var").exists()
