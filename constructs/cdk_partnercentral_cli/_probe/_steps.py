"""What the recorded steps of a run contain: which step created a context, and what a read showed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from cdk_partnercentral_cli._probe import _samples
from cdk_partnercentral_cli._probe._journal import CREATE, Json
from lambda_handler.errors import Kind

LOCK_ROUNDS = 3
# The variants of a context, by the name of their step. A variant is only sent if the service refuses the values before it.
PROJECTS: Mapping[str, Callable[[str], Json]] = {
    "project": _samples.project,
    "plain project": partial(_samples.project, plain=True),
}
LEADS: Mapping[str, Callable[[str], Json]] = {
    "lead": _samples.lead,
    "lead with usual country": partial(_samples.lead, usual_country=True),
    "plain lead": partial(_samples.lead, plain=True),
}
_FULL_UPDATES = [
    "update with an older lock",
    *(
        f"{name} {round_}{suffix}"
        for round_ in range(1, LOCK_ROUNDS + 1)
        for suffix in ("", " plain")
        for name in ("update in microseconds", "update")
    ),
]
_VARIANTS = {"project": PROJECTS, "lead": LEADS}


def first_ok(steps: Mapping[str, Json], name: str) -> str | None:
    """Return the name of the step that created the context `name`, or None."""
    for step in variants(name):
        if steps.get(step, {}).get("outcome") == "ok" and is_new_context(steps, step):
            return step
    return None


def variants(name: str) -> list[str]:
    """Return the names of the steps that can create the context `name`, in their order."""
    return list(_VARIANTS.get(name, [name]))


def context_id(steps: Mapping[str, Json], name: str) -> str | None:
    """Return the ID of the context that a step created, or None."""
    step = first_ok(steps, name)
    found = steps[step]["response"].get("ContextId") if step else None
    return found if isinstance(found, str) else None


def is_new_context(steps: Mapping[str, Json], step: str) -> bool:
    """Return whether a create request succeeded with the ID of a context that no earlier step created."""
    outcome = steps.get(step)
    if outcome is None or outcome["outcome"] != "ok":
        return False
    earlier = set()
    for name, each in steps.items():
        if name == step:
            break
        if each.get("operation") == CREATE and each["outcome"] == "ok":
            earlier.add(each["response"].get("ContextId"))
    return outcome["response"].get("ContextId") not in earlier


def quota_step(steps: Mapping[str, Json]) -> str | None:
    """Return the first create request that was refused because the engagement is full."""
    for name, each in steps.items():
        if each.get("operation") == CREATE and each["error"].get("kind") == Kind.QUOTA.value:
            return name
    return None


def newest_modified_at(steps: Mapping[str, Json]) -> str | None:
    """Return the ModifiedAt of the last response that contains one."""
    for name, each in reversed(list(steps.items())):
        # A read that does not show the last write, and the response to a repeated request, contain an older one.
        is_older = each.get("visible") is False or (each.get("operation") == CREATE and not is_new_context(steps, name))
        found = each.get("modified_at") or each.get("response", {}).get("EngagementLastModifiedAt")
        if isinstance(found, str) and not is_older:
            return found
    return None


def last_attempt(steps: Mapping[str, Json], update: str) -> str | None:
    """Return the name of the last attempt of an update."""
    names = [name for name in steps if name.startswith(f"{update} ") and "operation" in steps[name]]
    return names[-1] if names else None


def full_update(steps: Mapping[str, Json]) -> str | None:
    """Return the name of the update of the whole project that succeeded, or None."""
    return next((name for name in _FULL_UPDATES if is_ok(steps, name)), None)


def created_payload(steps: Mapping[str, Json], context: str, suitable: Sequence[str]) -> Json | None:
    """Return the stored payload of a context if one of these steps created it, or None."""
    step = first_ok(steps, context)
    if step not in suitable:
        return None
    return stored_payload(steps, f"{step} seen", context_id(steps, context))


def stored_payload(steps: Mapping[str, Json], seen: str, id_: str | None) -> Json | None:
    """Return the payload of a context that a step's last read showed, or None."""
    state = steps.get(seen)
    if state is None or not state["visible"]:
        return None
    payload: Json | None = next((each["Payload"] for each in state["contexts"] if each["Id"] == id_), None)
    return payload


def is_ok(steps: Mapping[str, Json], step: str) -> bool:
    """Return whether the request of a step succeeded."""
    return steps.get(step, {}).get("outcome") == "ok"


def error_kind(steps: Mapping[str, Json], step: str) -> Any:
    """Return the kind of a step's error, or None."""
    return steps.get(step, {}).get("error", {}).get("kind")
