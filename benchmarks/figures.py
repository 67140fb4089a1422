"""Turns runs into figures: medians, and ratios as the median of the ratios of paired runs.

Knows nothing of how the runs were made.
"""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

# One run of everybody, in turn: the competitors' names, and what each measured.
Round = Mapping[str, Mapping[str, float]]


def medians(rounds: Sequence[Round]) -> dict[str, dict[str, float]]:
    """Return each competitor's medians."""
    return {
        name: {kind: statistics.median(each[name][kind] for each in rounds) for kind in kinds}
        for name, kinds in rounds[0].items()
    }


def ratios(rounds: Sequence[Round], base: str) -> dict[str, dict[str, float]]:
    """Return each competitor's figures as ratios to another's: the median of what each round gives."""
    return {
        name: {kind: statistics.median(each[name][kind] / each[base][kind] for each in rounds) for kind in kinds}
        for name, kinds in rounds[0].items()
    }


def ratio(rounds: Sequence[Round], kind: str, one: str, other: str) -> float:
    """Return the median, over the rounds, of one competitor's figure by another's."""
    return statistics.median(each[one][kind] / each[other][kind] for each in rounds)


def rounded(value: Any) -> Any:
    """Return figures with four significant digits: more would be noise."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, Mapping):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(each) for each in value]
    return value
