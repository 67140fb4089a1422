"""An Engagement creates an engagement, and its contexts get exact permissions through a second policy."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import Annotations as Annotate
from aws_cdk import App, CfnOutput, CfnParameter, Environment, NestedStack, Stack, Stage
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from aws_cdk.assertions import Annotations, Match
from aws_cdk.cx_api import SynthesisMessageLevel

from cdk_partnercentral import (
    Catalog,
    Engagement,
    EngagementContext,
    IEngagement,
    PartnerCentralProvider,
)
from tests.cdk_partnercentral.known_ids import FUNCTION, INVOCATION, POLICY

Json = dict[str, Any]
Template = Callable[[Stack], Json]
OfType = Callable[[Json, str], dict[str, Json]]
Only = Callable[[Json, str], Json]

TYPE, CONTEXT, IAM_POLICY = "Custom::Engagement", "Custom::EngagementContext", "AWS::IAM::Policy"
# Known answers: if they change, CloudFormation creates every deployed engagement again, or replaces the policy.
ACME, SECOND_POLICY = "Acme42E163B4", "cdkpartnercentralProviderCreatedEngagementsPolicy"
EVERY = "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/*"
IN_SANDBOX = {"StringEquals": {"partnercentral:Catalog": "Sandbox"}}
CREATES = {
    "Effect": "Allow",
    "Action": ["partnercentral:CreateEngagement", "partnercentral:GetEngagement"],
    "Resource": EVERY,
    "Condition": IN_SANDBOX,
}
LISTS = {"Effect": "Allow", "Action": ["partnercentral:ListEngagements"], "Resource": "*", "Condition": IN_SANDBOX}
LIMIT_OF_IAM = 10_240
LITERAL = "eng-0123456789abcd"
SAMPLE_ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{LITERAL}"


@pytest.fixture
def create() -> Callable[..., Engagement]:
    """Create an engagement in the Sandbox catalog."""

    def make(scope: Any, name: str = "Acme", **others: Any) -> Engagement:
        return Engagement(scope, name, **{"catalog": "Sandbox", "title": "Acme migration", **others})

    return make


Create = Callable[..., Engagement]


def project(title: str = "Move to AWS") -> Json:
    details = {"Title": title, "BusinessProblem": "b" * 20, "TargetCompletionDate": "2999-06-30"}
    return {"CustomerProject": {"Project": details}}


def lead(name: str = "ann") -> Json:
    person = {"BusinessTitle": "CTO", "Email": f"{name}@acme.example", "FirstName": name, "LastName": "Ex"}
    return {"Lead": {"Customer": {"CompanyName": "Acme"}, "Interactions": [{"Contact": person}]}}


def statements(policy: Json) -> list[Json]:
    found: list[Json] = policy["Properties"]["PolicyDocument"]["Statement"]
    return found


def attribute(name: str) -> Json:
    return {"Fn::GetAtt": [ACME, name]}


def second_policy(template: Json, of_type: OfType) -> tuple[str, Json]:
    ((name, policy),) = ((name, each) for name, each in of_type(template, IAM_POLICY).items() if "Created" in name)
    return name, policy


def dependencies(name: str, resources: Json) -> set[str]:
    """The logical IDs that a resource depends on, directly or through others."""
    found: set[str] = set()
    open_ends = [name]
    while open_ends:
        resource = resources[open_ends.pop()]
        text = json.dumps([resource.get("DependsOn", []), resource.get("Properties", {})])
        targets = {each for each in resources if f'"{each}"' in text} - found
        found |= targets
        open_ends += targets
    return found


def test_the_resource_has_the_declared_properties_and_is_retained(
    stack: Stack, create: Create, template_of: Template, of_type: OfType
) -> None:
    create(
        stack, catalog=Catalog.SANDBOX, description="Everything for Acme", client_token="t0ken", adopt_existing=False
    )

    resources = of_type(template_of(stack), TYPE)

    assert resources == {
        ACME: {
            "Type": TYPE,
            "Properties": {
                "ServiceToken": {"Fn::GetAtt": [FUNCTION, "Arn"]},
                "ServiceTimeout": "3000",
                "Catalog": "Sandbox",
                "Title": "Acme migration",
                "Description": "Everything for Acme",
                "ClientToken": "t0ken",
                "AdoptExisting": "false",
            },
            "DependsOn": sorted([INVOCATION, POLICY]),
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
        }
    }


@pytest.mark.parametrize("adopts", [None, True])
def test_defaults_are_not_in_the_template(
    adopts: bool | None, stack: Stack, create: Create, template_of: Template, only: Only
) -> None:
    create(stack, adopt_existing=adopts)

    properties = only(template_of(stack), TYPE)["Properties"]

    assert set(properties) == {"ServiceToken", "ServiceTimeout", "Catalog", "Title"}


def test_the_attributes_are_those_of_the_resource(stack: Stack, create: Create) -> None:
    acme = create(stack)

    assert stack.resolve([acme.engagement_id, acme.engagement_arn]) == [
        attribute("EngagementId"),
        attribute("EngagementArn"),
    ]
    assert (acme.catalog, acme.stack, acme.env.account, acme.env.region) == (
        "Sandbox",
        stack,
        stack.account,
        stack.region,
    )


def test_only_creation_is_allowed_without_contexts(
    stack: Stack, create: Create, template_of: Template, only: Only
) -> None:
    create(stack)

    policy = only(template_of(stack), IAM_POLICY)

    # The log group and the stack precede.
    assert statements(policy)[2:] == [CREATES, LISTS]


def test_engagements_that_adopt_nothing_need_no_list(
    stack: Stack, create: Create, template_of: Template, only: Only
) -> None:
    create(stack, adopt_existing=False)
    create(stack, "Real", catalog="AWS")

    found = statements(only(template_of(stack), IAM_POLICY))

    assert CREATES in found
    assert LISTS not in found
    assert {**LISTS, "Condition": {"StringEquals": {"partnercentral:Catalog": "AWS"}}} in found


def by_add_context(acme: Engagement, stack: Stack) -> EngagementContext:
    return acme.add_context("Deal", payload=project())


def by_engagement(acme: Engagement, stack: Stack) -> EngagementContext:
    return EngagementContext(stack, "Deal", engagement=acme, payload=project())


def by_id(acme: Engagement, stack: Stack) -> EngagementContext:
    return EngagementContext(
        stack, "Deal", catalog="Sandbox", engagement_identifier=acme.engagement_id, payload=project()
    )


def by_arn(acme: Engagement, stack: Stack) -> EngagementContext:
    return EngagementContext(
        stack, "Deal", catalog="Sandbox", engagement_identifier=acme.engagement_arn, payload=project()
    )


@pytest.mark.parametrize("declare_in", [by_add_context, by_engagement, by_id, by_arn])
def test_contexts_of_a_created_engagement_have_exact_permissions(
    declare_in: Callable[..., EngagementContext],
    stack: Stack,
    create: Create,
    template_of: Template,
    of_type: OfType,
    only: Only,
) -> None:
    declare_in(create(stack), stack)

    template = template_of(stack)

    resources = template["Resources"]
    ((context_id, context),) = of_type(template, CONTEXT).items()
    name, second = second_policy(template, of_type)
    assert name.startswith(SECOND_POLICY)
    assert second["Properties"]["PolicyName"] == "PartnerCentralCreated"
    assert second["Properties"]["Roles"] == resources[POLICY]["Properties"]["Roles"]
    assert statements(second) == [
        {
            "Effect": "Allow",
            "Action": [
                "partnercentral:CreateEngagementContext",
                "partnercentral:GetEngagement",
                "partnercentral:UpdateEngagementContext",
            ],
            "Resource": [attribute("EngagementArn")],
            "Condition": IN_SANDBOX,
        }
    ]
    assert statements(resources[POLICY])[2:] == [CREATES, LISTS]
    expected = "EngagementArn" if declare_in is by_arn else "EngagementId"
    assert context["Properties"]["EngagementIdentifier"] == attribute(expected)
    assert context["Properties"]["Catalog"] == "Sandbox"
    assert {name, POLICY, INVOCATION} <= set(context["DependsOn"])
    assert ACME in dependencies(name, resources)
    # No cycle: neither the engagement nor the function waits for the second policy.
    assert not {name, context_id} & (dependencies(ACME, resources) | dependencies(FUNCTION, resources))
    assert Annotations.from_stack(stack).find_info("*", Match.any_value()) == []


def test_contexts_of_a_created_engagement_in_another_stack_use_its_export(
    app: App, create: Create, of_type: OfType
) -> None:
    deals, more = Stack(app, "Deals"), Stack(app, "More")
    acme = create(deals)
    EngagementContext(more, "Deal", engagement=acme, payload=project())
    acme.grant_read(iam.User(more, "Reader"))

    assembly = app.synth()

    exported = {
        each["Value"]["Fn::GetAtt"][1]: each["Export"]["Name"]
        for each in assembly.get_stack_by_name("Deals").template["Outputs"].values()
    }
    template = assembly.get_stack_by_name("More").template
    name, second = second_policy(template, of_type)
    ((_, context),) = of_type(template, CONTEXT).items()
    arn = {"Fn::ImportValue": exported["EngagementArn"]}
    assert statements(second)[0]["Resource"] == [arn]
    assert context["Properties"]["EngagementIdentifier"] == {"Fn::ImportValue": exported["EngagementId"]}
    assert name in context["DependsOn"]
    assert 'CreateEngagement"' not in json.dumps(template)
    (granted,) = (each for key, each in of_type(template, IAM_POLICY).items() if key.startswith("Reader"))
    assert statements(granted)[0]["Resource"] == arn


def test_a_nested_stack_has_contexts_of_an_engagement_of_its_parent(
    app: App, stack: Stack, create: Create, only: Only
) -> None:
    nested = NestedStack(stack, "Nested")
    acme = create(stack)
    EngagementContext(nested, "Deal", engagement=acme, payload=project())

    app.synth()


def test_contexts_of_existing_engagements_do_not_use_the_second_policy(
    stack: Stack, create: Create, allowing: Any, template_of: Template, of_type: OfType
) -> None:
    create(stack).add_context("New", payload=project())
    existing = Engagement.from_engagement_id(stack, "Existing", LITERAL, catalog="Sandbox")
    context = EngagementContext(stack, "Old", engagement=existing, payload=project())

    template = template_of(stack)

    name, second = second_policy(template, of_type)
    old = template["Resources"][stack.resolve(context.node.default_child.logical_id)]  # type: ignore[union-attr]
    assert statements(template["Resources"][POLICY])[1] == allowing("Sandbox", LITERAL)
    assert LITERAL not in json.dumps(second)
    assert name not in old["DependsOn"]
    assert old["Properties"]["EngagementIdentifier"] == LITERAL


def test_both_policies_are_attached_to_a_given_role(
    stack: Stack, create: Create, template_of: Template, of_type: OfType
) -> None:
    role = iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    own = PartnerCentralProvider(stack, "Own", role=role)
    acme = create(stack, provider=own)
    acme.add_context("Deal", payload=project(), provider=own)

    template = template_of(stack)

    resources = template["Resources"]
    found = of_type(template, IAM_POLICY)
    name, second = second_policy(template, of_type)
    ((context_id, context),) = of_type(template, CONTEXT).items()
    (function,) = of_type(template, "AWS::Lambda::Function")
    names = [each["Properties"]["PolicyName"] for each in found.values()]
    assert sorted(names) == ["DealsOwnC1E99B7D", "DealsOwnC1E99B7DCreated"]
    assert all(each["Properties"]["Roles"] == [stack.resolve(role.role_name)] for each in found.values())
    assert statements(second)[0]["Resource"] == [attribute("EngagementArn")]
    assert name in context["DependsOn"]
    assert not {name, context_id} & (dependencies(ACME, resources) | dependencies(function, resources))


def test_a_role_that_cannot_be_changed_has_an_annotation_with_the_permissions_to_create(
    stack: Stack, create: Create, template_of: Template, of_type: OfType
) -> None:
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111122223333:role/deals", mutable=False)
    own = PartnerCentralProvider(stack, "Own", role=role)
    acme = create(stack, provider=own)
    acme.add_context("Deal", payload=project(), provider=own)

    template = template_of(stack)

    messages = Annotations.from_stack(stack).find_info("*", Match.any_value())
    texts = {each.id: str(each.entry.data) for each in messages}
    assert not of_type(template, IAM_POLICY)
    assert set(texts) == {"/Deals/Own", "/Deals/Acme"}
    needed = (
        f"partnercentral:CreateEngagement, partnercentral:GetEngagement on {EVERY}; partnercentral:ListEngagements on *"
    )
    assert needed in texts["/Deals/Acme"]


def size(policies: list[Json]) -> int:
    """The size of the policies of a role as IAM counts it, with the longest values for all references."""
    text = "".join(json.dumps(each["Properties"]["PolicyDocument"], separators=(",", ":")) for each in policies)
    for name, value in {"EngagementArn": SAMPLE_ARN, "Arn": "arn:aws:logs:us-east-1:111122223333:" + "x" * 550}.items():
        parts = text.split('{"Fn::GetAtt":[')
        text = parts[0] + "".join(
            (
                json.dumps(value)
                if part.partition("]}")[0].endswith(f'"{name}"')
                else '{"Fn::GetAtt":[' + part.partition("]}")[0] + "]}"
            )
            + part.partition("]}")[2]
            for part in parts[1:]
        )
    assert "Fn::" not in text
    stack_arn = "arn:aws-us-gov:cloudformation:us-gov-west-1:111122223333:stack/" + "x" * 128 + "/" + "0" * 36
    return len(text.replace('{"Ref":"AWS::StackId"}', json.dumps(stack_arn)))


def test_470_contexts_and_20_engagements_stay_within_the_limits(app: App, create: Create, of_type: OfType) -> None:
    """CloudFormation allows 500 resources and 1 MB, IAM 10,240 characters for the inline policies of a role."""
    stack = Stack(app, "Deals")
    created: list[IEngagement] = [create(stack, f"New{number}", title=f"Deal {number}") for number in range(20)]
    existing = [
        Engagement.from_engagement_id(stack, f"Old{number}", f"eng-{number:014}", catalog="Sandbox")
        for number in range(74)
    ]
    for engagement in [*created, *existing]:
        for number in range(5):
            engagement.add_context(f"Context{number}", payload=project(f"Project {number}"))

    template = app.synth().get_stack_by_name("Deals").template

    policies = list(of_type(template, IAM_POLICY).values())
    assert len(of_type(template, CONTEXT)) == 470
    assert len(template["Resources"]) == 470 + 20 + 6
    assert len(json.dumps(template, separators=(",", ":"))) < 1_000_000
    assert len(policies) == 2
    assert size(policies) < LIMIT_OF_IAM
    # Only the longest list is widened.
    _, second = second_policy(template, of_type)
    assert len(statements(second)[0]["Resource"]) == 20
    assert statements(template["Resources"][POLICY])[1]["Resource"] == [EVERY]


def test_an_import_in_a_created_engagement_does_not_allow_creation(
    stack: Stack, create: Create, template_of: Template, of_type: OfType
) -> None:
    create(stack).add_context("Deal", payload=project(), existing_context_id="1")
    create(stack, "Other", title="Other").add_context("Deal", payload=project())

    _, second = second_policy(template_of(stack), of_type)

    first, last = statements(second)
    assert first["Action"] == ["partnercentral:CreateEngagementContext", *last["Action"]]
    assert last["Action"] == ["partnercentral:GetEngagement", "partnercentral:UpdateEngagementContext"]
    assert last["Resource"] == [attribute("EngagementArn")]
    assert attribute("EngagementArn") not in first["Resource"]


@pytest.mark.parametrize(("created", "existing"), [(240, 0), (120, 120), (60, 90)])
def test_too_many_engagements_widen_the_longest_list(
    created: int, existing: int, app: App, create: Create, of_type: OfType
) -> None:
    stack = Stack(app, "Deals")
    for number in range(created):
        create(stack, f"New{number}", title=f"Deal {number}").add_context("Deal", payload=project())
    for number in range(existing):
        reference = Engagement.from_engagement_id(stack, f"Old{number}", f"eng-{number:014}", catalog="Sandbox")
        reference.add_context("Deal", payload=project())

    artifact = app.synth().get_stack_by_name("Deals")

    policies = list(of_type(artifact.template, IAM_POLICY).values())
    assert size(policies) < LIMIT_OF_IAM
    assert [EVERY] in [each["Resource"] for policy in policies for each in statements(policy)]
    (message,) = (each for each in artifact.messages if "policyWidened" in str(each.entry.data))
    assert f"A list of the {created + existing} engagements in catalog Sandbox would exceed" in str(message.entry.data)


@pytest.fixture
def problems(stack: Stack, create: Create) -> Callable[..., list[str]]:
    """Create an engagement, and return the lines of the error. The construct tree must not change."""

    def make(**given: Any) -> list[str]:
        with pytest.raises(ValueError) as raised:
            create(stack, **given)
        assert not [each for each in stack.node.children if each.node.id not in {"Given"}]
        first, *lines = str(raised.value).split("\n- ")
        assert first == "The engagement Deals/Acme cannot be created:"
        return lines

    return make


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"title": ""}, "title: must have 1 to 40 characters; got 0"),
        ({"title": "x" * 41}, "title: must have 1 to 40 characters; got 41"),
        ({"title": 5}, "title: must be a string of 1 to 40 characters; got int"),
        ({"title": None}, "title: must be a string of 1 to 40 characters; got None"),
        ({"description": "x" * 256}, "description: must have 0 to 255 characters; got 256"),
        ({"description": 5}, "description: must be a string of 0 to 255 characters; got int"),
        ({"catalog": "Sandbx"}, "catalog: must be one of AWS, Sandbox; got 'Sandbx' (did you mean 'Sandbox'?)"),
        ({"catalog": None}, "catalog: must be one of AWS, Sandbox; got None"),
        (
            {"client_token": "a b"},
            "client_token: must be 1 to 64 letters or digits, and no hyphens; got a 3-character string",
        ),
        ({"adopt_existing": "no"}, "adopt_existing: must be True or False, and known at synthesis; got str"),
        ({"provider": "x"}, "provider: must be a PartnerCentralProvider; got str"),
    ],
)
def test_an_invalid_argument_is_one_line_with_its_name(
    given: Json, line: str, problems: Callable[..., list[str]]
) -> None:
    assert problems(**given) == [line]


def test_all_problems_are_in_one_error(problems: Callable[..., list[str]]) -> None:
    lines = problems(catalog=5, title="", description=5, client_token="", adopt_existing="", provider="")

    names = ["catalog", "title", "description", "client_token", "adopt_existing", "provider"]
    assert [line.split(":")[0] for line in lines] == names


def test_the_longest_values_and_tokens_are_valid(stack: Stack, create: Create) -> None:
    create(stack, "Longest", title="x" * 40, description="x" * 255)
    token = CfnParameter(stack, "Title").value_as_string
    create(stack, "Token", title=token, description=f"About {token}", catalog=token, client_token=token)
    create(stack, "Reference", title="{{resolve:ssm:/deals/title}}")


def test_a_stack_in_another_partition_is_an_error(app: App, create: Create) -> None:
    with pytest.raises(ValueError, match="- stack: must be in a Region of partition aws"):
        create(Stack(app, "Deals", env=Environment(account="111122223333", region="cn-north-1")))


EQUAL = "create an engagement with the same title and description"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        ({}, {"title": "  ACME Migration "}),
        ({"description": "Résumé"}, {"description": "re\u0301sume\u0301"}),
        ({}, {"description": ""}),
        ({"adopt_existing": False}, {}),
        ({"client_token": "a"}, {"client_token": "b"}),
    ],
)
@pytest.mark.parametrize("place", ["one stack", "two stacks", "nested stack", "stage"])
def test_equal_engagements_are_an_error(place: str, one: Json, other: Json, app: App, create: Create) -> None:
    stage = Stage(app, "Production") if place == "stage" else app
    first = Stack(stage, "First")
    second = {"one stack": first, "nested stack": NestedStack(first, "Nested")}.get(place) or Stack(stage, "Second")
    create(first, "One", **one)
    create(second, "Two", **other)

    with pytest.raises(RuntimeError, match=rf"First/One and .*/Two {EQUAL}"):
        app.synth()


def test_the_same_client_token_is_an_error_that_is_reported_once(app: App, stack: Stack, create: Create) -> None:
    create(stack, "One", client_token="mine")
    create(stack, "Two", client_token="mine")
    create(stack, "Three", client_token="mine", title="Another")

    with pytest.raises(RuntimeError) as raised:
        app.synth()

    assert str(raised.value).count("Deals/One and Deals/Two have the same client_token") == 1
    assert str(raised.value).count("have the same client_token") == 3
    assert EQUAL not in str(raised.value)


def test_engagements_that_differ_or_do_not_adopt_are_no_problem(app: App, stack: Stack, create: Create) -> None:
    create(stack, "One")
    create(stack, "Title", title="Another")
    create(stack, "Description", description="Another")
    create(stack, "Catalog", catalog="AWS")
    create(stack, "Token", title=CfnParameter(stack, "One title").value_as_string)
    create(stack, "OtherToken", title=CfnParameter(stack, "Other title").value_as_string)
    for number in range(2):
        create(stack, f"Separate{number}", title="Twice", adopt_existing=False)

    app.synth()


def test_equal_engagements_of_known_different_accounts_are_no_problem(app: App, create: Create) -> None:
    for number, account in enumerate(["111122223333", "444455556666"]):
        stack = Stack(app, f"Deals{number}", env=Environment(account=account, region="eu-west-1"))
        create(stack, client_token="mine")
    create(Stack(Stage(app, "Other"), "Deals", env=Environment(account="777788889999", region="eu-west-1")))

    assembly = app.synth()

    assert not [each for stack in assembly.stacks for each in stack.messages]


def test_the_dummy_values_of_lookups_are_no_problem(app: App, create: Create) -> None:
    stack = Stack(app, "Deals", env=Environment(account="111122223333", region="eu-west-1"))
    for number in range(2):
        create(stack, f"Deal{number}", title=ssm.StringParameter.value_from_lookup(stack, "/deals/title"))

    app.synth()


def test_equal_engagements_in_different_stages_are_a_warning(app: App, create: Create) -> None:
    for name in ["Sandbox", "Production"]:
        create(Stack(Stage(app, name), "Deals"))

    assembly = app.synth()

    found = [
        (message.id, str(message.entry.data))
        for nested in assembly.nested_assemblies
        for artifact in nested.nested_assembly.stacks
        for message in artifact.messages
        if message.level is SynthesisMessageLevel.WARNING
    ]
    ((path, text),) = found
    assert path == "/Production/Deals/Acme"
    assert text.startswith(f"Sandbox/Deals/Acme and Production/Deals/Acme {EQUAL}")
    assert "[ack: cdk-partnercentral:sameEngagement]" in text


def test_conflicts_of_contexts_are_found_in_a_created_engagement(app: App, stack: Stack, create: Create) -> None:
    acme = create(stack)
    acme.add_context("One", payload=project())
    EngagementContext(stack, "Two", engagement=acme, payload=project())
    other = create(stack, "Other", title="Other")
    other.add_context("One", payload=project())

    with pytest.raises(RuntimeError) as raised:
        app.synth()

    assert str(raised.value).count("declare the same payload") == 1
    assert "Deals/Acme/One and Deals/Two declare the same payload" in str(raised.value)


def test_too_many_contexts_of_a_created_engagement_are_an_error_with_its_path(
    app: App, stack: Stack, create: Create
) -> None:
    acme = create(stack)
    for number in range(6):
        acme.add_context(f"Deal{number}", payload=project(f"Deal {number}"))

    with pytest.raises(RuntimeError, match="6 contexts are declared for Deals/Acme, but"):
        app.synth()


def context_lines(stack: Stack, **given: Any) -> list[str]:
    with pytest.raises(ValueError) as raised:
        EngagementContext(stack, "Deal", payload=project(), **given)
    return str(raised.value).split("\n- ")[1:]


def test_a_context_has_exactly_one_engagement(stack: Stack, create: Create) -> None:
    acme = create(stack)

    extra = "has no effect with engagement; remove one of the two arguments"
    assert context_lines(stack, engagement=acme, catalog="Sandbox") == [f"catalog: {extra}"]
    assert context_lines(stack, engagement=acme, engagement_identifier=LITERAL) == [f"engagement_identifier: {extra}"]
    assert context_lines(stack, engagement=LITERAL) == [
        "engagement: must be an Engagement; got str; pass an ID or an ARN as engagement_identifier"
    ]
    assert context_lines(stack) == [
        "engagement: is required; pass an Engagement, or pass catalog and engagement_identifier"
    ]
    context = acme.add_context("One", payload=project())
    assert context_lines(stack, engagement=context) == [
        "engagement: must be an Engagement; got EngagementContext; pass an ID or an ARN as engagement_identifier"
    ]


def test_an_arn_determines_the_catalog_of_a_context(stack: Stack, template_of: Template, only: Only) -> None:
    EngagementContext(stack, "Deal", engagement_identifier=SAMPLE_ARN, payload=project())

    properties = only(template_of(stack), CONTEXT)["Properties"]

    assert (properties["Catalog"], properties["EngagementIdentifier"]) == ("Sandbox", SAMPLE_ARN)
    token = CfnParameter(stack, "Engagement").value_as_string
    for given, kind in [(LITERAL, "ID"), (token, "token")]:
        assert context_lines(stack, engagement_identifier=given) == [
            f"catalog: is required with an engagement {kind}, because only an ARN contains the catalog"
        ]


def test_the_lookup_of_an_arn_needs_no_catalog(app: App, template_of: Template, only: Only) -> None:
    stack = Stack(app, "Deals", env=Environment(account="111122223333", region="eu-west-1"))
    looked_up = ssm.StringParameter.value_from_lookup(stack, "/deals/acme")

    EngagementContext(stack, "Deal", engagement_identifier=looked_up, payload=project())

    app.synth()


class OwnEngagement:
    """A user's own implementation of the part of IEngagement that contexts need."""

    catalog = "Sandbox"
    engagement_id = LITERAL

    def add_context(self, name: str) -> None:
        """Exists in an engagement."""


def test_any_implementation_of_the_interface_is_accepted(
    stack: Stack, allowing: Any, template_of: Template, only: Only
) -> None:
    own: Any = OwnEngagement()
    EngagementContext(stack, "Deal", engagement=own, payload=project())
    elsewhere = EngagementContext.from_engagement_context_attributes(stack, "Else", engagement=own, context_id="1")

    template = template_of(stack)

    assert statements(only(template, IAM_POLICY))[1] == allowing("Sandbox", LITERAL)
    assert only(template, CONTEXT)["Properties"]["EngagementIdentifier"] == LITERAL
    assert (elsewhere.engagement_arn, elsewhere.catalog) == (SAMPLE_ARN, "Sandbox")


def test_an_imported_context_of_a_created_engagement_has_its_attributes(stack: Stack, create: Create) -> None:
    acme = create(stack)
    context = EngagementContext.from_engagement_context_attributes(stack, "Else", engagement=acme, context_id="1")

    assert stack.resolve(context.engagement_id) == attribute("EngagementId")
    assert (context.stack, context.env.region) == (stack, stack.region)
    CfnOutput(stack, "Arn", value=context.engagement_arn)


def test_a_context_has_the_stack_and_the_environment_of_a_resource(app: App, create: Create) -> None:
    stack = Stack(app, "Deals", env=Environment(account="111122223333", region="eu-west-1"))

    context = create(stack).add_context("Deal", payload=project())

    assert context.stack is stack
    assert (context.env.account, context.env.region) == ("111122223333", "eu-west-1")


@pytest.mark.parametrize(
    ("payloads", "needed"),
    [
        ([project("1"), project("2"), project("3"), project("4")], 0),
        ([project("1"), project("2"), project("3"), project("4"), project("5")], 1),
        ([lead("a"), lead("b")], 0),
        ([lead("a"), lead("b"), lead("c")], 4),
        ([lead("a"), {"CustomerAccount": {"AccountIdentifier": "cust-acc-0123456789abc"}}, lead("b")], 3),
        ([lead("a"), project("1"), project("2"), project("3")], 0),
        ([lead("a"), lead("b"), project("1"), project("2")], 0),
        ([lead("a"), lead("b"), project("1")], 0),
        ([project("1"), project("2"), project("3"), lead("a"), project("4")], 1),
        ([{"ProspectingResult": {"Aws": {"TaskName": "t"}}}, *(project(str(number)) for number in range(4))], 0),
    ],
)
def test_missing_room_for_the_contexts_that_aws_adds_is_one_warning(
    payloads: list[Json], needed: int, app: App, create: Create
) -> None:
    stack = Stack(app, "Deals")
    acme = create(stack)
    for number, payload in enumerate(payloads):
        acme.add_context(f"Context{number}", payload=payload)

    texts = [str(each.entry.data) for each in Annotations.from_stack(stack).find_warning("*", Match.any_value())]

    assert len(texts) == (1 if needed else 0)
    for text in texts:
        assert f"But AWS can add {needed}: " in text
        assert "contexts are declared for Deals/Acme. An engagement can contain only 5 contexts, " in text
        assert "[ack: cdk-partnercentral:noRoomForAws]" in text


def test_the_warning_about_missing_room_can_be_acknowledged(app: App, stack: Stack, create: Create) -> None:
    acme = create(stack)
    Annotate.of(acme).acknowledge_warning("cdk-partnercentral:noRoomForAws")
    for number in range(5):
        acme.add_context(f"Deal{number}", payload=project(f"Deal {number}"))

    assert not app.synth().get_stack_by_name("Deals").messages
