"""Compare the library with its alternatives. `make bench` measures everything in one run.

It writes docs/operations/benchmarks.md.

If you measure only some sections, for example with `--only cold,warm`, the suite prints the figures but does not write the
page. All figures on the page must come from the same run. The functions must also run on Lambda's version of Python, or the
suite does not write the page. To install Lambda's version, run scripts/python_3_14.sh.
"""

import argparse
import datetime as dt
import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import measure, plots, report
from benchmarks.functions import SHIPPED, aws_custom_resource, ours, plain, python_version
from benchmarks.service import Service
from benchmarks.stacks import ROOT

PLOTS = ROOT / "docs/assets/plots"
RESULTS, PAGE = ROOT / "docs" / "assets" / "benchmarks.json", ROOT / "docs/operations/benchmarks.md"


def options() -> argparse.Namespace:
    """Parse the command-line arguments."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(measure.SECTIONS), metavar="A,B")
    parser.add_argument("--quick", action="store_true", help="measure everything only once, to test the suite")
    chosen = parser.parse_args()
    if unknown := set(chosen.only) - set(measure.SECTIONS):
        parser.error(f"--only: unknown sections {', '.join(sorted(unknown))}; known: {', '.join(measure.SECTIONS)}")
    return chosen


def run(chosen: argparse.Namespace) -> dict[str, Any]:
    """Measure the chosen sections."""
    parameters = measure.QUICK if chosen.quick else measure.Parameters()
    results: dict[str, Any] = {
        "date": dt.datetime.now(dt.timezone.utc).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        # The Python version of the functions, and the Python version of the synthesis.
        "python": python_version(),
        "synthesis python": platform.python_version(),
        "parameters": asdict(parameters),
    }
    with tempfile.TemporaryDirectory() as folder, Service(Path(folder)) as service:
        functions = {"ours": ours, "plain": plain, "aws": aws_custom_resource}
        code = {name: lay_out(Path(folder)) for name, lay_out in functions.items()}
        bench = measure.Bench(functions=code, service=service, parameters=parameters)
        for name in (name for name in measure.SECTIONS if name in chosen.only):
            started = time.monotonic()
            measure.progress(f"{name} ...")
            results[name] = rounded(measure.SECTIONS[name](bench))
            measure.progress(f"  {time.monotonic() - started:.0f} s")
    return results


def rounded(value: Any) -> Any:
    """Round figures to four significant digits, because further digits would be noise."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def main() -> None:
    """Run the benchmark suite."""
    chosen = options()
    results = run(chosen)
    sys.stdout.write(f"{report.target_table(results)}\n")
    complete = set(measure.SECTIONS) <= set(results) and not chosen.quick
    if complete and not results["python"].startswith(f"{SHIPPED}."):
        sys.stdout.write(f"The page was not written, because the functions did not run on Python {SHIPPED}.\n")
        complete = False
    if complete:
        RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
        PAGE.write_text(report.page(results), encoding="utf-8")
        plots.write(results, PLOTS)
    else:
        sys.stdout.write(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
