"""The payloads that the stacks of a history declare, and a definition of equal payloads.

This module shares no code with the handler or the local Partner Central.

The number of different payloads is small, so that deployments often return to an earlier payload. Each payload belongs to a
*deal*. The name of a deal begins with the name of its stack, so that two stacks never declare equal payloads. Otherwise, the
function could adopt a context for the wrong stack.

The service model marks some members as sensitive. The values of these members contain `SENSITIVE_MARK` or begin with
`SENSITIVE_PHONE`, so that the tests can detect a leak.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import cached_property
from typing import Any, TypeAlias

Json: TypeAlias = Any
Path: TypeAlias = tuple[str, ...]

SENSITIVE_MARK = "zq9"  # Sensitive values contain this text in upper or lower case.
SENSITIVE_PHONE = "+1-555-01"
NEW_MEMBER = "NewInNextModel"  # A member that is not in the service model.
FILLED_IN = ("QualificationStatus", "Insights")  # Members of a Lead that AWS fills in.
STATUSES = (None, "Qualified", "Disqualified")
SCORES = (None, "High", "Low")
TIMESTAMPS = ("StartTime", "EndTime", "InteractionDate")
INTERACTION_COUNT = 7
# The flaws that make Partner Central reject a payload.
FLAWS = ("invalid length", "missing member", "wrong type")
# The styles of the texts in a payload. The handler treats texts as loosely equal if only their style differs.
STYLES = ("plain", "padded", "upper", "empty")


@dataclass(frozen=True)
class Project:
    """A CustomerProject. Either `company` or `title` can be None, but not both.

    `style` is an index of `STYLES`. `new` adds a member that is not in the service model. `flaw` is one of `FLAWS`, or None for
    a valid payload.
    """

    deal: str
    company: int | None = 0
    title: int | None = 0
    style: int = 0
    new: bool = False
    flaw: str | None = None

    type = "CustomerProject"

    @cached_property
    def payload(self) -> Json:
        """The inner object of the payload, without the outer key that names the Type."""
        payload: dict[str, Any] = {}
        if self.company is not None:
            address = f"{SENSITIVE_MARK}-{self.deal}-{self.company}.example"
            payload["Customer"] = {
                "Industry": "Retail",
                "CompanyName": _styled(f"Zq9 {self.deal} Company {self.company}", self.style),
                "WebsiteUrl": address if STYLES[self.style] == "padded" else f"https://{address}/",
                "CountryCode": "US",
            }
        if self.title is not None:
            payload["Project"] = {
                "Title": f"Move {self.deal} {self.title}",
                "BusinessProblem": _styled(
                    f"Zq9 {self.deal} has a problem that takes some words to describe {self.title}", self.style
                ),
                "TargetCompletionDate": "2031-02-03",
            }
        if self.new:
            payload["Project" if "Project" in payload else "Customer"][NEW_MEMBER] = f"Zq9 {self.deal} true"
        return _with_flaw(payload, self.flaw)

    def __str__(self) -> str:
        return f"CustomerProject({self.deal} company={self.company} title={self.title}{_options(self)})"


@dataclass(frozen=True)
class Lead:
    """A Lead. Each interaction has a number. Interactions have a date unless their number is a multiple of three.

    A `partial` Lead has no customer, and its list of interactions can be empty. Only an import can declare a `partial` Lead.
    """

    deal: str
    company: int = 0
    interactions: tuple[int, ...] = (0,)
    status: int = 0
    score: int = 0
    style: int = 0
    new: bool = False
    partial: bool = False
    flaw: str | None = None

    type = "Lead"

    @cached_property
    def payload(self) -> Json:
        """The inner object of the payload, without the outer key that names the Type."""
        payload: dict[str, Any] = {}
        if not self.partial:
            customer: dict[str, Any] = {"CompanyName": _styled(f"Zq9 {self.deal} Company {self.company}", self.style)}
            if self.company:
                customer["Address"] = {"City": "Anytown"}
            elif STYLES[self.style] == "empty":
                customer["Address"] = {}
            if self.new:
                customer[NEW_MEMBER] = f"Zq9 {self.deal} 5"
            payload["Customer"] = customer
        if self.interactions:
            payload["Interactions"] = [interaction(self.deal, number) for number in self.interactions]
        if STATUSES[self.status]:
            payload["QualificationStatus"] = STATUSES[self.status]
        if SCORES[self.score]:
            payload["Insights"] = {"LeadReadinessScore": SCORES[self.score]}
        if not payload:
            payload["QualificationStatus"] = STATUSES[1]
        return _with_flaw(payload, self.flaw)

    def __str__(self) -> str:
        filled_in = "".join(f" {value}" for value in (STATUSES[self.status], SCORES[self.score]) if value)
        interactions = ",".join(f"i{number}" for number in self.interactions)
        company = "partial" if self.partial else f"company={self.company}"
        return f"Lead({self.deal} {company} [{interactions}]{filled_in}{_options(self)})"


@dataclass(frozen=True)
class Prospecting:
    """A ProspectingResult. In some histories, Partner Central allows only AWS to write this Type."""

    deal: str
    name: int = 0
    started: bool = False
    style: int = 0
    new: bool = False
    flaw: str | None = None

    type = "ProspectingResult"

    @cached_property
    def payload(self) -> Json:
        """The inner object of the payload, without the outer key that names the Type."""
        customer = {"AccountName": _styled(f"{self.deal} {self.name}", self.style), "Country": "US"}
        started = {"StartTime": "2029-05-06T09:08:09.120+02:00"} if self.started else {}
        return {"Aws": {"Customer": customer, "TaskName": f"Task {self.name}", **started}}

    def __str__(self) -> str:
        return f"ProspectingResult({self.deal} name={self.name}{' started' * self.started}{_options(self)})"


@dataclass(frozen=True)
class Account:
    """A CustomerAccount, which cannot be updated. With `by_arn`, the payload contains the account's ARN instead of the ID."""

    deal: str
    name: int = 0
    by_arn: bool = False
    style: int = 0
    new: bool = False
    flaw: str | None = None

    type = "CustomerAccount"

    @cached_property
    def payload(self) -> Json:
        """The inner object of the payload, without the outer key that names the Type."""
        identifier = f"cust-acc-{self.deal:0>13}"
        arn = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/customer-account/{identifier}"
        return {
            "AccountIdentifier": arn if self.by_arn else identifier,
            "Customer": {"CompanyName": _styled(f"Zq9 {self.deal} Company {self.name}", self.style)},
        }

    def __str__(self) -> str:
        return f"CustomerAccount({self.deal} name={self.name}{' by ARN' * self.by_arn}{_options(self)})"


Spec: TypeAlias = Project | Lead | Prospecting | Account
SPECS: Sequence[type[Spec]] = (Project, Lead, Prospecting, Account)


def _styled(text: str, style: int) -> str:
    return {"padded": f"{text} \n", "upper": text.upper()}.get(STYLES[style], text)


def _options(spec: Spec) -> str:
    style = f" {STYLES[spec.style]}" * bool(spec.style)
    return f"{style}{' new' * spec.new}{f' FLAW {spec.flaw}' if spec.flaw else ''}"


def interaction(deal: str, number: int) -> Json:
    """Return the interaction with the given number, for a Lead of the given deal."""
    dates = {1: {"InteractionDate": "2029-05-06T07:08:09Z"}, 2: {"InteractionDate": "2029-05-06T09:08:09.120+02:00"}}
    return {
        "SourceName": f"i{number}",
        "SourceType": deal,
        "Usecase": "Migration" + " " * (number == 4),
        "BusinessProblem": f"Zq9 {deal} trouble {number}",
        "Contact": {
            "BusinessTitle": f"Zq9 {deal} title {number}",
            "Email": f"{SENSITIVE_MARK}.{deal}.{number}@mail.example",
            "FirstName": f"Zq9First{number}",
            "LastName": f"Zq9Last{number}",
            "Phone": f"{SENSITIVE_PHONE}{number:02}",
        },
        **dates.get(number % 3, {}),
    }


def is_sensitive(text: str) -> bool:
    """Return whether a text contains a sensitive value, in the declared form or in the form that Partner Central stores."""
    phone = re.sub(r"\W", "", SENSITIVE_PHONE)
    return SENSITIVE_MARK in text.lower() or SENSITIVE_PHONE in text or f"+{phone}" in text


def edited(spec: Spec, edit: int) -> Spec:
    """Return a payload after an edit that a developer might make between two deployments.

    Args:
        spec: The payload before the edit.
        edit: A number that selects the edit.
    """
    spec = replace(spec, flaw=None)
    if isinstance(spec, Project):
        return _edited_project(spec, edit)
    if isinstance(spec, Lead):
        return _edited_lead(spec, edit)
    style: Mapping[str, Any] = {"style": (spec.style + 1) % 3} if edit % 4 == 3 else {}
    if isinstance(spec, Account):
        return replace(spec, **style) if style else replace(spec, name=edit % 2, by_arn=edit % 5 == 0)
    return replace(spec, **style) if style else replace(spec, name=edit % 3, started=bool(edit % 2))


def _edited_project(spec: Project, edit: int) -> Spec:
    edits: Sequence[Mapping[str, Any]] = (
        {"title": 1 if spec.title == 0 else 0},
        {"title": 2},
        {"company": 1 if spec.company == 0 else 0},
        {"company": None, "title": spec.title or 0},
        {"title": None, "company": spec.company or 0},
        {"style": (spec.style + 1) % 3, "company": spec.company or 0},
        {"flaw": FLAWS[edit % 3], "title": spec.title or 0},
        {"new": not spec.new},
    )
    return replace(spec, **edits[edit % len(edits)])


def _edited_lead(spec: Lead, edit: int) -> Spec:
    last = max(spec.interactions, default=-1)
    flaw = {"flaw": FLAWS[edit % 3], "interactions": spec.interactions or (0,)}
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
        {"style": (spec.style + 1) % 4},
        flaw,
        {"new": not spec.new},
    )
    return replace(spec, **edits[edit % len(edits)])


def complete(spec: Spec) -> Spec:
    """Return a payload that can create a context. Add the customer and an interaction to a partial Lead."""
    if isinstance(spec, Lead):
        return replace(spec, partial=False, interactions=spec.interactions or (0,))
    return spec


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


# Leaves are the values of a payload except maps and empty values.


def leaves(payload: Json, type_: str) -> dict[Path, Any]:
    """Return the leaves of a payload, keyed by path, without the interactions of a Lead. A list counts as a single leaf."""
    return {path: value for path, value in _leaves(payload) if type_ != "Lead" or path[0] != "Interactions"}


def _leaves(value: Json, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _leaves(member, (*path, name))
    elif value is not None and value != []:
        yield path, value


def has_leaf(paths: Mapping[Path, Any], path: Path) -> bool:
    """Return whether `paths` contains `path`, a parent of `path`, or a path below `path`."""
    return any(path[: len(other)] == other[: len(path)] for other in paths)


# Equality.


def is_exact(one: Any, other: Any, path: Path) -> bool:
    """Return whether two leaves are equal, apart from the format of a timestamp."""
    return bool(one == other) or _is_same_instant(one, other, path)


def is_loose(one: Any, other: Any, path: Path) -> bool:
    """Return whether two leaves are equal, apart from changes that Partner Central can make when it stores a value."""
    if isinstance(one, str) and isinstance(other, str):
        return _loose(one, path[-1]) == _loose(other, path[-1]) or _is_same_instant(one, other, path)
    return bool(one == other)


def differs_by_case(one: Any, other: Any) -> bool:
    """Return whether two leaves differ only in upper and lower case."""
    return isinstance(one, str) and isinstance(other, str) and one != other and one.casefold() == other.casefold()


def _loose(text: str, name: str) -> str:
    text = unicodedata.normalize("NFC", text).strip().casefold()
    if name == "WebsiteUrl":
        return text.removeprefix("https://").removeprefix("http://").rstrip("/")
    if name == "Phone":
        return "".join(letter for letter in text if letter.isalnum() or letter == "+")
    return text.rpartition("/")[2] if name == "AccountIdentifier" else text


def _is_same_instant(one: Any, other: Any, path: Path) -> bool:
    if path[-1] not in TIMESTAMPS or not isinstance(one, str) or not isinstance(other, str):
        return False
    return parse_timestamp(one) == parse_timestamp(other)


def is_adoptable(current: Json, desired: Json, type_: str) -> bool:
    """Return whether a context matches the declaration closely enough to be adopted.

    The context of a Lead can have additional values. A context of another Type can have additional values only in members that
    are not in the service model.
    """
    stored, wanted = leaves(current, type_), leaves(desired, type_)
    if not all(path in stored and is_loose(stored[path], value, path) for path, value in wanted.items()):
        return False
    if type_ == "Lead":
        pool = interactions(current)
        return all(any(is_same_interaction(each, one) for each in pool) for one in interactions(desired))
    return all(path in wanted or NEW_MEMBER in path for path in stored)


def interactions(payload: Json) -> list[Json]:
    """Return the interactions of a Lead, or an empty list for a payload of another Type."""
    return list(payload.get("Interactions") or ())


def interaction_name(one: Json) -> str:
    """Return the name of an interaction, which is unique within a history. AWS never changes this name."""
    return f"{one['SourceName']} of {one['SourceType']}"


def interaction_names(payload: Json) -> set[str]:
    """Return the names of a payload's interactions."""
    return {interaction_name(one) for one in interactions(payload)}


def is_same_interaction(current: Json, desired: Json) -> bool:
    """Return whether two interactions are loosely equal. The dates are compared only if both interactions have a date."""
    rest = [dict(_leaves({**one, "InteractionDate": None})) for one in (current, desired)]
    dates = [one.get("InteractionDate") for one in (current, desired)]
    return (
        rest[0].keys() == rest[1].keys()
        and all(is_loose(value, rest[1][path], path) for path, value in rest[0].items())
        and (None in dates or _second(dates[0]) == _second(dates[1]))
    )


def _second(text: Any) -> Any:
    moment = parse_timestamp(text)
    return moment.replace(microsecond=0) if moment else None


def parse_timestamp(text: str | None) -> datetime | None:
    """Return a timestamp as a datetime in UTC, with a precision of microseconds."""
    if text is None:
        return None
    if text.endswith("Z"):
        text = f"{text[:-1][:26]}"
        whole, _, fraction = text.partition(".")
        text = f"{whole}.{fraction:0<6}+00:00"
    return datetime.fromisoformat(text).astimezone(timezone.utc)
