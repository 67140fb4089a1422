"""For random settings of the local Partner Central, every finding is the setting, or is demonstrably not observable."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from cdk_partnercentral_cli._probe._conclusions import UNEXPECTED
from cdk_partnercentral_cli._probe._report import report
from cdk_partnercentral_local import Behavior
from tests.cdk_partnercentral_cli.probe.probing import Bench

SETTINGS: dict[str, tuple[Any, ...]] = {
    "token_mismatch": ("conflict", "validation", "replay"),
    "token_lifetime": (None, None, None, None, 0.0, 1.5, 3.0, 8.0, 28800.0),
    "lock": ("exact", "microsecond"),
    "lead_interactions": ("append", "replace"),
    "update": ("replace", "merge"),
    "normalizes": ("never", "create", "update", "always"),
    "rewrites_phone": (False, True),
    "normalizes_account": (False, True),
    "fills_interaction_date": (False, True),
    "explicit_nulls": (False, True),
    "unknown_members": ("store", "drop", "refuse"),
    "accepts_unknown_types": (False, True),
    "refuses_filled_in": (False, True),
    "omits_last_modified": (False, True),
    "read_lag": (0, 0, 1, 2, 5, 20, 21, 35),
    "list_lag": (0, 0, 1, 3, 20, 40),
    "empty_pages": (0, 0, 1, 3, 24, 10**6),
    "accepts_prospecting_result": (False, True),
    "quota": (0, 1, 2, 3, 4, 5, 5, 5, 6, 7),
    "writes_per_second": (None, None, 0.2, 0.7, 1.0, 5.0),
    "reads_per_second": (None, None, 0.5, 2.0, 10.0),
    "latency": (0.0, 0.0, 0.05, 1.0),
}
# The probe waits for this many reads, or complete lists, and reads this many pages.
MOST_READS, MOST_PAGES = 20, 25
# A run uses the token of its first context for at most this many seconds, even if requests are throttled.
LONGEST_RUN = 3600

# The settings that no run can observe. It can report bounds only.
NEVER = {"token_lifetime", "refuses_filled_in", "writes_per_second", "reads_per_second", "latency"}


def remembers_tokens(behavior: Behavior) -> bool:
    return behavior.token_lifetime is None or behavior.token_lifetime > LONGEST_RUN


def reads_show_writes(behavior: Behavior) -> bool:
    return behavior.read_lag <= MOST_READS


def has(count: int) -> Callable[[Behavior], bool]:
    """The engagement takes this many contexts, and reads show them."""
    return lambda behavior: behavior.quota >= count and reads_show_writes(behavior)


def has_lead(count: int) -> Callable[[Behavior], bool]:
    """As `has`, for a context after the request with the first token, which creates a context if the token is forgotten."""
    return lambda behavior: has(count if remembers_tokens(behavior) else count + 1)(behavior)


def shows_limit(behavior: Behavior) -> bool:
    """The limit is below five, or the sixth request is one that the service refuses anyway."""
    return behavior.quota < 5 or (
        behavior.quota == 5 and not behavior.accepts_prospecting_result and remembers_tokens(behavior)
    )


def takes_unknown_type(behavior: Behavior) -> bool:
    """The refusal shows in any engagement, unless a forgotten token used up the room for the request."""
    if not behavior.accepts_unknown_types:
        return behavior.quota < 5 or remembers_tokens(behavior) or not behavior.accepts_prospecting_result
    room = 4 + behavior.accepts_prospecting_result
    return behavior.quota >= room and remembers_tokens(behavior)


# Under which condition a setting must be observed. Without the condition it may be "not observable", but it is never wrong.
MUST_BE_OBSERVED: dict[str, Callable[[Behavior], bool]] = {
    "token_mismatch": lambda behavior: behavior.quota >= 1 and remembers_tokens(behavior),
    "lock": lambda behavior: behavior.quota >= 1 and (reads_show_writes(behavior) or not behavior.omits_last_modified),
    "lead_interactions": has_lead(2),
    "update": has(1),
    "normalizes": has(1),
    "rewrites_phone": has_lead(2),
    "normalizes_account": has_lead(3),
    "fills_interaction_date": has_lead(2),
    "explicit_nulls": has_lead(2),
    "unknown_members": lambda behavior: (
        behavior.quota >= 1 and (reads_show_writes(behavior) or behavior.unknown_members == "refuse")
        if not behavior.omits_last_modified
        else has(1)(behavior)
    ),
    "accepts_unknown_types": takes_unknown_type,
    "omits_last_modified": lambda _: True,
    "read_lag": reads_show_writes,
    "list_lag": lambda behavior: behavior.list_lag <= MOST_READS and behavior.empty_pages < MOST_PAGES,
    "empty_pages": lambda behavior: behavior.empty_pages < MOST_PAGES,
    "accepts_prospecting_result": lambda behavior: behavior.quota >= 4 and remembers_tokens(behavior),
    "quota": shows_limit,
}
# The least share of runs, in percent, in which each setting is observed.
LEAST_SHARE = {
    "token_mismatch": 50,
    "lock": 65,
    "lead_interactions": 45,
    "update": 60,
    "normalizes": 60,
    "rewrites_phone": 45,
    "normalizes_account": 35,
    "fills_interaction_date": 45,
    "explicit_nulls": 45,
    "unknown_members": 60,
    "accepts_unknown_types": 40,
    "omits_last_modified": 100,
    "read_lag": 60,
    "list_lag": 50,
    "empty_pages": 65,
    "accepts_prospecting_result": 35,
    "quota": 45,
}


def drawn(seed: int) -> Behavior:
    """Return random settings of all switches."""
    choose = random.Random(seed)  # noqa: S311 - not for security
    return Behavior(**{name: choose.choice(values) for name, values in SETTINGS.items()})


def check(bench: Bench, behavior: Behavior) -> set[str]:
    """Run the probe against a behavior, and return the names of the settings that it observed."""
    bench.new(behavior=behavior)
    found = bench.run()

    names = {field.name for field in fields(Behavior)}
    assert names <= found.keys()
    observed = {name for name in names if found[name].is_observed}
    wrong = {name: found[name] for name in observed if found[name].value != getattr(behavior, name)}
    assert wrong == {}
    hidden = {name for name in names - observed - NEVER if MUST_BE_OBSERVED[name](behavior)}
    assert {name: found[name] for name in hidden} == {}
    assert not observed & NEVER
    assert all(found[name].note for name in names)
    assert [name for name in found if found[name].note == UNEXPECTED] == []
    check_bounds(behavior, {name: found[name].bounds for name in names})
    assert len(bench.contexts) <= 5
    configured = Behavior.from_report(report(bench.journal))
    assert configured == Behavior(**{name: getattr(behavior, name) for name in observed})
    return observed


def check_bounds(behavior: Behavior, bounds: dict[str, Any]) -> None:
    lifetime = behavior.token_lifetime if behavior.token_lifetime is not None else float("inf")
    slack = 0.001  # the bounds are rounded
    assert bounds["token_lifetime"].get("more_than", -1) - slack < lifetime
    assert bounds["token_lifetime"].get("at_most", float("inf")) + slack >= lifetime
    for name in ("writes_per_second", "reads_per_second"):
        if "below" in bounds[name]:
            rate = getattr(behavior, name)
            assert rate is not None
            assert rate < bounds[name]["below"] + slack
    for name in ("read_lag", "list_lag", "empty_pages", "quota"):
        assert bounds[name].get("at_least", 0) <= getattr(behavior, name)


def check_all(bench: Bench, seeds: range) -> None:
    counts: Counter[str] = Counter()
    for seed in seeds:
        print(f"seed {seed}: {drawn(seed)}")  # noqa: T201 - pytest shows it if the test fails
        counts.update(check(bench, drawn(seed)))
    assert set(counts) == set(LEAST_SHARE) == {field.name for field in fields(Behavior)} - NEVER
    shares = {name: 100 * count // len(seeds) for name, count in counts.items()}
    assert {name: share for name, share in shares.items() if share < LEAST_SHARE[name]} == {}


@pytest.mark.parametrize("seed", range(12))
def test_random_settings_are_found_or_not_observable(bench: Bench, seed: int) -> None:
    check(bench, drawn(seed))


@pytest.mark.slow
def test_200_random_settings_are_found_or_not_observable(bench: Bench) -> None:
    check_all(bench, range(1000, 1200))


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in SETTINGS.items() if name not in NEVER for value in dict.fromkeys(values)],
)
def test_a_single_setting_is_found(bench: Bench, name: str, value: Any) -> None:
    behavior = Behavior(**{name: value})

    observed = check(bench, behavior)

    assert (name in observed) == MUST_BE_OBSERVED[name](behavior)
