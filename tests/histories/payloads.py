"""What stacks declare here: few enough payloads that they meet again, and an own idea of when two say the same.

Each value that the service model calls sensitive carries `MARK`, so that a leak shows. Each family, which is a logical id
in stacks of one name, has payloads of its own: two declarations of equal payloads would adopt one another, by design.
It shares no code with the handler and none with the local Partner Central.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import cached_property
from typing import Any, TypeAlias

Json: TypeAlias = Any

MARK = "zq9"  # in any case
FILLED_IN = ("QualificationStatus", "Insights")
STATUSES = (None, "Qualified", "Disqualified")
SCORES = (None, "High", "Low")
TIMES = ("StartTime", "EndTime")
TAGS = 7
FLAWS = ("short", "missing", "kind")


@dataclass(frozen=True)
class Project:
    """A CustomerProject: either part may be absent, not both. `padded` values are ones that a service may tidy."""

    family: str
    company: int | None = 0
    title: int | None = 0
    padded: bool = False
    flaw: str | None = None

    type = "CustomerProject"

    @cached_property
    def payload(self) -> Json:
        """The union's member."""
        made: dict[str, Any] = {}
        if self.company is not None:
            address = f"{MARK}-{self.family}-{self.company}.example"
            made["Customer"] = {
                "Industry": "Retail",
                "CompanyName": f"Zq9 {self.family} Company {self.company}" + "  " * self.padded,
                "WebsiteUrl": address if self.padded else f"https://{address}/",
                "CountryCode": "US",
            }
        if self.title is not None:
            made["Project"] = {
                "Title": f"Move {self.family} {self.title}",
                "BusinessProblem": f"Zq9 {self.family} has a problem that has to be told at length {self.title}",
                "TargetCompletionDate": "2031-02-03",
            }
        return _flawed(made, self.flaw)

    def __str__(self) -> str:
        tidy = " padded" * self.padded
        flaw = f" FLAW {self.flaw}" if self.flaw else ""
        return f"CustomerProject({self.family} company={self.company} title={self.title}{tidy}{flaw})"


@dataclass(frozen=True)
class Lead:
    """A Lead. Interactions are named by tags; those of tags 1 and 2 modulo 3 have a date."""

    family: str
    company: int = 0
    interactions: tuple[int, ...] = (0,)
    status: int = 0
    score: int = 0
    padded: bool = False
    flaw: str | None = None

    type = "Lead"

    @cached_property
    def payload(self) -> Json:
        """The union's member."""
        customer: dict[str, Any] = {"CompanyName": f"Zq9 {self.family} Company {self.company}" + " " * self.padded}
        if self.company:
            customer["Address"] = {"City": "Anytown"}
        interactions = [interaction(self.family, tag) for tag in self.interactions]
        made: dict[str, Any] = {"Customer": customer, "Interactions": interactions}
        if STATUSES[self.status]:
            made["QualificationStatus"] = STATUSES[self.status]
        if SCORES[self.score]:
            made["Insights"] = {"LeadReadinessScore": SCORES[self.score]}
        return _flawed(made, self.flaw)

    def __str__(self) -> str:
        filled = "".join(f" {value}" for value in (STATUSES[self.status], SCORES[self.score]) if value)
        flaw = f" FLAW {self.flaw}" if self.flaw else ""
        told = ",".join(f"i{tag}" for tag in self.interactions)
        return f"Lead({self.family} company={self.company} [{told}]{filled}{' padded' * self.padded}{flaw})"


@dataclass(frozen=True)
class Prospect:
    """A ProspectingResult, which a service may leave to AWS."""

    family: str
    name: int = 0
    started: bool = False
    flaw: str | None = None

    type = "ProspectingResult"

    @cached_property
    def payload(self) -> Json:
        """The union's member."""
        customer = {"AccountName": f"{self.family} {self.name}", "Country": "US"}
        started = {"StartTime": "2029-05-06T09:08:09.120+02:00"} if self.started else {}
        return {"Aws": {"Customer": customer, "TaskName": f"Task {self.name}", **started}}

    def __str__(self) -> str:
        return f"ProspectingResult({self.family} name={self.name}{' started' * self.started})"


Spec: TypeAlias = Project | Lead | Prospect
KINDS: Sequence[type[Spec]] = (Project, Lead, Prospect)


def interaction(family: str, tag: int) -> Json:
    """Return an interaction of a family."""
    dates = {1: {"InteractionDate": "2029-05-06T07:08:09Z"}, 2: {"InteractionDate": "2029-05-06T09:08:09.120+02:00"}}
    return {
        "SourceName": f"i{tag}",
        "SourceType": family,
        "Usecase": "Migration" + " " * (tag == 4),
        "BusinessProblem": f"Zq9 {family} trouble {tag}",
        "Contact": {
            "BusinessTitle": f"Zq9 {family} title {tag}",
            "Email": f"{MARK}.{family}.{tag}@mail.example",
            "FirstName": f"Zq9First{tag}",
            "LastName": f"Zq9Last{tag}",
            "Phone": f"555-0100 {MARK}",
        },
        **dates.get(tag % 3, {}),
    }


def changed(spec: Spec, how: int) -> Spec:
    """Return another payload of the same type: what a developer changes from one deployment to the next."""
    if isinstance(spec, Project):
        return _changed_project(replace(spec, flaw=None), how)
    if isinstance(spec, Lead):
        return _changed_lead(replace(spec, flaw=None), how)
    return replace(spec, name=how % 3, started=bool(how % 2))


def _changed_project(spec: Project, how: int) -> Spec:
    changes: Sequence[Mapping[str, Any]] = (
        {"title": 1 if spec.title == 0 else 0},
        {"title": 2},
        {"company": 1 if spec.company == 0 else 0},
        {"company": None, "title": spec.title or 0},
        {"title": None, "company": spec.company or 0},
        {"padded": not spec.padded, "company": spec.company or 0},
        {"flaw": FLAWS[how % 3], "title": spec.title or 0},
    )
    return replace(spec, **changes[how % len(changes)])


def _changed_lead(spec: Lead, how: int) -> Spec:
    last = max(spec.interactions)
    changes: Sequence[Mapping[str, Any]] = (
        {"interactions": (*spec.interactions, last + 1) if last + 1 < TAGS else spec.interactions[:1]},
        {"interactions": (*spec.interactions, last + 1, last + 2) if last + 2 < TAGS else spec.interactions[-1:]},
        {"interactions": spec.interactions[1:] or ((last + 1) % TAGS,)},
        {"interactions": spec.interactions[::-1], "company": 1 - spec.company},
        {"interactions": (*spec.interactions[1:], last + 1) if last + 1 < TAGS else (0, 1)},
        {"status": (spec.status + 1) % 3},
        {"status": 0},
        {"score": (spec.score + 1) % 3},
        {"score": 0, "company": 1 - spec.company},
        {"padded": not spec.padded},
        {"flaw": FLAWS[how % 3]},
    )
    return replace(spec, **changes[how % len(changes)])


def _flawed(made: Json, flaw: str | None) -> Json:
    if flaw is None:
        return made
    part = made.get("Project") or made["Interactions"][0]
    if "SourceName" in part:
        part["SourceName"] += ", flawed"
    if flaw == "short":
        # Found by the service alone, which quotes what it was sent.
        part["BusinessProblem"] = "Zq9 too short" if "Project" in made else "Zq9 too long " * 200
    elif flaw == "missing":
        del part["Title" if "Title" in part else "Contact"]
    else:
        part["BusinessProblem"] = {"Zq9 not": "a text"}
    return made


def interactions_of(payload: Json) -> list[Json]:
    """Return a Lead's interactions, if it has any."""
    return list(payload.get("Interactions", ()))


def tag_of(one: Json) -> str:
    """Return the name of an interaction, which is its own within a family."""
    return f"{one['SourceName']} of {one['SourceType']}"


def tags_of(payload: Json) -> set[str]:
    """Return the names of a payload's interactions."""
    return {tag_of(one) for one in interactions_of(payload)}


def equal(held: Json, declared: Json, type_: str, *, tidy: bool = False) -> bool:
    """Whether a context says what is declared, by the design's definition: exact, but for what AWS adds to a Lead.

    Args:
        held: the payload in Partner Central.
        declared: the payload declared.
        type_: the context's Type.
        tidy: compare what a service that normalises would make of both.
    """
    held, declared = (tidied(held), tidied(declared)) if tidy else (dated(held), dated(declared))
    if type_ != "Lead":
        return bool(held == declared)
    rest = {name: value for name, value in held.items() if name != "Interactions"}
    for name in FILLED_IN:
        if name not in declared:
            rest.pop(name, None)
    wanted = {name: value for name, value in declared.items() if name != "Interactions"}
    return rest == wanted and not missing_interactions(held, declared)


def missing_interactions(held: Json, declared: Json) -> list[Json]:
    """Return the declared interactions that are not held."""
    pool = interactions_of(held)
    missing = []
    for one in interactions_of(declared):
        match = next((other for other in pool if same_interaction(other, one)), None)
        if match is None:
            missing.append(one)
        else:
            pool.remove(match)
    return missing


def same_interaction(held: Json, declared: Json) -> bool:
    """Whether a held interaction is the declared one: a date that was not declared does not count."""
    dates = [one.get("InteractionDate") for one in (held, declared)]
    rest = [{name: value for name, value in one.items() if name != "InteractionDate"} for one in (held, declared)]
    return tidied(rest[0]) == tidied(rest[1]) and (dates[1] is None or instant(dates[0]) == instant(dates[1]))


def tidied(value: Any, name: str = "") -> Any:
    """Return what a service that normalises may make of a value."""
    if isinstance(value, Mapping):
        return {key: tidied(member, key) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [tidied(member) for member in value]
    if not isinstance(value, str) or name in TIMES:
        return dated(value, name)
    text = value.strip()
    if name == "WebsiteUrl" and text:
        text = text if "://" in text else f"https://{text}"
        text = text if text.endswith("/") else f"{text}/"
    return text


def dated(value: Any, name: str = "") -> Any:
    """Return a ProspectingResult with its timestamps as instants."""
    if isinstance(value, Mapping):
        return {key: dated(member, key) for key, member in value.items()}
    return instant(value) if name in TIMES and isinstance(value, str) else value


def instant(text: str | None) -> datetime | None:
    """Return the instant that a timestamp names, to the microsecond."""
    if text is None:
        return None
    if text.endswith("Z"):
        text = f"{text[:-1][:26]}+00:00"
    return datetime.fromisoformat(text).astimezone(timezone.utc)
