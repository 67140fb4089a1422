"""Which values of a payload are declared, how, and why others are left out."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from cdk_partnercentral._payloads.rendering import render
from cdk_partnercentral._validation.payload import payload_problems
from cdk_partnercentral._validation.rules import Rule, payload_rule
from cdk_partnercentral_cli._import._payload import KINDS, UNKNOWN, Converted, converted
from cdk_partnercentral_cli._import._printer import names, printed
from lambda_handler.comparison import equal, exact
from lambda_handler.engagement_context.payloads import at, leaves
from tests.cdk_partnercentral_cli.imports.engagements import EVALUATED, NOVEL_TYPE, REPLACED, damage, payload

CONTACT = {"BusinessTitle": "Head of IT", "Email": "mo@acme.example", "FirstName": "Mo", "LastName": "Doe"}
CUSTOMER = {"CompanyName": "Acme", "Industry": "Retail"}
TYPES = [*payload_rule().members, NOVEL_TYPE]


def lead(**members: Any) -> Converted:
    return converted("Lead", members, redact=False)


def rendered(result: Converted, type_: str) -> Any:
    """Return the payload that the source declares, as the template contains it; None if nothing is declared."""
    if result.source is None:
        return None
    import cdk_partnercentral

    value = eval(printed(result.source), vars(cdk_partnercentral))  # noqa: S307 - the generated source
    made = render(value, None)
    assert made.type == type_
    assert [*made.problems, *payload_problems(made.payload, partial=True)] == []
    return made.payload[type_]


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return [without_nulls(item) for item in value if item is not None] if isinstance(value, list) else value


@pytest.mark.parametrize("type_", TYPES)
def test_a_payload_that_can_be_declared_is_declared_exactly_and_completely(type_: str) -> None:
    draw = random.Random(3)  # noqa: S311 - not a secret
    for _ in range(100):
        current = payload(draw, type_)

        result = converted(type_, current, redact=False)

        assert result.left_out == []
        declared = rendered(result, type_) or {}
        expected = dict(leaves(without_nulls(current)))
        assert {path: str(value) for path, value in leaves(declared)} == {
            path: str(at(declared, path)) for path in expected
        }
        texts = {path: value for path, value in expected.items() if isinstance(value, str)}
        assert {path: at(declared, path) for path in texts} == texts


@pytest.mark.parametrize("type_", list(payload_rule().members))
def test_only_values_that_are_noted_are_left_out_of_a_damaged_payload(type_: str) -> None:
    draw = random.Random(4)  # noqa: S311 - not a secret
    left_out = 0
    for _ in range(100):
        current = payload(draw, type_)
        if not current:
            continue
        damage(draw, current, payload_rule().members[type_])

        result = converted(type_, current, redact=False)

        left_out += len(result.left_out)
        declared = dict(leaves(rendered(result, type_) or {}))
        noted = [tuple(re.split(r"[:,[]", line)[0].split(".")) for line in result.left_out]
        for path, _ in leaves(current):
            assert path in declared or any(path[: len(note)] == note for note in noted), (path, noted)
    assert left_out > 50


def test_known_structures_are_classes_with_enums_and_the_required_fields_first() -> None:
    result = lead(Insights={"LeadReadinessScore": "High"}, Customer={"Industry": "Retail", "CompanyName": "Acme"})

    assert printed(result.source or "").replace("\n", "").replace(" ", "") == (
        'Lead(customer=LeadCustomer(company_name="Acme",industry=Industry.RETAIL,),'
        "insights=LeadInsights(lead_readiness_score=LeadReadinessScore.HIGH,),)"
    )


def test_a_structure_with_an_unknown_member_is_a_mapping_and_its_known_neighbors_are_classes() -> None:
    result = lead(Customer={**CUSTOMER, "Novel": {"a": 1}}, Insights={"LeadReadinessScore": "High"})

    assert rendered(result, "Lead") == {
        "Customer": {**CUSTOMER, "Novel": {"a": 1}},
        "Insights": {"LeadReadinessScore": "High"},
    }
    assert set(names(result.source or "")) == {"LeadInsights", "LeadReadinessScore"}
    assert UNKNOWN in result.kinds


def test_a_structure_without_a_required_value_is_a_mapping() -> None:
    result = lead(Customer={"CompanyName": "x" * 121, "Industry": "Retail"})

    assert rendered(result, "Lead") == {"Customer": {"Industry": "Retail"}}
    assert result.left_out == ["Customer.CompanyName: must have 1 to 120 characters"]
    assert "company names" not in result.kinds


@pytest.mark.parametrize("value", REPLACED)
def test_texts_that_the_deployment_would_replace_are_left_out(value: str) -> None:
    known = lead(QualificationStatus=value, Customer=CUSTOMER)
    unknown = lead(Novel={"deep": [{"a": value}]}, Customer=CUSTOMER)
    named = lead(Novel={"deep": [{value: "a"}]}, Customer=CUSTOMER)

    for result in (known, unknown, named):
        assert rendered(result, "Lead") == {"Customer": CUSTOMER}
        assert len(result.left_out) == 1
        assert value not in result.left_out[0]


@pytest.mark.parametrize("value", EVALUATED)
def test_members_that_cloudformation_would_evaluate_are_left_out(value: dict[str, Any]) -> None:
    result = lead(Novel=[value], Customer={**CUSTOMER, **value})

    assert rendered(result, "Lead") == {"Customer": CUSTOMER}
    assert len(result.left_out) == 2


def test_a_member_that_synthesis_would_report_as_misspelled_is_left_out() -> None:
    result = lead(Customer={**CUSTOMER, "CompanyNames": "Acme"})

    assert rendered(result, "Lead") == {"Customer": CUSTOMER}
    assert result.left_out[0].startswith("Customer.CompanyNames: has no member")


def test_an_interaction_is_declared_completely_or_not_at_all() -> None:
    good = {"Contact": CONTACT, "InteractionDate": "2027-01-05T09:30:00.123456789Z"}
    bad = {"Contact": {**CONTACT, "FirstName": "x" * 81}}

    result = lead(Interactions=[bad, good, {"SourceType": "Event"}])

    assert rendered(result, "Lead") == {"Interactions": [good]}
    assert result.left_out == [
        "Interactions[0], because of Interactions[0].Contact.FirstName: must have 0 to 80 characters",
        "Interactions[2], because of Interactions[2]: it has no Contact that can be declared",
    ]


def test_at_most_ten_interactions_are_declared() -> None:
    result = lead(Interactions=[{"Contact": CONTACT, "SourceId": str(number)} for number in range(12)])

    assert [each["SourceId"] for each in rendered(result, "Lead")["Interactions"]] == [str(each) for each in range(10)]
    assert [line.partition(":")[0] for line in result.left_out] == ["Interactions[10]", "Interactions[11]"]


@pytest.mark.parametrize("windows", [8 * [{}], [{"Day": "Someday"}], ["x"]])
def test_another_list_is_declared_with_all_items_or_not_at_all(windows: list[Any]) -> None:
    window = {"Day": "MONDAY", "StartTimeUtc": "09:00", "EndTimeUtc": "10:00"}
    full = [{**window, **each} if isinstance(each, dict) else each for each in windows]

    result = lead(
        Insights={"ChannelRecommendation": {"RecommendedChannel": "x", "BestOutreachWindows": [window, *full]}}
    )

    assert rendered(result, "Lead") == {"Insights": {"ChannelRecommendation": {"RecommendedChannel": "x"}}}
    assert len(result.left_out) == 1
    assert result.left_out[0].startswith("Insights.ChannelRecommendation.BestOutreachWindows")


def test_an_empty_map_in_an_item_of_a_list_is_declared_because_items_are_compared_as_a_whole() -> None:
    windows: list[Any] = [{"Day": "MONDAY", "StartTimeUtc": "09:00", "EndTimeUtc": "10:00", "Novel": {}, "Other": None}]

    result = lead(Insights={"ChannelRecommendation": {"RecommendedChannel": "x", "BestOutreachWindows": windows}})

    (declared,) = rendered(result, "Lead")["Insights"]["ChannelRecommendation"]["BestOutreachWindows"]
    assert declared == {"Day": "MONDAY", "StartTimeUtc": "09:00", "EndTimeUtc": "10:00", "Novel": {}}
    assert equal(windows, [declared], exact)


def test_numbers_that_lose_digits_become_texts() -> None:
    numbers = [2**53, 1.0, 1e21, 2**53 - 1, True]

    result = converted(NOVEL_TYPE, {"a": numbers}, redact=False)

    assert rendered(result, NOVEL_TYPE) == {"a": ["9007199254740992", "1.0", "1e+21", 2**53 - 1, True]}


def test_values_with_too_many_levels_are_left_out() -> None:
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]

    result = converted(NOVEL_TYPE, {"a": deep}, redact=False)

    assert result.source is None
    assert "levels" in result.left_out[0]


@pytest.mark.parametrize("type_", ["Leads", "Ref", "Customer", "\n", "x" * 101, "half \ud83d"])
def test_a_type_that_the_library_or_the_function_would_not_accept_is_left_out(type_: str) -> None:
    result = converted(type_, {"a": "b"}, redact=False)

    assert (result.source, len(result.left_out)) == (None, 1)


@pytest.mark.parametrize("content", [{}, {"Customer": None}, {"Customer": {"Address": {"City": None}}}, None, "x", []])
def test_a_payload_without_a_value_is_not_declared(content: Any) -> None:
    result = converted("Lead", content, redact=False)

    assert (result.source, result.left_out) == (None, [])


def test_redact_leaves_out_contacts_and_everything_unknown() -> None:
    current = {"Customer": {**CUSTOMER, "Novel": "x"}, "Interactions": [{"Contact": CONTACT}], "Novel": "y"}

    result = converted("Lead", current, redact=True)

    assert rendered(result, "Lead") == {"Customer": CUSTOMER}
    assert [line.partition(":")[0] for line in result.left_out] == ["Customer.Novel", "Interactions", "Novel"]
    assert result.kinds == {"company names"}
    assert converted(NOVEL_TYPE, {"a": "b"}, redact=True).source is None


def rules(rule: Rule) -> Iterator[Rule]:
    yield rule
    for each in (*rule.members.values(), *([rule.item] if rule.item else [])):
        yield from rules(each)


def test_every_sensitive_value_of_the_service_model_has_a_kind() -> None:
    assert {each.name for each in rules(payload_rule()) if each.sensitive} <= KINDS.keys()
    assert KINDS.keys() <= {each.name for each in rules(payload_rule())}
