"""Run the scenarios: `python -m tests.faults [NAME,...] [--list]`. The status is 1 if one of them has failed."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from tests.faults.scenarios import SCENARIOS
from tests.faults.services import Missing
from tests.faults.trial import Lab, Result, Trial


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Break a portal, and see what is lost.")
    parser.add_argument("names", nargs="?", default="", help="scenarios, separated by commas (all)")
    parser.add_argument("--list", action="store_true", help="list the scenarios")
    parser.add_argument("--keep", action="store_true", help="keep the temporary folder, with all logs")
    asked = parser.parse_args()
    names = [name for name in asked.names.split(",") if name] or list(SCENARIOS)
    if unknown := [name for name in names if not _matching(name)]:
        parser.error(f"There is no scenario {', '.join(unknown)}. There are: {', '.join(SCENARIOS)}.")
    wanted = {one for name in names for one in _matching(name)}
    chosen = [one for one in SCENARIOS if one in wanted]
    if asked.list:
        for name in chosen:
            print(f"{name:18} {_title(name)}")
        return 0
    # A shell that starts this in the background lets it ignore SIGINT.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    folder = Path(tempfile.mkdtemp(prefix="laurel-faults."))
    results = []
    try:
        with ExitStack() as stack:
            lab = Lab(folder, stack)
            for name in chosen:
                results.append(_run(lab, name))
                print(results[-1].line(), flush=True)
                for text in results[-1].wrong:
                    print(f"    wrong: {text}", flush=True)
                for text in results[-1].notes:
                    print(f"    {text}", flush=True)
                if results[-1].skipped:
                    print(f"    skipped: {results[-1].skipped}", flush=True)
    except KeyboardInterrupt:
        print("Stopped. All servers have been ended.", flush=True)
        return 130
    finally:
        if asked.keep:
            print(f"The logs are in {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print("", table(results), "", sep="\n")
    # On a CI machine, a scenario that could not run proves nothing.
    return int(any(result.wrong or (result.skipped and os.environ.get("CI")) for result in results))


def _matching(name: str) -> list[str]:
    """Return the scenario of this name, or those whose names begin with it, such as "disk"."""
    return [name] if name in SCENARIOS else [one for one in SCENARIOS if one.startswith(name)]


def _title(name: str) -> str:
    return (SCENARIOS[name].__doc__ or name).strip()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _run(lab: Lab, name: str) -> Result:
    """Run one scenario. End what it has started, whatever happens."""
    result = Result(name, _title(name))
    begun = time.monotonic()
    try:
        with ExitStack() as stack:
            trial = Trial(lab, result, stack)
            stack.callback(trial.count)
            SCENARIOS[name](trial)
    except Missing as missing:
        result.skipped = str(missing)
    except Exception as error:  # noqa: BLE001 - the other scenarios still have to run
        result.wrong.append(f"the scenario ended with {type(error).__name__}: {error}")
        traceback.print_exc()
    result.seconds = time.monotonic() - begun
    return result


def table(results: list[Result]) -> str:
    """Return the results as a table in Markdown."""
    lines = [
        "| fault | served | refused | failed | cut off | confirmed writes | lost | half-written | s | |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for one in results:
        counts = (one.served, one.refused, one.failed, one.cut_off, one.confirmed, one.lost, one.half)
        cells = " | ".join(f"{count:,}" for count in counts)
        lines.append(f"| {one.title} | {cells} | {one.seconds:.0f} | {one.state} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
