"""Problems with arguments are listed in one error, by the argument's name, whatever kind of value was passed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Fn, Stack, Stage, Token

from cdk_partnercentral import (
    CustomerProject,
    Engagement,
    EngagementContext,
    EngagementContextType,
    IEngagementContext,
    PartnerCentralProvider,
)

Json = dict[str, Any]
Problems = Callable[..., list[str]]

ENGAGEMENT = "eng-0123456789abcd"
ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}"
TYPES = "CustomerProject, Lead, ProspectingResult, CustomerAccount"
CLASSES = "a CustomerProject, a Lead, a ProspectingResult, a CustomerAccount"
NO_TYPE = "type: is required if the payload is a token, because the payload's Type is unknown until deployment"
PARAMETER = "a CfnParameter (pass its value_as_string)"
RESOLVABLE = "a token that is not a string (convert it with Token.as_string)"


@pytest.fixture
def problems(stack: Stack, payload: CustomerProject) -> Problems:
    """Declare a context, and return the lines of the error. The construct tree must not change."""

    def declare(**given: Any) -> list[str]:
        before = [each.node.path for each in stack.node.find_all()]
        with pytest.raises(ValueError) as raised:
            EngagementContext(
                stack,
                "Deal",
                **{"catalog": "Sandbox", "engagement_identifier": ENGAGEMENT, "payload": payload, **given},
            )
        assert [each.node.path for each in stack.node.find_all()] == before
        first, *lines = str(raised.value).split("\n- ")
        assert first == "The engagement context Deals/Deal cannot be declared:"
        return lines

    return declare


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"catalog": None}, "catalog: is required with an engagement ID, because only an ARN contains the catalog"),
        ({"catalog": 5}, "catalog: must be one of AWS, Sandbox; got int"),
        ({"catalog": float("nan")}, "catalog: must be one of AWS, Sandbox; got float"),
        ({"catalog": ["Sandbox"]}, "catalog: must be one of AWS, Sandbox; got a list"),
        ({"type": []}, f"type: must be one of {TYPES}; got a list"),
        ({"type": 5}, f"type: must be one of {TYPES}; got int"),
        ({"client_token": {}}, "client_token: must be 1 to 64 letters or digits, and no hyphens; got a mapping"),
        ({"client_token": 5}, "client_token: must be 1 to 64 letters or digits, and no hyphens; got int"),
        (
            {"client_token": "a b"},
            "client_token: must be 1 to 64 letters or digits, and no hyphens; got a 3-character string",
        ),
        ({"existing_context_id": 1}, "existing_context_id: must be a string of 1 to 3 characters; got int"),
        ({"existing_context_id": ""}, "existing_context_id: must have 1 to 3 characters; got 0"),
        ({"revision": 2}, 'revision: must be a string of at least 1 character, such as "2"; got int'),
        ({"revision": ""}, 'revision: must be a string of at least 1 character, such as "2"; got an empty string'),
        ({"adopt_existing": "false"}, "adopt_existing: must be True or False, and known at synthesis; got str"),
        ({"type": "Leed"}, f"type: must be one of {TYPES}; got 'Leed' (did you mean 'Lead'?)"),
        ({"type": "Novelty"}, "type: must be 'CustomerProject', which is the Type of the payload; got 'Novelty'"),
        ({"provider": "x"}, "provider: must be a PartnerCentralProvider; got str"),
        ({"provider": False}, "provider: must be a PartnerCentralProvider; got bool"),
    ],
)
def test_an_argument_of_another_kind_is_one_line_with_its_name(given: Json, line: str, problems: Problems) -> None:
    assert problems(**given) == [line]


@pytest.mark.parametrize(
    "name", ["catalog", "engagement_identifier", "type", "client_token", "existing_context_id", "revision"]
)
def test_a_token_that_is_not_a_string_is_reported_with_its_conversion(
    name: str, stack: Stack, problems: Problems
) -> None:
    for given, described in ((CfnParameter(stack, "Given"), PARAMETER), (Fn.get_att("Else", "Where"), RESOLVABLE)):
        (line,) = problems(**{name: given})
        assert line.startswith(f"{name}: must be ")
        assert line.endswith(f"; got {described}")


@pytest.mark.parametrize("given", [5, "an Engagement", "a context"])
def test_an_engagement_identifier_must_be_a_string(
    given: Any, stack: Stack, payload: CustomerProject, problems: Problems
) -> None:
    kind = {5: "int", "an Engagement": "EngagementBase", "a context": "EngagementContext"}[given]
    engagement = Engagement.from_engagement_id(stack, "Acme", ENGAGEMENT, catalog="Sandbox")
    given = {"an Engagement": engagement, "a context": engagement.add_context("One", payload=payload)}.get(given, given)

    (line,) = problems(engagement_identifier=given)

    assert line.startswith(
        "engagement_identifier: must be eng- followed by 14 lowercase letters or digits, or arn:aws:partnercentral:"
    )
    hint = " (pass this object as engagement, or pass its engagement_arn)" if kind == "EngagementBase" else ""
    assert line.endswith(f"; got {kind}{hint}")


@pytest.mark.parametrize(
    ("row", "path"), [("D007", "Prod/Deals/D007/Project"), ("Delta/Echo", "Prod/Deals/Delta--Echo/Project")]
)
def test_the_error_names_the_path_of_the_construct(row: str, path: str, app: App) -> None:
    deals = Stack(Stage(app, "Prod"), "Deals")
    engagement = Engagement(deals, row, catalog="Sandbox", title="Acme migration")

    with pytest.raises(ValueError, match=f"^The engagement context {path} cannot be declared:\n- payload"):
        engagement.add_context("Project", payload={"CustomerProject": {}})


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        (
            f"arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/{ENGAGEMENT}",
            "must be an ARN in catalog 'Sandbox'",
        ),
        (
            ARN.replace("arn:aws:", "arn:aws-cn:"),
            "must be an ARN in partition aws, the only partition where Partner Central is available",
        ),
        (
            ARN.replace("us-east-1", "eu-west-1"),
            "must be an ARN in us-east-1, the only Region where Partner Central is available",
        ),
        (
            ARN.replace("us-east-1", ""),
            "must be an ARN in us-east-1, the only Region where Partner Central is available",
        ),
        ("arn:aws:s3:::bucket", "must be eng- followed by 14 lowercase letters or digits, or arn:aws:"),
        ("eng-../../etc", "must be eng- followed by 14 lowercase letters or digits, or arn:aws:"),
        ("eng-0123456789abcd ", "must be eng- followed by 14 lowercase letters or digits, or arn:aws:"),
    ],
)
def test_an_identifier_of_something_else_is_reported(
    identifier: str, expected: str, stack: Stack, problems: Problems
) -> None:
    (line,) = problems(engagement_identifier=identifier)

    assert line.startswith(f"engagement_identifier: {expected}")
    with pytest.raises(ValueError, match="- engagement_arn: must be "):
        Engagement.from_engagement_arn(stack, "Acme", identifier, catalog="Sandbox")


def test_a_function_is_not_a_provider(stack: Stack, problems: Problems) -> None:
    own = PartnerCentralProvider(stack, "Own")

    assert problems(provider=own.function) == ["provider: must be a PartnerCentralProvider; got Function"]


def test_adopt_existing_cannot_be_a_token(problems: Problems) -> None:
    assert problems(adopt_existing=Token.as_string(Fn.ref("A"))) == [
        "adopt_existing: must be True or False, and known at synthesis; got str"
    ]


def test_the_problems_of_all_arguments_are_in_one_error(problems: Problems) -> None:
    lines = problems(
        catalog=5,
        engagement_identifier=5,
        payload="Acme",
        type=[],
        client_token={},
        adopt_existing="no",
        existing_context_id=1,
        revision=2,
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
        "client_token",
        "revision",
        "provider",
    ]


@pytest.mark.parametrize("useless", [{"client_token": "mine"}, {"adopt_existing": False}, {"adopt_existing": True}])
def test_controls_of_a_create_are_refused_beside_existing_context_id(useless: Json, problems: Problems) -> None:
    ((name, _),) = useless.items()

    assert problems(existing_context_id="1", **useless) == [
        f"{name}: has no effect with existing_context_id; remove one of the two arguments"
    ]


@pytest.mark.parametrize(
    ("given", "start"),
    [
        ({"payload": None}, f"payload: must be {CLASSES}, or a mapping with the API's member names; got None"),
        ({"payload": {}}, f"payload: must have exactly one of {TYPES}; got none"),
        ({"payload": {"Lead": None}}, f"payload: must have exactly one of {TYPES}; got none"),
        ({"payload": {"Customer": {}, "Project": {}}}, f"payload: must have exactly one of {TYPES}; got Customer, Project"),
        ({"payload": {"CustomerProjct": {}}}, "payload: has no member 'CustomerProjct' (did you mean 'CustomerProject'?)"),
        ({"payload": {"CustomerProjct": {}}, "type": "Lead"}, "payload: has no member 'CustomerProjct' (did you mean "),
        (
            {"payload": {"Project": {"Title": "A"}}},
            "payload: has no member 'Project'; put it into a CustomerProject, such as {'CustomerProject': {'Project': ...}}",
        ),
        (
            {"payload": {"Customer": {"Title": "A"}}, "type": "CustomerProject"},
            "payload: has no member 'Customer'; put it into a CustomerProject or a Lead or a CustomerAccount, such as {",
        ),
        ({"payload": {8: {"Title": "A"}}}, "payload: must have strings as member names; got int"),
        ({"catalog": "sandbox", "engagement_identifier": ARN}, "catalog: must be one of AWS, Sandbox; got 'sandbox'"),
        (
            {"payload": {"ProspectingResult": {"Aws": {"StartTime": datetime(2027, 1, 5)}}}},  # noqa: DTZ001
            "payload.ProspectingResult.Aws.StartTime: must be a datetime with a time zone",
        ),
        (
            {"payload": {"CustomerProject": {"Customer": {
                "CompanyName": "A", "CountryCode": "US", "Industry": "Retail", "WebsiteUrl": "x",
            }}}},
            "payload.CustomerProject.Customer.WebsiteUrl: must be a website of 4 to 255 characters",
        ),
    ],
)  # fmt: skip
def test_one_problem_is_one_line(given: Json, start: str, problems: Problems) -> None:
    (line,) = problems(**given)

    assert line.startswith(start)
    assert "got ''" not in line


def test_a_type_that_contradicts_the_payload_is_reported(problems: Problems) -> None:
    assert problems(type="Lead") == ["type: must be 'CustomerProject', which is the Type of the payload; got 'Lead'"]


# With ids, because the text of a token contains a number that differs between processes.
@pytest.mark.parametrize(
    "unresolved",
    [Fn.get_att("Else", "Where"), Token.as_string(Fn.ref("A")), "{{resolve:ssm:/x}}"],
    ids=["resolvable", "token", "dynamic reference"],
)
def test_a_payload_that_is_a_token_requires_a_type(
    unresolved: Any, stack: Stack, declare: Any, template_of: Any, problems: Problems
) -> None:
    assert problems(payload=unresolved) == [NO_TYPE]

    for name in ("One", "Two"):
        declare(stack, name, f"eng-{name.lower():0>14}", payload=unresolved, type=EngagementContextType.LEAD)

    properties = [each["Properties"] for each in template_of(stack)["Resources"].values() if "Context" in each["Type"]]
    assert [(each["Type"], each["Payload"]) for each in properties] == [("Lead", stack.resolve(unresolved))] * 2


def test_a_payload_with_an_unresolved_member_name_requires_a_type(problems: Problems) -> None:
    assert problems(payload={"{{resolve:ssm:/x}}": {"Title": "A"}}) == [NO_TYPE]


def test_problems_name_the_parameters_of_the_function_that_was_called(stack: Stack) -> None:
    def lines(call: Callable[[], object]) -> list[str]:
        with pytest.raises(ValueError) as raised:
            call()
        return [line.split(":")[0] for line in str(raised.value).split("\n- ")[1:]]

    def imported(**given: Any) -> IEngagementContext:
        return EngagementContext.from_engagement_context_attributes(stack, "Imported", **given)

    token: Any = CfnParameter(stack, "Given")
    engagement: Any = Engagement
    assert lines(lambda: imported(catalog=5, engagement_identifier=5, context_id=None)) == [
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
