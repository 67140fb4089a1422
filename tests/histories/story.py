"""What happened, told so that a person can follow it: who did what, with ids, in order."""

import re
from typing import Any

SAME = 6


class Story:
    """The lines of one history. Nothing is made a text before somebody wants to read it: most histories go well."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, float, tuple[Any, ...]]] = []

    def tell(self, seconds: float, *parts: Any, depth: int = 0) -> None:
        """Add a line.

        Args:
            seconds: when it happened, since the history began.
            parts: values, turned into text later: they must not change.
            depth: 0 for what was decided from outside, 1 for CloudFormation and Lambda, 2 for what the function did.
        """
        self._lines.append((depth, seconds, parts))

    def __str__(self) -> str:
        told = [f"{'    ' * depth}{' '.join(map(str, parts))}" for depth, _, parts in self._lines]
        alike = [re.sub(r"\d+", "#", line) for line in told]
        lines, skipped = [], 0
        for number, ((_, seconds, _), line) in enumerate(zip(self._lines, told, strict=True)):
            # The same two lines for the fourth time and more: a client that tries again and again.
            if (
                number > SAME
                and alike[number - SAME : number] == alike[number - SAME - 2 : number - 2]
                and (number + 2 < len(told) and alike[number] == alike[number - 2])
            ):
                skipped += 1
                continue
            if skipped:
                lines.append(f"{'':18}... and so on, {skipped} lines")
                skipped = 0
            lines.append(f"{number + 1:4}. {seconds:9.1f}s  {line}")
        return "\n".join(lines)


class Broken(Exception):  # noqa: N818 - it names an invariant
    """An invariant does not hold.

    Attributes:
        invariant: its name.
    """

    invariant = ""


_kinds: dict[str, type[Broken]] = {}


def broken(invariant: str, what: str, story: Story) -> Broken:
    """Return the error for an invariant: a class for each, so that one failure does not shrink to another."""
    kind = _kinds.setdefault(invariant, type("Broken", (Broken,), {"invariant": invariant}))
    return kind(f"{invariant}\n{what}\n\nThe story:\n{story}\n\nThe invariant that broke: {invariant}\n{what}")
