"""Compare a declaration with Partner Central, with the functions that the Lambda function uses.

A drift means that the Lambda function would write to Partner Central, or fail, if CloudFormation called it with the deployed
declaration again. Values that only Partner Central has are no drift.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdk_partnercentral_cli._drift.non_ascii import NON_ASCII, incomplete, restored
from cdk_partnercentral_cli._drift.references import has_only_references, reference, references
from lambda_handler import engagement as engagements
from lambda_handler.api import Context, Engagement, Payload, Shape
from lambda_handler.engagement_context.lead import INTERACTION, INTERACTIONS, LEAD, Interactions, split, unpaired
from lambda_handler.engagement_context.payloads import Path, at, merged, without
from lambda_handler.engagement_context.reconcile import differing
from lambda_handler.errors import ResourceError
from lambda_handler.partner_central import PartnerCentral

_ONLY_REFERENCES = "The declaration contains only references, so it cannot be compared."
# The handler masks the description of an engagement too, although the service model does not mark it as sensitive.
_SENSITIVE_PROPERTIES = ("Description",)


class IncomparableDeclarationError(Exception):
    """No member of the declaration can be compared. The text is a sentence."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of a declaration that differs from Partner Central, or that cannot be compared.

    Attributes:
        path: The names of the member and of the structures that contain it, such as `Project.Title`.
        declared: The declared value.
        current: The value in Partner Central; None if Partner Central has none.
        not_compared: For a member that cannot be compared, the kind of its reference, such as `Fn::GetAtt`, or `NON_ASCII`;
            otherwise empty.
        sensitive: Whether the service model marks one of the values as sensitive, or does not define the member.
        problem: For a difference that the function could not write, the code of the error; otherwise empty.
    """

    path: str
    declared: Any
    current: Any = None
    not_compared: str = ""
    sensitive: bool = False
    problem: str = ""


def compare_engagement(properties: Mapping[str, Any], current: Engagement) -> Iterator[Member]:
    """Yield the properties of an engagement that differ or cannot be compared."""
    values = {"Title": current.title, "Description": current.description}
    known: dict[str, Any] = {}
    for name, value in values.items():
        declared = restored(properties.get(name), value)
        kind = reference(declared) or (NON_ASCII if list(incomplete(properties.get(name), declared)) else "")
        if kind:
            yield Member(path=name, declared=declared, not_compared=kind)
        known[name] = value if reference(declared) else declared
    if has_only_references({name: properties.get(name) for name in values}):
        raise IncomparableDeclarationError(_ONLY_REFERENCES)
    if not isinstance(known["Title"], str):
        raise IncomparableDeclarationError(
            "The declaration has no Title: deploy the stack with the installed version of cdk-partnercentral."
        )
    desired = engagements.DesiredEngagement(catalog="", title=known["Title"], description=known["Description"])
    for name in engagements.differing(desired, current):
        yield Member(
            path=name,
            declared=known[name],
            current=values[name] or None,
            sensitive=name in _SENSITIVE_PROPERTIES,
            problem="CANNOT_UPDATE",
        )


class ContextComparison:
    """Compares contexts.

    Args:
        model: Partner Central, for its service model.
    """

    def __init__(self, model: PartnerCentral) -> None:
        self._model = model

    def compare(self, properties: Mapping[str, Any], current: Context | None) -> Iterator[Member]:
        """Yield the members of a context that differ or cannot be compared.

        Args:
            properties: The declared properties of the context.
            current: The context in Partner Central, or None if it does not exist.

        Raises:
            IncomparableDeclarationError: The payload contains only references, or is not in the format of this version.
        """
        payload, type_ = properties.get("Payload"), properties.get("Type")
        if current is None:
            yield Member(path="(context)", declared="exists", problem="CONTEXT_GONE")
            return
        if isinstance(type_, str) and not reference(type_) and type_ != current.type:
            # The function would create another context.
            yield Member(path="Type", declared=type_, current=current.type)
            return
        if reference(payload):
            raise IncomparableDeclarationError(_ONLY_REFERENCES)
        if reference(type_) and isinstance(payload, Mapping):
            type_ = next(iter(payload), None)
        declared = payload.get(type_) if isinstance(payload, Mapping) else None
        if not isinstance(type_, str) or not isinstance(declared, Mapping):
            raise IncomparableDeclarationError(
                "The declared Payload has no member with the name of the Type: deploy the stack with the installed version of"
                " cdk-partnercentral."
            )
        if type_ != current.type:
            yield Member(path="Type", declared=type_, current=current.type)
            return
        if has_only_references(_with_numbered_interactions(type_, declared)):
            raise IncomparableDeclarationError(_ONLY_REFERENCES)
        yield from self._members(type_, declared, current.payload)

    def _members(self, type_: str, declared: Payload, current: Payload) -> Iterator[Member]:
        if type_ == LEAD and reference(declared.get(INTERACTIONS)) and not isinstance(declared[INTERACTIONS], list):
            yield Member(
                path=INTERACTIONS, declared=declared[INTERACTIONS], not_compared=reference(declared[INTERACTIONS])
            )
            declared = without(declared, [(INTERACTIONS,)])
        desired, wanted = split(type_, declared)
        members, present = split(type_, current)
        unknown = dict(references(desired))
        returned = without(desired, list(unknown))
        desired = restored(returned, members)
        problem = "" if self._can_update(type_) else "CANNOT_UPDATE"
        for path in differing(members, desired, desired):
            values = at(desired, path), at(members, path)
            yield Member(
                path=".".join(path),
                declared=values[0],
                current=values[1],
                sensitive=self._is_sensitive(type_, path, values),
                problem=problem,
            )
        for path, kind in unknown.items():
            yield Member(path=".".join(path), declared=at(declared, path), not_compared=kind)
        for path in incomplete(returned, desired):
            yield Member(path=".".join(path), declared=at(desired, path), not_compared=NON_ASCII)
        yield from self._interactions(type_, wanted, present)

    def _interactions(self, type_: str, wanted: Sequence[Any], present: Sequence[Payload]) -> Iterator[Member]:
        if not wanted:
            return
        shape: Shape = self._model.shape(type_, update=True).get(INTERACTION, {"members": {}})["members"]
        comparable: dict[int, Payload] = {}
        returned = wanted
        wanted = [_restored_interaction(each, present, shape) for each in wanted]
        for place, interaction in enumerate(wanted):
            found = dict(references(interaction))
            partly = dict.fromkeys(incomplete(returned[place], interaction), NON_ASCII)
            for path, kind in (found | partly).items():
                name = ".".join((f"{INTERACTIONS}[{place}]", *path))
                yield Member(path=name, declared=at(interaction, path) if path else interaction, not_compared=kind)
            if () not in found:
                comparable[place] = interaction
        desired = _filled(comparable, present, shape)
        try:
            # The previous declaration is the same, as in an update that changes another property.
            same = list(desired.values())
            pending = Interactions(same, same, present, shape).pending()
        except ResourceError as error:
            yield Member(
                path=INTERACTIONS,
                declared=f"{len(wanted)} interactions",
                current=f"{len(present)} interactions",
                problem=error.code,
            )
            return
        for place, interaction in desired.items():
            if any(interaction is each for each in pending):
                yield Member(path=f"{INTERACTIONS}[{place}]", declared=wanted[place], sensitive=True)

    def _can_update(self, type_: str) -> bool:
        """Return whether contexts of a Type can be updated. False if the service model defines the Type only for a create."""
        return bool(self._model.shape(type_, update=True)) or not self._model.shape(type_, update=False)

    def _is_sensitive(self, type_: str, path: Path, values: Sequence[Any]) -> bool:
        return any(True for value in values for _ in self._model.sensitive_values(type_, _nested(path, value)))


def _with_numbered_interactions(type_: str, declared: Payload) -> Payload:
    """Return a payload with a map of interactions instead of a list, because interactions are compared one by one."""
    interactions = declared.get(INTERACTIONS)
    if type_ != LEAD or not isinstance(interactions, list):
        return declared
    return {**declared, INTERACTIONS: {str(place): each for place, each in enumerate(interactions)}}


def _restored_interaction(wanted: Any, present: Sequence[Payload], shape: Shape) -> Any:
    """Return a declared interaction, with the texts of the interaction in Partner Central that is equal but for these texts."""
    forms = ((restored(wanted, each), each) for each in present)
    return next((form for form, each in forms if not unpaired([form], [each], shape)[0]), wanted)


def _filled(wanted: Mapping[int, Payload], present: Sequence[Payload], shape: Shape) -> dict[int, Payload]:
    """Return the declared interactions, with values from Partner Central instead of references.

    The values come from the interaction that is equal in all other members. If there is none, they come from the interaction
    that the handler would consider another form of the declared interaction. Each interaction is used at most once.
    """
    unknown = {place: list(dict(references(each))) for place, each in wanted.items()}
    complete = [each for place, each in wanted.items() if not unknown[place]]
    free = unpaired(complete, present, shape)[1]
    result: dict[int, Payload] = {}
    for place, interaction in wanted.items():
        known = without(interaction, unknown[place])
        result[place] = known
        forms = {other: _with_values(known, present[other], unknown[place]) for other in free} if unknown[place] else {}
        equal = (other for other, form in forms.items() if not unpaired([form], [present[other]], shape)[0])
        similar = (
            other
            for other, form in forms.items()
            if not Interactions([form], [form], [present[other]], shape).pending()
        )
        match = next(equal, None)
        match = next(similar, None) if match is None else match
        if match is not None:
            free.remove(match)
            result[place] = forms[match]
    return result


def _with_values(known: Payload, other: Payload, paths: Sequence[Path]) -> Payload:
    for path in paths:
        known = merged(known, _nested(path, at(other, path)))
    return known


def _nested(path: Path, value: Any) -> dict[str, Any]:
    for name in reversed(path):
        value = {name: value}
    result: dict[str, Any] = value
    return result
