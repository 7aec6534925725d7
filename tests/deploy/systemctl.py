"""
systemctl for a test, without systemd: reads unit files and runs their commands.

    python systemctl.py ROOT enable --now laurel.service

Knows services of the types `exec` and `oneshot`, and nginx. Timers are only checked. Processes are started in the
background, and their numbers are in ROOT/run.
"""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path


def unit(root: Path, name: str) -> dict[str, list[str]]:
    """Read the values of each setting in the unit file `name`. The file of `a@b.service` is `a@.service`."""
    stem, _, kind = name.rpartition(".")
    template, at, instance = stem.partition("@")
    text = (root / "etc/systemd/system" / f"{template}{at}.{kind}").read_text().replace("\\\n", " ")
    values: dict[str, list[str]] = {}
    for line in text.replace("%i", instance).splitlines():
        if "=" in line and not line.startswith("#"):
            setting, _, value = line.partition("=")
            values.setdefault(setting, []).append(value)
    return values


def environment(values: dict[str, list[str]]) -> dict[str, str]:
    found = dict(pair.split("=", 1) for line in values.get("Environment", []) for pair in shlex.split(line))
    for path in values.get("EnvironmentFile", []):
        lines = Path(path).read_text().splitlines()
        found |= dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | found


def start(root: Path, name: str) -> None:
    if name == "nginx":
        subprocess.run(
            ["nginx", "-c", root / "etc/nginx/nginx.conf", "-e", root / "var/log/nginx/error.log"], check=True
        )
        return
    values = unit(root, name)
    if name.endswith(".timer"):
        unit(root, values["Unit"][0])
        return
    with (root / f"var/log/{name}.log").open("ab") as log:
        process = subprocess.Popen(
            shlex.split(values["ExecStart"][0]),
            cwd=values["WorkingDirectory"][0],
            env=environment(values),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            umask=int(values["UMask"][0], 8),
            start_new_session=True,
        )
    (root / f"run/{name}.pid").write_text(str(process.pid))


def number(root: Path, name: str) -> int:
    return int((root / f"run/{name}.pid").read_text())


def stop(root: Path, name: str) -> None:
    """Send SIGTERM, and SIGKILL after the unit's time."""
    if not (root / f"run/{name}.pid").exists():
        return
    seconds = int(unit(root, name)["TimeoutStopSec"][0]) if name != "nginx" else 10
    try:
        process = number(root, name)
        os.kill(process, signal.SIGTERM)
        end = time.monotonic() + seconds
        while is_running(process):
            if time.monotonic() > end:
                os.kill(process, signal.SIGKILL)
            time.sleep(0.05)
    except (FileNotFoundError, ProcessLookupError):
        return


def is_running(process: int) -> bool:
    try:
        # A process that has ended and whose parent has not asked for it yet.
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(process: int) -> set[int]:
    """Return the processes that `process` has started."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process:
            found.add(int(path.parent.name))
    return found


def main(root: Path, verb: str, *arguments: str) -> None:
    names = [name for name in arguments if not name.startswith("-")]
    for name in names:
        if verb == "reload":
            os.kill(number(root, name), signal.SIGHUP)
        if verb in ("stop", "restart"):
            stop(root, name)
        if verb in ("start", "restart") or (verb == "enable" and "--now" in arguments):
            start(root, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
