"""The suite: `python -m benchmarks` measures everybody in one run and writes the documentation's page of it.

A run of some sections only, `--only cold,warm`, prints its targets and figures and writes nothing: figures of different runs
never stand on one page.
"""

import argparse
import dataclasses
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import figures, page, sections, tables
from benchmarks.competitors import competitors
from benchmarks.service_process import Service
from benchmarks.work import ROOT


def machine() -> str:
    """Return the class of this machine: nothing that would tell which one it is."""
    version = ".".join(platform.python_version_tuple()[:2])
    python = f"{platform.python_implementation()} {version}"
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, {python}"


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(sections.SECTIONS), metavar="A,B")
    parser.add_argument("--into", type=Path, default=ROOT, help="where a full run writes docs/ and README.md to")
    for field in dataclasses.fields(sections.Parameters):
        if field.name != "rates":
            parser.add_argument(f"--{field.name.replace('_', '-')}", type=int, default=field.default, metavar="N")
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.only) - set(sections.SECTIONS)
    if unknown:
        parser.error(f"--only: there is no {', '.join(sorted(unknown))}; there are {', '.join(sections.SECTIONS)}")
    return chosen


def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """Measure what was asked for; return the results."""
    names = [field.name for field in dataclasses.fields(sections.Parameters) if field.name != "rates"]
    parameters = sections.Parameters(**{name: getattr(chosen, name) for name in names})
    results: dict[str, Any] = {
        "date": dt.datetime.now(dt.timezone.utc).date().isoformat(),
        "machine": machine(),
        "parameters": dataclasses.asdict(parameters),
    }
    everybody = competitors()
    with tempfile.TemporaryDirectory() as folder, Service(Path(folder)) as service:
        for name in (name for name in sections.SECTIONS if name in chosen.only):
            started = time.monotonic()
            sections.say(f"{name} ...")
            results[name] = figures.rounded(sections.SECTIONS[name](everybody, service, parameters))
            sections.say(f"  {time.monotonic() - started:.0f} s")
    return results


def main() -> None:
    """Run the suite."""
    chosen = options()
    subprocess.run([sys.executable, str(ROOT / "hatch_build.py")], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    results = measure(chosen)
    sys.stdout.write(tables.target_table(results) + "\n")
    if set(chosen.only) == set(sections.SECTIONS):
        page.write(results, chosen.into)
        sections.say("written: docs/benchmarks.md")
    else:
        sys.stdout.write(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
