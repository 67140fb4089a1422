"""Hold the licences of what ships, and of what the library needs at run time, to an allow list.

What a package says of itself is read from its metadata: from inside the function's zip for what ships in it, from the
environment for the rest. `make licences` runs it. It knows nothing of the tools that only developers use.
"""

import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
ZIP = ROOT / "constructs" / "cdk_partnercentral" / "function.zip"
LIBRARY = "cdk-partnercentral[local]"

# SPDX identifiers, and how older packages say the same. Each lets anyone use and redistribute, and asks for its notice only.
ALLOWED = frozenset(
    {
        *("Apache-2.0", "Apache Software License", "Apache-2.0 OR BSD-3-Clause"),
        *("MIT", "MIT License", "MIT-0"),
        *("BSD-2-Clause", "BSD-3-Clause", "BSD License"),
        *("PSF-2.0", "Python Software Foundation License"),
    }
)


def statements(package: metadata.Distribution) -> list[str]:
    """Return what a package says of its licence: its expression, else its classifiers, else its free text."""
    about = package.metadata
    if about["License-Expression"]:
        return [about["License-Expression"]]
    classifiers = [line.split(" :: ") for line in about.get_all("Classifier") or [] if line.startswith("License :: ")]
    # "License :: OSI Approved" alone names none.
    named = [parts[-1] for parts in classifiers if parts[1:] != ["OSI Approved"]]
    return named or [(about["License"] or "none stated").strip().splitlines()[0]]


def refused(packages: Iterable[metadata.Distribution]) -> list[str]:
    """Return a line for each package that states anything else than allowed licences."""
    said = {f"{package.name} {package.version}": statements(package) for package in packages}
    return [f"{name}: {', '.join(each)}" for name, each in sorted(said.items()) if not ALLOWED.issuperset(each)]


def needed(requirement: str) -> dict[str, metadata.Distribution]:
    """Return the installed packages that a requirement brings, by name, without itself."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [Requirement(requirement)]
    while waiting:
        wanted = waiting.pop()
        for line in metadata.requires(wanted.name) or []:
            each = Requirement(line)
            name = canonicalize_name(each.name)
            if name not in found and _applies(each, wanted.extras):
                found[name] = metadata.distribution(each.name)
                waiting.append(each)
    return found


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in {"", *extras})


def main() -> int:
    """Print what is refused, or how many packages were looked at."""
    shipped = list(metadata.distributions(path=[str(ZIP)]))
    library = needed(LIBRARY)
    problems = refused([*shipped, *library.values()])
    if not shipped:
        problems.append(f"{ZIP.relative_to(ROOT)}: no package in it")
    for line in problems:
        sys.stderr.write(f"{line}\n")
    sys.stdout.write(
        f"licences: {len(shipped)} packages in the zip, {len(library)} of the library, {len(problems)} refused\n"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
