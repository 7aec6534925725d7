"""
Measures the export and the import of a contest or a series as one file, and compares the bytes of both exports.

    export DATABASE_URL=sqlite:////tmp/exchange.sqlite3
    .venv/bin/python manage.py migrate
    .venv/bin/python -m benchmarks.exchange                       # a synthetic archive of 100 editions
    .venv/bin/python -m benchmarks.exchange --submissions 5000    # a synthetic contest
    .venv/bin/python -m benchmarks.exchange --file demo-archive.zip

The database must be empty. The rows are created, exported, removed, imported again (first as a dry run) and exported
once more. With --file, the rows come from an export of another database. Ends with the status 1 if the exports differ,
or if a step takes more than 60 seconds or 500 MB.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECONDS, MEGABYTES = 60, 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--editions", type=int, default=100)
    parser.add_argument("--submissions", type=int, help="a contest of this size instead of an archive")
    parser.add_argument("--file", type=Path, help="an archive that exists already")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the exports in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(_run(options, options.keep or Path(scratch)))


def _run(options: argparse.Namespace, folder: Path) -> bool:
    first, second = options.file or folder / "first.zip", folder / "second.zip"
    is_over = False
    if options.file is None:
        create = ["create_demo_archive", "--editions", str(options.editions)]
        if options.submissions:
            create = ["create_demo_contest", "--submissions", str(options.submissions), "--seed", "7"]
        slug = ["demo-revealed"] if options.submissions else ["demo-archive", "--series"]
        manage(*create)
        is_over |= measured("export", "export_contest", *slug, "--output", str(first))
        manage(create[0], "--remove")
    with zipfile.ZipFile(first) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    slug = [manifest["slug"], *(["--series"] if manifest["kind"] == "series" else [])]
    print(f"{first.stat().st_size:,} bytes, {sum(manifest['counts'].values()):,} rows")
    is_over |= measured("dry run", "import_archive", str(first), "--dry-run")
    is_over |= measured("import", "import_archive", str(first), "--yes")
    is_over |= measured("second import", "import_archive", str(first), "--yes")
    is_over |= measured("export", "export_contest", *slug, "--output", str(second))
    is_equal = first.read_bytes() == second.read_bytes()
    print("the exports are equal" if is_equal else "THE EXPORTS DIFFER")
    return is_over or not is_equal


def manage(*arguments: str) -> tuple[float, float, float]:
    """Run a command of manage.py. Return its seconds, those of the processor, and its peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, str(ROOT / "manage.py"), *arguments], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{arguments[0]} failed")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measured(what: str, *arguments: str) -> bool:
    """Run a command, print what it took, and return whether that is over the limits."""
    seconds, busy, megabytes = manage(*arguments)
    is_over = seconds > SECONDS or megabytes > MEGABYTES
    print(f"{what:16}{seconds:8.1f} s{busy:8.1f} s busy{megabytes:8.0f} MB{'  OVER' if is_over else ''}", flush=True)
    return is_over


if __name__ == "__main__":
    main()
