"""Print the results of `make versions`: a table of the tests that passed and failed on each version of Python.

Exit with status 1 if a test failed, or if the tests of a version that is at hand did not run.
"""

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROW = "{:8} {:>7} {:>7} {:>8} {:>8}"


def results(version: str, folder: Path) -> tuple[str, bool]:
    """Return the row of a version, and whether it is good.

    Args:
        version: The version, for example `3.12`.
        folder: The folder with pytest's results, for example `results-3.12.xml`.
    """
    path = folder / f"results-{version}.xml"
    if not path.exists():
        find = [str(ROOT / "scripts" / "find_python.sh"), version]
        found = subprocess.run(find, capture_output=True, text=True, check=False)  # noqa: S603
        return f"{version:8} {found.stderr.strip() or 'the tests did not run'}", found.returncode != 0
    # The tests of this project wrote the file.
    (suite,) = ET.parse(path).getroot()  # noqa: S314
    count = {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
    failed = count["failures"] + count["errors"]
    passed = count["tests"] - failed - count["skipped"]
    row = ROW.format(version, passed, failed, count["skipped"], f"{float(suite.attrib['time']):.0f}")
    return row, passed > 0 and not failed


def main(versions: list[str], folder: Path) -> int:
    """Print the table. Return the exit status."""
    rows = [results(version, folder) for version in versions]
    sys.stdout.write(
        "\n".join([ROW.format("Python", "passed", "failed", "skipped", "seconds"), *(row for row, _ in rows), ""])
    )
    return 0 if all(good for _, good in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], ROOT / ".venv"))
