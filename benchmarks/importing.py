"""
Measures the export and the import of tables with a synthetic archive of a hundred editions: about 12,000 recognitions,
9,000 people and 5,000 works. Each step is a process of its own, with its time and its peak memory.

    export DATABASE_URL=sqlite:////tmp/import-benchmark.sqlite3
    .venv/bin/python -m benchmarks.importing

The database must not have any rows yet; with PostgreSQL, name a new database. `--format xlsx` uses XLSX files,
`--editions 10` makes a smaller archive. The archive is exported and deleted. Then each file is imported: a dry run, the
import, and a second import, which must change nothing. Ends with the status 1 if a step takes more than 60 seconds or
500 MB, or if a second import changes something.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

SECONDS, MEGABYTES = 60, 500
#: The kinds, those first that others refer to.
KINDS = (
    "sources", "people", "organisations", "contests", "works", "submissions", "award_lines", "awards", "recognitions",
    "events", "appearances", "quotes",
)  # fmt: skip


@dataclass
class Step:
    """What a process took: elapsed and CPU time in seconds, peak memory in megabytes; and its status and output."""

    seconds: float
    cpu: float
    megabytes: float
    status: int
    output: str

    @property
    def is_over(self) -> bool:
        return self.seconds > SECONDS or self.megabytes > MEGABYTES


def run(*command: str) -> Step:
    """Run a management command in a process of its own, and measure it."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, "manage.py", *command], stdout=output, stderr=subprocess.STDOUT)
        _pid, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    megabytes = used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return Step(seconds, used.ru_utime + used.ru_stime, megabytes, process.returncode, text)


def prepare(*command: str) -> None:
    if (step := run(*command)).status:
        raise SystemExit(f"{' '.join(command)}:\n{step.output[-3000:]}")


def counts_in(step: Step) -> str:
    """Return the line with the counts of a report, or the end of an error message."""
    lines = step.output.strip().splitlines()
    return next((line for line in lines if " new, " in line), "\n".join(lines[-3:]))


def told(kind: str, name: str, step: Step, text: str) -> None:
    mark = "  OVER" if step.is_over else ""
    print(f"{kind:15}{name:12}{step.seconds:9.1f}{step.cpu:9.1f}{step.megabytes:8.0f}  {text}{mark}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--format", choices=["csv", "xlsx"], default="csv")
    parser.add_argument("--editions", type=int, default=100)
    options = parser.parse_args()
    prepare("migrate", "-v0")
    if run("export_table", "people").output.count("\n") > 1:
        raise SystemExit("The database has rows. Name an empty one in DATABASE_URL: its rows would be deleted.")
    prepare("create_demo_archive", f"--editions={options.editions}")
    is_over = is_wrong = False
    print(f"{'':27}{'seconds':>9}{'CPU':>9}{'MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        files = {kind: str(Path(folder, f"{kind}.{options.format}")) for kind in KINDS}
        for kind in KINDS:
            step = run("export_table", kind, "--output", files[kind])
            size = Path(files[kind]).stat().st_size if step.status == 0 else 0
            told(kind, "export", step, f"{size / 1_000_000:.1f} MB" if size else step.output[-500:])
            is_over, is_wrong = is_over or step.is_over, is_wrong or step.status != 0
        prepare("flush", "--noinput", "-v0")
        for kind in KINDS:
            steps = {
                "dry run": run("import_table", kind, files[kind], "--dry-run"),
                "import": run("import_table", kind, files[kind]),
                "again": run("import_table", kind, files[kind]),
            }
            for name, step in steps.items():
                told(kind, name, step, counts_in(step))
                is_over, is_wrong = is_over or step.is_over, is_wrong or step.status != 0
            is_wrong = is_wrong or not counts_in(steps["again"]).startswith("0 new, 0 changed, ")
    if is_over:
        print(f"\nSteps marked OVER took more than {SECONDS} s or {MEGABYTES} MB.")
    if is_wrong:
        print("\nA step failed, or a second import changed something.")
    sys.exit(1 if is_over or is_wrong else 0)


if __name__ == "__main__":
    main()
