"""The targets, and what was measured against each. Reads the results and knows nothing of how they were made."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CALLS = {"Create": [1, 1], "unchanged Update": [1, 0], "changed Update": [1, 1], "Delete": [0, 0]}
WARM_MS = 5
CONTEXTS = 490
CROWD_RATIO = 1.5
MB = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Target:
    """A line of the table.

    Attributes:
        what: What is measured.
        target: What it ought to be.
        measured: What it is.
        reached: Whether that is enough.
        stretch: Whether the target is one that need not be reached.
    """

    what: str
    target: str
    measured: str
    reached: bool
    stretch: bool = False


def targets(results: dict[str, Any]) -> list[Target]:
    """Return every target whose figures were measured."""
    found: list[Target] = []
    for section, lines in SECTIONS.items():
        if section in results:
            found += lines(results[section])
    return found


def _at_most(what: str, limit: float, figure: float, of: str, *, stretch: bool = False) -> Target:
    return Target(
        what=what,
        target=f"at most {limit:g} of {of}" if limit != 1 else f"not more than {of}",
        measured=f"{figure:.2f}",
        reached=figure <= limit,
        stretch=stretch,
    )


def _cold(cold: dict[str, Any]) -> Iterator[Target]:
    ratios, ours = cold["ratios"], cold["medians"]["ours"]
    create, ready, memory = "whole cold Create", "start up to handler ready", "peak memory of a Create"
    yield _at_most(create, 0.35, ratios["answered ours/plain"], "plain crhelper")
    yield _at_most(create, 1, ratios["answered ours/aws"], "AwsCustomResource", stretch=True)
    yield _at_most(ready, 0.35, ratios["ready ours/plain"], "plain crhelper")
    yield _at_most(ready, 2, ratios["ready ours/floor"], "the floor")
    yield _at_most(memory, 0.75, ratios["peak ours/plain"], "plain crhelper")
    yield _at_most(memory, 0.6, ratios["peak ours/plain"], "plain crhelper", stretch=True)
    peak = ours["peak"] / MB
    yield Target(what=memory, target="well below 128 MB", measured=f"{peak:.0f} MB", reached=peak <= 0.6 * 128)


def _warm(warm: dict[str, Any]) -> Iterator[Target]:
    figure = warm["medians"]["ours"]["milliseconds"]
    yield Target(
        what="warm Create, beyond the service's own time",
        target=f"at most {WARM_MS} ms",
        measured=f"{figure:.1f} ms",
        reached=figure <= WARM_MS,
    )


def _zip(zips: dict[str, Any]) -> Iterator[Target]:
    yield _at_most("zip, byte code included", 0.15, zips["ours"] / zips["plain"], "plain crhelper's")


def _synthesis(synthesis: dict[str, Any]) -> Iterator[Target]:
    yield _at_most(
        "synthesis: time for one more context",
        1.3,
        synthesis["ratios"]["ours/bare"],
        "a bare CustomResource with the same properties",
    )


def _template(template: dict[str, Any]) -> Iterator[Target]:
    bytes_ = template["bytes for one more context"]
    figure = bytes_["ours"] / bytes_["aws"]
    yield _at_most("template: bytes for one more context", 0.6, figure, "AwsCustomResource")
    for engagements, stack in template["stacks"].items():
        said = f"{stack['resources']} resources, {stack['bytes'] / MB:.2f} MB"
        yield Target(
            what=f"{stack['contexts']} contexts in one stack, {engagements} engagements",
            target="under 1 MB, within every limit",
            measured=", ".join([said, *stack["broken"]]),
            reached=not stack["broken"],
        )


def _calls(calls: dict[str, Any]) -> Iterator[Target]:
    for kind, (reads, writes) in CALLS.items():
        counted = calls["ours"][kind]
        yield Target(
            what=f"API calls of a{'n' if kind[0] == 'u' else ''} {kind}",
            target=f"{reads} + {writes}",
            measured=f"{counted[0]} + {counted[1]}",
            reached=counted == [reads, writes],
        )


def _crowd(crowd: dict[str, Any]) -> Iterator[Target]:
    for rate, each in crowd["ours"].items():
        number = each["succeeded"] + each["failed"]
        figure = each["seconds"] / (number / float(rate))
        yield Target(
            what=f"{number} contexts at the same moment, {rate} writes a second",
            target=f"all, in at most {CROWD_RATIO} of the ideal",
            measured=f"{each['succeeded']} of {number}, {figure:.2f}",
            reached=not each["failed"] and figure <= CROWD_RATIO,
        )


SECTIONS = {
    "cold": _cold,
    "warm": _warm,
    "zip": _zip,
    "synthesis": _synthesis,
    "template": _template,
    "calls": _calls,
    "crowd": _crowd,
}
