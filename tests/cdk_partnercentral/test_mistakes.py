"""What is wrong with the arguments is told in the one error, whatever kind of thing was given, and each mistake once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from aws_cdk import CfnParameter, Duration, Fn, Stack, Token

from cdk_partnercentral import (
    CustomerProject,
    Engagement,
    EngagementContext,
    EngagementContextType,
    IEngagementContext,
    PartnerCentralProvider,
)

Json = dict[str, Any]
ResourceError = Callable[..., list[str]]

ENGAGEMENT = "eng-0123456789abcd"
ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}"
TYPES = "CustomerProject, Lead, ProspectingResult"
NO_TYPE = "type: it is needed beside a token, which does not tell it before the deployment"
PARAMETER = "a CfnParameter (its value_as_string is a token)"
RESOLVABLE = "a token that is no string (Token.as_string makes it one)"


@pytest.fixture
def refused(stack: Stack, payload: CustomerProject) -> ResourceError:
    """The lines of the error that a context comes to; nothing of it may be left in the tree."""

    def read(**given: Any) -> list[str]:
        before = [each.node.path for each in stack.node.find_all()]
        with pytest.raises(ValueError) as raised:
            EngagementContext(
                stack,
                "Deal",
                **{"catalog": "Sandbox", "engagement_identifier": ENGAGEMENT, "payload": payload, **given},
            )
        assert [each.node.path for each in stack.node.find_all()] == before
        first, *lines = str(raised.value).split("\n- ")
        assert first == "This engagement context cannot be declared:"
        return lines

    return read


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"catalog": None}, "catalog: one of AWS, Sandbox, got None"),
        ({"catalog": 5}, "catalog: one of AWS, Sandbox, got int"),
        ({"catalog": float("nan")}, "catalog: one of AWS, Sandbox, got float"),
        ({"catalog": ["Sandbox"]}, "catalog: one of AWS, Sandbox, got a list"),
        ({"type": []}, f"type: one of {TYPES}, got a list"),
        ({"type": 5}, f"type: one of {TYPES}, got int"),
        ({"client_token": {}}, "client_token: 1 to 64 letters and digits, got a mapping"),
        ({"client_token": 5}, "client_token: 1 to 64 letters and digits, got int"),
        ({"existing_context_id": 1}, "existing_context_id: a string of 1 to 3 characters, got int"),
        ({"existing_context_id": ""}, "existing_context_id: 1 to 3 characters, got 0"),
        ({"adopt_existing": "false"}, "adopt_existing: True or False, known at synthesis, got str"),
        ({"adopt_existing": None}, "adopt_existing: True or False, known at synthesis, got None"),
        ({"provider": "x"}, "provider: an PartnerCentralProvider, got str"),
        ({"provider": False}, "provider: an PartnerCentralProvider, got bool"),
    ],
)
def test_a_wrong_kind_of_argument_is_a_line_by_its_name(given: Json, line: str, refused: ResourceError) -> None:
    assert refused(**given) == [line]


@pytest.mark.parametrize("name", ["catalog", "engagement_identifier", "type", "client_token", "existing_context_id"])
def test_a_token_that_is_no_string_and_a_parameter_are_told_with_the_way_on(
    name: str, stack: Stack, refused: ResourceError
) -> None:
    for given, said in ((CfnParameter(stack, "Given"), PARAMETER), (Fn.get_att("Else", "Where"), RESOLVABLE)):
        (line,) = refused(**{name: given})
        assert line.startswith(f"{name}: ")
        assert line.endswith(f", got {said}")


@pytest.mark.parametrize("given", [None, 5, "an Engagement", "a context"])
def test_an_engagement_is_named_by_a_string(
    given: Any, stack: Stack, payload: CustomerProject, refused: ResourceError
) -> None:
    kind = {None: "None", 5: "int", "an Engagement": "Engagement", "a context": "EngagementContext"}[given]
    engagement = Engagement.from_engagement_id(stack, "Acme", ENGAGEMENT, catalog="Sandbox")
    given = {"an Engagement": engagement, "a context": engagement.add_context("One", payload=payload)}.get(given, given)

    (line,) = refused(engagement_identifier=given)

    assert line.startswith("engagement_identifier: eng- and 14 of 0-9 and a-z, or arn:aws:")
    assert line.endswith(f", got {kind}")


def test_a_function_is_no_provider(stack: Stack, refused: ResourceError) -> None:
    own = PartnerCentralProvider(stack, "Own")

    assert refused(provider=own.function) == ["provider: an PartnerCentralProvider, got Function"]
    assert refused(adopt_existing=Token.as_string(Fn.ref("A"))) == [
        "adopt_existing: True or False, known at synthesis, got str"
    ]


def test_every_kind_of_mistake_is_told_at_once(refused: ResourceError) -> None:
    lines = refused(
        catalog=5,
        engagement_identifier=None,
        payload="Acme",
        type=[],
        client_token={},
        adopt_existing="no",
        existing_context_id=1,
        provider="x",
    )

    assert [line.split(":")[0] for line in lines] == [
        "catalog",
        "engagement_identifier",
        "payload",
        "type",
        "client_token",
        "adopt_existing",
        "existing_context_id",
        "provider",
    ]


@pytest.mark.parametrize(
    ("given", "start"),
    [
        ({"payload": None}, "payload: a CustomerProject, a Lead or a mapping in the API's own names, got None"),
        ({"payload": {}}, f"payload: exactly one of {TYPES}, got none"),
        ({"payload": {"Lead": None}}, f"payload: exactly one of {TYPES}, got none"),
        ({"payload": {"Customer": {}, "Project": {}}}, f"payload: exactly one of {TYPES}, got Customer, Project"),
        ({"payload": {"CustomerProjct": {}}}, "payload: no member 'CustomerProjct' (did you mean 'CustomerProject'?)"),
        ({"payload": {8: {}}}, f"payload: no member 8; its members are {TYPES}"),
        ({"catalog": "sandbox", "engagement_identifier": ARN}, "catalog: one of AWS, Sandbox, got 'sandbox'"),
        (
            {"payload": {"ProspectingResult": {"Aws": {"StartTime": datetime(2027, 1, 5)}}}},  # noqa: DTZ001
            "payload.ProspectingResult.Aws.StartTime: a datetime with a time zone, got one without",
        ),
        (
            {"payload": {"CustomerProject": {"Customer": {
                "CompanyName": "A", "CountryCode": "US", "Industry": "Retail", "WebsiteUrl": "x",
            }}}},
            "payload.CustomerProject.Customer.WebsiteUrl: a website of 4 to 255 characters",
        ),
    ],
)  # fmt: skip
def test_one_mistake_is_one_line(given: Json, start: str, refused: ResourceError) -> None:
    (line,) = refused(**given)

    assert line.startswith(start)
    assert "got ''" not in line


@pytest.mark.parametrize("region", ["eu-west-1", ""])
def test_an_arn_of_another_region_names_no_engagement(region: str, stack: Stack, refused: ResourceError) -> None:
    arn = ARN.replace("us-east-1", region)

    said = f"an ARN of us-east-1, the only region with Partner Central, got '{arn}'"
    assert refused(engagement_identifier=arn) == [f"engagement_identifier: {said}"]
    with pytest.raises(ValueError, match=f"- engagement_arn: {said}"):
        Engagement.from_engagement_arn(stack, "Acme", arn)


# Named here: a token's text has a number that differs from process to process.
@pytest.mark.parametrize(
    "late",
    [Fn.get_att("Else", "Where"), Token.as_string(Fn.ref("A")), "{{resolve:ssm:/x}}"],
    ids=["reference", "token", "resolve"],
)
def test_a_token_in_place_of_the_payload_needs_the_type_beside_it(
    late: Any, stack: Stack, declare: Any, only: Any, template_of: Any, refused: ResourceError
) -> None:
    assert refused(payload=late) == [NO_TYPE]

    for name in ("One", "Two"):
        declare(stack, name, f"eng-{name.lower():0>14}", payload=late, type=EngagementContextType.LEAD)

    assert refused(payload={late if isinstance(late, str) else "{{resolve:a}}": {}}) == [NO_TYPE]
    properties = [each["Properties"] for each in template_of(stack)["Resources"].values() if "Context" in each["Type"]]
    assert [(each["Type"], each["Payload"]) for each in properties] == [("Lead", stack.resolve(late))] * 2


def test_names_are_told_by_the_names_of_their_arguments(stack: Stack) -> None:
    def lines(call: Callable[[], object]) -> list[str]:
        with pytest.raises(ValueError) as raised:
            call()
        return [line.split(":")[0] for line in str(raised.value).split("\n- ")[1:]]

    def imported(**given: Any) -> IEngagementContext:
        return EngagementContext.from_engagement_context_attributes(stack, "Imported", **given)

    token: Any = CfnParameter(stack, "Given")
    engagement: Any = Engagement
    assert lines(lambda: imported(catalog=None, engagement_identifier=5, context_id=None)) == [
        "catalog",
        "engagement_identifier",
        "context_id",
    ]
    assert lines(lambda: imported(catalog="AWS", engagement_identifier=token, context_id=token)) == [
        "engagement_identifier",
        "context_id",
    ]
    for given in (None, 5, token):
        assert lines(lambda given=given: engagement.from_engagement_id(stack, "A", given, catalog=given)) == [  # type: ignore[misc]
            "catalog",
            "engagement_id",
        ]
        assert lines(lambda given=given: engagement.from_engagement_arn(stack, "A", given)) == ["engagement_arn"]  # type: ignore[misc]
        assert lines(lambda given=given: engagement.from_engagement_arn(stack, "A", given, catalog=[])) == [  # type: ignore[misc]
            "catalog",
            "engagement_arn",
        ]
    assert [each.node.id for each in stack.node.children] == ["Given"]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"memory_size": None}, "memory_size: an integer of 128 to 10240 MB, got None"),
        ({"memory_size": "256"}, "memory_size: an integer of 128 to 10240 MB, got str"),
        ({"memory_size": True}, "memory_size: an integer of 128 to 10240 MB, got bool"),
        ({"memory_size": 256.5}, "memory_size: an integer of 128 to 10240 MB, got 256.5"),
        ({"memory_size": float("nan")}, "memory_size: an integer of 128 to 10240 MB, got nan"),
        ({"timeout": 900}, "timeout: a Duration of 3 to 15 minutes, got int"),
        ({"timeout": 0}, "timeout: a Duration of 3 to 15 minutes, got int"),
        ({"timeout": Duration.seconds(180.5)}, "timeout: a Duration of 3 to 15 minutes in whole seconds, got 180.5 seconds"),
        ({"timeout": Duration.millis(180_500)}, "timeout: a Duration of 3 to 15 minutes in whole seconds, got 180.5 seconds"),
    ],
)  # fmt: skip
def test_a_wrong_kind_of_option_is_told_too(option: Json, said: str, stack: Stack) -> None:
    with pytest.raises(ValueError) as raised:
        PartnerCentralProvider(stack, "Own", **option)

    assert str(raised.value).splitlines() == ["This provider cannot be made:", f"- {said}"]
    assert stack.node.children == []


def test_a_number_that_the_deployment_knows_is_memory(stack: Stack) -> None:
    memory = CfnParameter(stack, "Memory", type="Number").value_as_number

    PartnerCentralProvider(stack, "Own", memory_size=memory)  # type: ignore[arg-type]
