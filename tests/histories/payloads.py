"""The payloads that the stacks of a history declare, and the tests' own definition of equal payloads.

The number of different payloads is small, so that deployments often return to an earlier payload. Two owners (see
`events.owner`) never declare equal payloads, because the function would adopt one owner's context for the other owner. Values
that the service model marks as sensitive contain `SENSITIVE_MARK`, so that a leak can be detected. This module shares no code
with the handler or the local Partner Central.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import cached_property
from typing import Any, TypeAlias

Json: TypeAlias = Any

SENSITIVE_MARK = "zq9"  # in lower case; sensitive values contain it in upper or lower case
FILLED_IN = ("QualificationStatus", "Insights")  # members of a Lead that AWS fills in
STATUSES = (None, "Qualified", "Disqualified")
SCORES = (None, "High", "Low")
TIMESTAMPS = ("StartTime", "EndTime")
INTERACTION_COUNT = 7
# The flaws that make the service reject a payload.
FLAWS = ("invalid length", "missing member", "wrong type")


@dataclass(frozen=True)
class Project:
    """A CustomerProject. Either `company` or `title` can be None, but not both.

    `padded` selects values that a service may normalize. `flaw` is one of `FLAWS`; None for a valid payload.
    """

    owner: str
    company: int | None = 0
    title: int | None = 0
    padded: bool = False
    flaw: str | None = None

    type = "CustomerProject"

    @cached_property
    def payload(self) -> Json:
        """The payload without the outer key that names its Type."""
        payload: dict[str, Any] = {}
        if self.company is not None:
            address = f"{SENSITIVE_MARK}-{self.owner}-{self.company}.example"
            payload["Customer"] = {
                "Industry": "Retail",
                "CompanyName": f"Zq9 {self.owner} Company {self.company}" + "  " * self.padded,
                "WebsiteUrl": address if self.padded else f"https://{address}/",
                "CountryCode": "US",
            }
        if self.title is not None:
            payload["Project"] = {
                "Title": f"Move {self.owner} {self.title}",
                "BusinessProblem": f"Zq9 {self.owner} has a problem that takes some words to describe {self.title}",
                "TargetCompletionDate": "2031-02-03",
            }
        return _with_flaw(payload, self.flaw)

    def __str__(self) -> str:
        padded = " padded" * self.padded
        flaw = f" FLAW {self.flaw}" if self.flaw else ""
        return f"CustomerProject({self.owner} company={self.company} title={self.title}{padded}{flaw})"


@dataclass(frozen=True)
class Lead:
    """A Lead. Its interactions are numbered, and those whose number is not a multiple of three have a date."""

    owner: str
    company: int = 0
    interactions: tuple[int, ...] = (0,)
    status: int = 0
    score: int = 0
    padded: bool = False
    flaw: str | None = None

    type = "Lead"

    @cached_property
    def payload(self) -> Json:
        """The payload without the outer key that names its Type."""
        customer: dict[str, Any] = {"CompanyName": f"Zq9 {self.owner} Company {self.company}" + " " * self.padded}
        if self.company:
            customer["Address"] = {"City": "Anytown"}
        interactions = [interaction(self.owner, number) for number in self.interactions]
        payload: dict[str, Any] = {"Customer": customer, "Interactions": interactions}
        if STATUSES[self.status]:
            payload["QualificationStatus"] = STATUSES[self.status]
        if SCORES[self.score]:
            payload["Insights"] = {"LeadReadinessScore": SCORES[self.score]}
        return _with_flaw(payload, self.flaw)

    def __str__(self) -> str:
        filled_in = "".join(f" {value}" for value in (STATUSES[self.status], SCORES[self.score]) if value)
        padded = " padded" * self.padded
        flaw = f" FLAW {self.flaw}" if self.flaw else ""
        interactions = ",".join(f"i{number}" for number in self.interactions)
        return f"Lead({self.owner} company={self.company} [{interactions}]{filled_in}{padded}{flaw})"


@dataclass(frozen=True)
class Prospecting:
    """A ProspectingResult. In some histories, Partner Central allows only AWS to write this Type."""

    owner: str
    name: int = 0
    started: bool = False
    flaw: str | None = None

    type = "ProspectingResult"

    @cached_property
    def payload(self) -> Json:
        """The payload without the outer key that names its Type."""
        customer = {"AccountName": f"{self.owner} {self.name}", "Country": "US"}
        started = {"StartTime": "2029-05-06T09:08:09.120+02:00"} if self.started else {}
        return {"Aws": {"Customer": customer, "TaskName": f"Task {self.name}", **started}}

    def __str__(self) -> str:
        return f"ProspectingResult({self.owner} name={self.name}{' started' * self.started})"


Spec: TypeAlias = Project | Lead | Prospecting
SPECS: Sequence[type[Spec]] = (Project, Lead, Prospecting)


def interaction(owner: str, number: int) -> Json:
    """Return the interaction with the given number, for a Lead of the given owner."""
    dates = {1: {"InteractionDate": "2029-05-06T07:08:09Z"}, 2: {"InteractionDate": "2029-05-06T09:08:09.120+02:00"}}
    return {
        "SourceName": f"i{number}",
        "SourceType": owner,
        "Usecase": "Migration" + " " * (number == 4),
        "BusinessProblem": f"Zq9 {owner} trouble {number}",
        "Contact": {
            "BusinessTitle": f"Zq9 {owner} title {number}",
            "Email": f"{SENSITIVE_MARK}.{owner}.{number}@mail.example",
            "FirstName": f"Zq9First{number}",
            "LastName": f"Zq9Last{number}",
            "Phone": f"555-0100 {SENSITIVE_MARK}",
        },
        **dates.get(number % 3, {}),
    }


def edited(spec: Spec, edit: int) -> Spec:
    """Return a payload after an edit that a developer might make between two deployments.

    Args:
        spec: The payload before the edit.
        edit: A number that selects the edit.
    """
    if isinstance(spec, Project):
        return _edited_project(replace(spec, flaw=None), edit)
    if isinstance(spec, Lead):
        return _edited_lead(replace(spec, flaw=None), edit)
    return replace(spec, name=edit % 3, started=bool(edit % 2))


def _edited_project(spec: Project, edit: int) -> Spec:
    edits: Sequence[Mapping[str, Any]] = (
        {"title": 1 if spec.title == 0 else 0},
        {"title": 2},
        {"company": 1 if spec.company == 0 else 0},
        {"company": None, "title": spec.title or 0},
        {"title": None, "company": spec.company or 0},
        {"padded": not spec.padded, "company": spec.company or 0},
        {"flaw": FLAWS[edit % 3], "title": spec.title or 0},
    )
    return replace(spec, **edits[edit % len(edits)])


def _edited_lead(spec: Lead, edit: int) -> Spec:
    last = max(spec.interactions)
    edits: Sequence[Mapping[str, Any]] = (
        {"interactions": (*spec.interactions, last + 1) if last + 1 < INTERACTION_COUNT else spec.interactions[:1]},
        {
            "interactions": (*spec.interactions, last + 1, last + 2)
            if last + 2 < INTERACTION_COUNT
            else spec.interactions[-1:]
        },
        {"interactions": spec.interactions[1:] or ((last + 1) % INTERACTION_COUNT,)},
        {"interactions": spec.interactions[::-1], "company": 1 - spec.company},
        {"interactions": (*spec.interactions[1:], last + 1) if last + 1 < INTERACTION_COUNT else (0, 1)},
        {"status": (spec.status + 1) % 3},
        {"status": 0},
        {"score": (spec.score + 1) % 3},
        {"score": 0},
        {"padded": not spec.padded},
        {"flaw": FLAWS[edit % 3]},
    )
    return replace(spec, **edits[edit % len(edits)])


def _with_flaw(payload: Json, flaw: str | None) -> Json:
    if flaw is None:
        return payload
    part = payload.get("Project") or payload["Interactions"][0]
    if "SourceName" in part:
        part["SourceName"] += ", flawed"
    if flaw == "invalid length":
        part["BusinessProblem"] = "Zq9 too short" if "Project" in payload else "Zq9 too long " * 200
    elif flaw == "missing member":
        del part["Title" if "Title" in part else "Contact"]
    else:
        part["BusinessProblem"] = {"Zq9 not": "a text"}
    return payload


def interactions(payload: Json) -> list[Json]:
    """Return the interactions of a Lead, or an empty list for a payload of another Type."""
    return list(payload.get("Interactions", ()))


def interaction_name(one: Json) -> str:
    """Return the name of an interaction, which is unique within a history."""
    return f"{one['SourceName']} of {one['SourceType']}"


def interaction_names(payload: Json) -> set[str]:
    """Return the names of a payload's interactions."""
    return {interaction_name(one) for one in interactions(payload)}


def is_equal(current: Json, desired: Json, type_: str, *, normalize: bool = False) -> bool:
    """Whether the current payload equals the desired one, apart from what AWS adds to a Lead.

    Args:
        current: The payload in Partner Central.
        desired: The declared payload.
        type_: The context's Type.
        normalize: Whether to compare the payloads as a service that normalizes would store them.
    """
    convert = normalized if normalize else with_instants
    current, desired = convert(current), convert(desired)
    if type_ != "Lead":
        return bool(current == desired)
    rest = {name: value for name, value in current.items() if name != "Interactions"}
    for name in FILLED_IN:
        if name not in desired:
            rest.pop(name, None)
    wanted = {name: value for name, value in desired.items() if name != "Interactions"}
    return rest == wanted and not missing_interactions(current, desired)


def missing_interactions(current: Json, desired: Json) -> list[Json]:
    """Return the desired interactions that the current payload of a Lead does not contain."""
    pool = interactions(current)
    missing = []
    for one in interactions(desired):
        match = next((other for other in pool if is_same_interaction(other, one)), None)
        if match is None:
            missing.append(one)
        else:
            pool.remove(match)
    return missing


def is_same_interaction(current: Json, desired: Json) -> bool:
    """Whether an interaction equals the desired one. If the desired interaction has no date, dates are not compared."""
    dates = [one.get("InteractionDate") for one in (current, desired)]
    rest = [{name: value for name, value in one.items() if name != "InteractionDate"} for one in (current, desired)]
    return normalized(rest[0]) == normalized(rest[1]) and (
        dates[1] is None or parse_timestamp(dates[0]) == parse_timestamp(dates[1])
    )


def without_nulls(value: Any) -> Any:
    """Return a payload without its nulls, which GetEngagement returns for absent members of a Lead."""
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def normalized(value: Any, name: str = "") -> Any:
    """Return a value as a service that normalizes would store it. `name` is the value's member name, if any."""
    if isinstance(value, Mapping):
        return {key: normalized(member, key) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [normalized(member) for member in value]
    if not isinstance(value, str) or name in TIMESTAMPS:
        return with_instants(value, name)
    text = value.strip()
    if name == "WebsiteUrl" and text:
        text = text if "://" in text else f"https://{text}"
        text = text if text.endswith("/") else f"{text}/"
    return text


def with_instants(value: Any, name: str = "") -> Any:
    """Return a value with the timestamps of a ProspectingResult converted to datetimes."""
    if isinstance(value, Mapping):
        return {key: with_instants(member, key) for key, member in value.items()}
    return parse_timestamp(value) if name in TIMESTAMPS and isinstance(value, str) else value


def parse_timestamp(text: str | None) -> datetime | None:
    """Return a timestamp as a datetime in UTC, with a precision of microseconds."""
    if text is None:
        return None
    if text.endswith("Z"):
        text = f"{text[:-1][:26]}+00:00"
    return datetime.fromisoformat(text).astimezone(timezone.utc)
