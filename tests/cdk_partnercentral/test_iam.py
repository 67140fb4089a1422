"""The function's policy allows exactly the declared engagements within IAM's limit, and grants allow other principals."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Aws, CfnParameter, Fn, NestedStack, Stack
from aws_cdk import aws_iam as iam
from aws_cdk.cx_api import CloudFormationStackArtifact
from constructs import Construct

from cdk_partnercentral import Engagement, EngagementContext, IEngagementContext, PartnerCentralProvider
from cdk_partnercentral._iam import LARGEST_POLICY, Needs, Policies, policies, policy_size
from cdk_partnercentral._identifiers import engagement_arn
from tests.cdk_partnercentral.known_ids import FUNCTION, LOG_GROUP, POLICY

Json = dict[str, Any]
Template = Callable[[Stack], Json]
OfType = Callable[[Json, str], dict[str, Json]]
Only = Callable[[Json, str], Json]
Granted = Callable[[], list[Json]]

CONTEXT = "Custom::EngagementContext"
ENGAGEMENT = "eng-0123456789abcd"
ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}"
READ, UPDATE = "partnercentral:GetEngagement", "partnercentral:UpdateEngagementContext"
GRANTS = [("grant_read", READ), ("grant_update", [READ, UPDATE])]

LOGS = "arn:aws:logs:us-east-1:111122223333:log-group:deals:*"
STACK = "arn:aws:cloudformation:eu-west-1:111122223333:stack/Deals/00000000-0000-4000-8000-000000000000"
# A stack's name has at most 128 characters.
LONGEST_STACK = STACK.replace("aws", "aws-us-gov").replace("eu-west-1", "us-gov-west-1").replace("Deals", "x" * 128)
LIMIT_OF_IAM = 10_240


def arns_of(catalog: str, count: int) -> list[str]:
    return [f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement/eng-{n:014}" for n in range(count)]


def engagements(catalog: str, resources: list[str]) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": [
            "partnercentral:CreateEngagementContext",
            "partnercentral:GetEngagement",
            "partnercentral:UpdateEngagementContext",
        ],
        "Resource": resources,
        "Condition": {"StringEquals": {"partnercentral:Catalog": catalog}},
    }


LOGGING = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": LOGS}
STACK_ACTIONS = ["cloudformation:GetTemplate", "cloudformation:ListStackResources"]
OWN_STACK = {"Effect": "Allow", "Action": STACK_ACTIONS, "Resource": STACK}


def policy_of(engagements: dict[str, list[str]], **others: Any) -> Policies:
    """The policies of a function whose stack only declares contexts in existing engagements."""
    needs = Needs(engagements={name: dict.fromkeys(arns, True) for name, arns in engagements.items()})
    return policies(needs, **others)


def policy(engagements: dict[str, list[str]]) -> Policies:
    return policy_of(engagements, log_group_arn=LOGS, stack_arn=STACK)


def test_one_sorted_statement_for_each_catalog_in_any_order_of_declaration() -> None:
    one, two, three = arns_of("Sandbox", 3)
    (real,) = arns_of("AWS", 1)

    made = policy({"Sandbox": [three, one, two], "AWS": [real]})

    assert made.document == {
        "Version": "2012-10-17",
        "Statement": [LOGGING, engagements("AWS", [real]), engagements("Sandbox", [one, two, three]), OWN_STACK],
    }
    assert made.widened == ()
    assert made == policy({"AWS": [real], "Sandbox": [two, three, one]})


def test_catalogs_that_are_tokens_keep_their_order_of_declaration(stack: Stack) -> None:
    """A token's number depends on earlier tokens, so sorting by it would change a template without a reason."""
    first, second = (CfnParameter(stack, name).value_as_string for name in ["First", "Second"])

    for order in ([first, second], [second, first]):
        statements = policy({each: [engagement_arn(each, "*")] for each in order}).document["Statement"]
        assert statements[1:-1] == [engagements(each, [engagement_arn(each, "*")]) for each in order]


def test_without_contexts_only_logging_and_reading_the_stack_are_allowed() -> None:
    assert policy({}).document == {"Version": "2012-10-17", "Statement": [LOGGING, OWN_STACK]}


def test_a_wildcard_replaces_the_engagements_of_its_catalog() -> None:
    made = policy({"Sandbox": [*arns_of("Sandbox", 2), engagement_arn("Sandbox", "*")]})

    assert made.document["Statement"][1:-1] == [engagements("Sandbox", [engagement_arn("Sandbox", "*")])]
    assert made.widened == ()


def test_exact_arns_up_to_the_limit_and_a_wildcard_beyond() -> None:
    beyond = (each for each in range(200) if policy({"Sandbox": arns_of("Sandbox", each)}).widened)
    count = next(beyond) - 1
    last_exact = policy({"Sandbox": arns_of("Sandbox", count)})
    first_widened = policy({"Sandbox": arns_of("Sandbox", count + 1)})

    assert count > 90
    assert last_exact.document["Statement"][1]["Resource"] == arns_of("Sandbox", count)
    assert LARGEST_POLICY - 100 < len(json.dumps(last_exact.document, separators=(",", ":"))) <= LARGEST_POLICY
    assert first_widened.document["Statement"][1:-1] == [engagements("Sandbox", [engagement_arn("Sandbox", "*")])]
    assert first_widened.widened == ("Sandbox",)


def test_the_catalog_with_the_most_engagements_is_widened_first() -> None:
    made = policy({"AWS": arns_of("AWS", 60), "Sandbox": arns_of("Sandbox", 70)})

    assert made.widened == ("Sandbox",)
    assert made.document["Statement"][1:-1] == [
        engagements("AWS", arns_of("AWS", 60)),
        engagements("Sandbox", [engagement_arn("Sandbox", "*")]),
    ]


@pytest.mark.parametrize("order", [["AWS", "Sandbox"], ["Sandbox", "AWS"]])
def test_the_widened_catalog_does_not_depend_on_the_order(order: list[str]) -> None:
    made = policy({catalog: arns_of(catalog, 80) for catalog in order})

    assert made.widened == ("AWS",)


def test_both_catalogs_are_widened_if_one_is_not_enough() -> None:
    made = policy({"AWS": arns_of("AWS", 490), "Sandbox": arns_of("Sandbox", 490)})

    assert set(made.widened) == {"AWS", "Sandbox"}
    assert policy_size(made.document) < LARGEST_POLICY


def importing(created: list[str], imported: list[str], catalog: str = "Sandbox") -> Policies:
    """The policies of a function that creates contexts in some engagements, and only imports contexts of the others."""
    needs = Needs(engagements={catalog: {**dict.fromkeys(imported, False), **dict.fromkeys(created, True)}})
    return policies(needs, log_group_arn=LOGS, stack_arn=STACK)


def only_importing(resources: list[str]) -> Json:
    return {**engagements("Sandbox", resources), "Action": [READ, UPDATE]}


def test_exact_arns_of_imports_remain_if_the_list_of_the_others_is_widened() -> None:
    arns, every = arns_of("Sandbox", 110), engagement_arn("Sandbox", "*")

    creates, imports = importing(arns[:70], arns[70:]), importing(arns[:40], arns[40:])

    # The wildcard of the first statement includes the imports.
    assert creates.document["Statement"][1:-1] == [engagements("Sandbox", [every])]
    assert imports.document["Statement"][1:-1] == [engagements("Sandbox", arns[:40]), only_importing([every])]
    assert creates.widened == imports.widened == ("Sandbox",)


def test_a_wildcard_of_imports_does_not_allow_more_in_other_engagements() -> None:
    one, other = arns_of("Sandbox", 2)
    every = engagement_arn("Sandbox", "*")

    assert importing([one], [other, every]).document["Statement"][1:-1] == [
        engagements("Sandbox", [one]),
        only_importing([every]),
    ]
    assert importing([every], [other]).document["Statement"][1:-1] == [engagements("Sandbox", [every])]


def test_many_imports_and_many_creations_fit_into_the_policy() -> None:
    arns = arns_of("Sandbox", 490)

    made = importing(arns[:240], arns[240:])

    assert policy_size(made.document) < LARGEST_POLICY
    assert made.document["Statement"][1:-1] == [engagements("Sandbox", [engagement_arn("Sandbox", "*")])]


def test_a_token_counts_as_much_as_the_longest_log_group_arn(stack: Stack) -> None:
    token = CfnParameter(stack, "LogGroup").value_as_string
    longest = f"arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:{'x' * 512}:*"

    assert policy_size({"Resource": token}) >= policy_size({"Resource": longest})
    assert policy_size({"Resource": [token, token]}) > 2 * len(longest)


def test_the_policy_fits_even_if_all_tokens_are_long(stack: Stack) -> None:
    token = CfnParameter(stack, "Catalog").value_as_string

    made = policy({token: arns_of(token, 20)})

    assert made.widened == (token,)
    assert policy_size(made.document) < LARGEST_POLICY < LIMIT_OF_IAM


def engagement_statements(resource: Json) -> list[Json]:
    statements: list[Json] = resource["Properties"]["PolicyDocument"]["Statement"]
    assert statements[-1] == {"Effect": "Allow", "Action": STACK_ACTIONS, "Resource": {"Ref": "AWS::StackId"}}
    return statements[1:-1]


def annotations(artifact: CloudFormationStackArtifact) -> dict[str, str]:
    """The IDs of the library's own annotations in a stack, by construct path."""
    return {
        message.id: str(message.entry.data).split("[ack: ")[1].rstrip("]")
        for message in artifact.messages
        if "cdk-partnercentral:" in str(message.entry.data)
    }


def test_four_contexts_share_one_function_and_one_policy(
    stack: Stack, declare: Any, allowing: Any, template_of: Template, of_type: OfType, only: Only
) -> None:
    declare(stack, "One", "eng-zzzzzzzzzzzzzz")
    arn = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}"
    declare(stack, "Two", arn, adopt_existing=False)
    declare(Construct(stack, "Inner"), "Three", ENGAGEMENT, adopt_existing=False)
    declare(stack, "Real", ENGAGEMENT, catalog="AWS")

    template = template_of(stack)

    only(template, "AWS::Lambda::Function")
    contexts = of_type(template, CONTEXT).values()
    assert [each["Properties"]["ServiceToken"] for each in contexts] == [{"Fn::GetAtt": [FUNCTION, "Arn"]}] * 4
    assert engagement_statements(only(template, "AWS::IAM::Policy")) == [
        allowing("AWS", ENGAGEMENT),
        allowing("Sandbox", ENGAGEMENT, "eng-zzzzzzzzzzzzzz"),
    ]


@pytest.mark.parametrize("order", [["Import", "Create"], ["Create", "Import"]])
def test_only_engagements_in_which_contexts_are_created_allow_creation(
    order: list[str], stack: Stack, declare: Any, allowing: Any, template_of: Template, only: Only
) -> None:
    token = CfnParameter(stack, "Context").value_as_string
    for name in order:
        # This engagement has a context of each kind.
        control = {"existing_context_id": "1"} if name == "Import" else {"adopt_existing": False}
        declare(stack, f"Both{name}", "eng-00000000000000", **control)
    declare(stack, "Created", "eng-11111111111111")
    declare(stack, "Imported", "eng-22222222222222", existing_context_id="1")
    declare(stack, "ImportedToo", "eng-22222222222222", existing_context_id="2")
    declare(stack, "Token", "eng-33333333333333", existing_context_id=token)
    declare(stack, "OnlyImported", catalog="AWS", existing_context_id="1")

    policy = only(template_of(stack), "AWS::IAM::Policy")

    assert engagement_statements(policy) == [
        allowing("AWS", ENGAGEMENT, creates=False),
        allowing("Sandbox", "eng-00000000000000", "eng-11111111111111"),
        allowing("Sandbox", "eng-22222222222222", "eng-33333333333333", creates=False),
    ]


def test_an_import_that_can_be_absent_at_deployment_allows_creation(
    stack: Stack, declare: Any, allowing: Any, template_of: Template, only: Only
) -> None:
    """Without the property, the function creates a context."""
    either = Fn.condition_if("InProduction", "1", Aws.NO_VALUE).to_string()
    declare(stack, "Either", existing_context_id=either)

    policy = only(template_of(stack), "AWS::IAM::Policy")

    assert engagement_statements(policy) == [allowing("Sandbox", ENGAGEMENT)]


def test_an_import_in_an_unknown_engagement_does_not_allow_creation(
    app: App, declare: Any, allowing: Any, only: Only
) -> None:
    stack = Stack(app, "Deals")
    declare(stack, "Imported", CfnParameter(stack, "Engagement").value_as_string, existing_context_id="1")
    declare(stack, "Created")

    artifact = app.synth().get_stack_by_name("Deals")

    assert engagement_statements(only(artifact.template, "AWS::IAM::Policy")) == [
        allowing("Sandbox", ENGAGEMENT),
        allowing("Sandbox", "*", creates=False),
    ]
    (message,) = artifact.messages
    assert "can update and read contexts in every engagement of the catalog" in str(message.entry.data)


def test_a_token_widens_the_policy_to_the_catalog_with_an_annotation(
    app: App, declare: Any, allowing: Any, only: Only
) -> None:
    stack = Stack(app, "Deals")
    token = CfnParameter(stack, "Engagement").value_as_string
    declare(stack, "Exact")
    declare(stack, "Real", catalog="AWS")
    first = declare(stack, "FromParameter", token, adopt_existing=False)
    declare(stack, "FromAttribute", first.engagement_id, adopt_existing=False)
    declare(stack, "FromReference", "{{resolve:ssm:/deals/acme}}")

    artifact = app.synth().get_stack_by_name("Deals")

    assert engagement_statements(only(artifact.template, "AWS::IAM::Policy")) == [
        allowing("AWS", ENGAGEMENT),
        allowing("Sandbox", "*"),
    ]
    unresolved = "cdk-partnercentral:engagementKnownAtDeployment"
    assert annotations(artifact) == {
        "/Deals/FromParameter": unresolved,
        "/Deals/FromAttribute": unresolved,
        "/Deals/FromReference": unresolved,
    }
    # A warning would fail a deployment with --strict.
    assert {message.entry.type for message in artifact.messages} == {"aws:cdk:info"}


def test_literal_engagements_in_cdk_idioms_are_exact(app: App, declare: Any, allowing: Any, only: Only) -> None:
    stack, other = Stack(app, "Deals"), Stack(app, "Other")
    formatted = stack.format_arn(
        service="partnercentral", resource="catalog/Sandbox/engagement", resource_name="eng-00000000000000"
    )
    first = declare(stack, "Formatted", formatted, adopt_existing=False)
    declare(stack, "FromId", first.engagement_id, adopt_existing=False)
    declare(stack, "FromArn", first.engagement_arn, adopt_existing=False)
    split = Fn.select(3, Fn.split("/", ARN.replace(ENGAGEMENT, "eng-11111111111111")))
    declare(stack, "Split", split)
    declare(other, "OtherStack", first.engagement_id, payload={"ProspectingResult": {"Aws": {"TaskName": "autumn"}}})

    assembly = app.synth()

    for name, engagements in {
        "Deals": ["eng-00000000000000", "eng-11111111111111"],
        "Other": ["eng-00000000000000"],
    }.items():
        artifact = assembly.get_stack_by_name(name)
        resource = only(artifact.template, "AWS::IAM::Policy")
        assert engagement_statements(resource) == [allowing("Sandbox", *engagements)]
        assert annotations(artifact) == {}


def test_490_engagements_fit_into_one_inline_policy(app: App, declare: Any, allowing: Any, of_type: OfType) -> None:
    stack = Stack(app, "Deals")
    for number in range(490):
        declare(stack, f"Deal{number}", f"eng-{number:014}")

    artifact = app.synth().get_stack_by_name("Deals")

    ((name, resource),) = of_type(artifact.template, "AWS::IAM::Policy").items()
    longest_arn = f"arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:{'x' * 512}:*"
    text = json.dumps(resource["Properties"]["PolicyDocument"], separators=(",", ":"))
    text = text.replace(json.dumps({"Fn::GetAtt": [LOG_GROUP, "Arn"]}, separators=(",", ":")), longest_arn)
    text = text.replace('{"Ref":"AWS::StackId"}', json.dumps(LONGEST_STACK))
    assert name == POLICY
    assert longest_arn in text
    assert LONGEST_STACK in text
    assert len(text) < LIMIT_OF_IAM
    assert engagement_statements(resource) == [allowing("Sandbox", "*")]
    assert not of_type(artifact.template, "AWS::IAM::ManagedPolicy")
    assert annotations(artifact) == {
        "/Deals/cdk-partnercentral.Provider": "cdk-partnercentral:policyWidened",
    }
    assert len(artifact.template["Resources"]) == 495


def test_an_annotation_for_a_catalog_that_is_a_token_contains_no_token(app: App, declare: Any) -> None:
    """The ID is what a user acknowledges, and the number in a token changes with the app."""
    stack = Stack(app, "Deals")
    catalog = CfnParameter(stack, "Catalog").value_as_string
    for number in range(90):
        declare(stack, f"Deal{number}", f"eng-{number:014}", catalog=catalog)

    artifact = app.synth().get_stack_by_name("Deals")

    (message,) = (each for each in artifact.messages if "exceed the size limit" in str(each.entry.data))
    assert "[ack: cdk-partnercentral:policyWidened]" in str(message.entry.data)
    assert "A list of the 90 engagements in a catalog that is a token would exceed" in str(message.entry.data)
    assert "Token[" not in str(message.entry.data)


@pytest.mark.parametrize("in_vpc", [False, True])
def test_85_exact_engagements_fit_whatever_the_tokens_stand_for(in_vpc: bool, stack: Stack) -> None:
    log_group, stack_arn = (CfnParameter(stack, name).value_as_string for name in ["LogGroup", "StackArn"])

    made = policy_of({"Sandbox": arns_of("Sandbox", 85)}, log_group_arn=log_group, stack_arn=stack_arn, in_vpc=in_vpc)

    assert made.widened == ()
    longest_log_group = f"arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:{'x' * 512}:*"
    text = json.dumps(made.document, separators=(",", ":")).replace(log_group, longest_log_group)
    assert len(text.replace(stack_arn, LONGEST_STACK)) < LARGEST_POLICY


def test_the_function_of_a_nested_stack_reads_its_own_stack(
    stack: Stack, declare: Any, template_of: Template, only: Only
) -> None:
    nested = NestedStack(stack, "Nested")
    declare(stack, "Outer", "eng-00000000000000")
    declare(nested, "Inner", "eng-11111111111111")

    for each, engagement in [(stack, "eng-00000000000000"), (nested, "eng-11111111111111")]:
        # In each template, AWS::StackId is the ARN of the stack that the template is for. The other ARN would be a parameter.
        (statement,) = engagement_statements(only(template_of(each), "AWS::IAM::Policy"))
        assert statement["Resource"] == [engagement_arn("Sandbox", engagement)]


def test_85_engagements_are_listed_individually(
    stack: Stack, declare: Any, allowing: Any, template_of: Template, only: Only
) -> None:
    names = [f"eng-{number:014}" for number in range(85)]
    for number, name in enumerate(reversed(names)):
        declare(stack, f"Deal{number}", name)

    resource = only(template_of(stack), "AWS::IAM::Policy")

    assert engagement_statements(resource) == [allowing("Sandbox", *names)]


def test_a_context_that_is_declared_after_the_policy_was_resolved_is_in_it(
    stack: Stack, declare: Any, allowing: Any, template_of: Template
) -> None:
    declare(stack, "Early", "eng-00000000000000")
    resource = PartnerCentralProvider.get_or_create(stack).node.find_child("Policy")
    stack.resolve(resource.policy_document)  # type: ignore[attr-defined]
    declare(stack, "Later", "eng-11111111111111")

    statements = engagement_statements(template_of(stack)["Resources"][POLICY])

    assert statements == [allowing("Sandbox", "eng-00000000000000", "eng-11111111111111")]


@pytest.fixture
def role(stack: Stack) -> iam.Role:
    return iam.Role(stack, "Reader", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))


@pytest.fixture
def token(stack: Stack) -> str:
    return CfnParameter(stack, "Engagement").value_as_string


@pytest.fixture
def granted(stack: Stack, role: iam.Role, template_of: Template) -> Granted:
    """The statements of the role's policy."""

    def read() -> list[Json]:
        of_role = stack.resolve(role.role_name)
        policies = [each["Properties"] for each in template_of(stack)["Resources"].values() if "Policy" in each["Type"]]
        (policy,) = (each for each in policies if each["Roles"] == [of_role])
        statements: list[Json] = policy["PolicyDocument"]["Statement"]
        return statements

    return read


def allowed(actions: str | list[str], resource: Any, catalog: Any = "Sandbox") -> Json:
    condition = {"StringEquals": {"partnercentral:Catalog": catalog}}
    return {"Effect": "Allow", "Action": actions, "Resource": resource, "Condition": condition}


def imported(scope: Construct, engagement: str = ENGAGEMENT, **others: Any) -> IEngagementContext:
    given = {"catalog": "Sandbox", "engagement_identifier": engagement, "context_id": "2", **others}
    return EngagementContext.from_engagement_context_attributes(scope, "Imported", **given)


@pytest.mark.parametrize("identifier", [ENGAGEMENT, ARN])
@pytest.mark.parametrize(("grant", "actions"), GRANTS)
def test_grants_apply_to_the_engagement_in_its_catalog(
    identifier: str, grant: str, actions: Any, stack: Stack, role: iam.Role, declare: Any, granted: Granted
) -> None:
    context = declare(stack, "Acme", identifier)

    made = getattr(context, grant)(role)

    assert made.success
    assert granted() == [allowed(actions, ARN)]


def test_a_grant_on_a_token_uses_the_attribute_of_the_declared_context(
    stack: Stack, token: str, role: iam.Role, declare: Any, granted: Granted
) -> None:
    context = declare(stack, "Acme", token)

    context.grant_update(role)

    assert granted() == [allowed([READ, UPDATE], stack.resolve(context.engagement_arn))]
    assert stack.resolve(context.engagement_arn)["Fn::GetAtt"][1] == "EngagementArn"


@pytest.mark.parametrize("catalog", ["AWS", "Sandbox"])
@pytest.mark.parametrize(("grant", "actions"), GRANTS)
def test_grants_on_an_imported_context_apply_to_its_engagement(
    catalog: str, grant: str, actions: Any, stack: Stack, role: iam.Role, granted: Granted
) -> None:
    context = imported(stack, catalog=catalog)

    getattr(context, grant)(role)

    arn = f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement/{ENGAGEMENT}"
    assert granted() == [allowed(actions, arn, catalog)]


def test_a_grant_on_the_token_of_an_imported_context_is_not_a_wildcard(
    stack: Stack, token: str, role: iam.Role, granted: Granted
) -> None:
    context = imported(stack, token)

    context.grant_read(role)

    assert granted() == [allowed(READ, stack.resolve(context.engagement_arn))]


def test_a_grant_on_an_engagement_applies_to_it(stack: Stack, role: iam.Role, granted: Granted) -> None:
    Engagement.from_engagement_id(stack, "Acme", ENGAGEMENT, catalog="Sandbox").grant_read(role)

    assert granted() == [allowed(READ, ARN)]


def test_grant_update_of_an_engagement_does_not_create_contexts(stack: Stack, role: iam.Role, granted: Granted) -> None:
    Engagement.from_engagement_id(stack, "Acme", ENGAGEMENT, catalog="Sandbox").grant_update(role)

    assert granted() == [allowed([READ, UPDATE], ARN)]


def partner_central(*actions: str) -> str | list[str]:
    names = [f"partnercentral:{action}" for action in actions]
    return names if len(names) > 1 else names[0]


def test_grant_convert_contains_what_the_task_needs_on_each_resource(
    stack: Stack, role: iam.Role, granted: Granted
) -> None:
    made = Engagement.from_engagement_id(stack, "Acme", ENGAGEMENT, catalog="Sandbox").grant_convert(role)

    def of_account(resource: str) -> Json:
        start = "arn:aws:partnercentral:us-east-1:"
        return {"Fn::Join": ["", [start, {"Ref": "AWS::AccountId"}, f":catalog/Sandbox/{resource}"]]}

    task = "arn:aws:partnercentral:us-east-1::catalog/Sandbox/opportunity-from-engagement-task/*"
    jobs = partner_central("CreateResourceSnapshotJob", "StartResourceSnapshotJob", "TagResource")
    assert made.success
    assert granted() == [
        allowed(partner_central("CreateEngagementContext", "GetEngagement"), ARN),
        allowed(partner_central("StartOpportunityFromEngagementTask"), task),
        allowed(partner_central("CreateOpportunity", "GetOpportunity", "TagResource"), of_account("opportunity/*")),
        allowed(partner_central("CreateResourceSnapshot"), of_account(f"engagement/{ENGAGEMENT}/resource/*")),
        allowed(jobs, of_account("resource-snapshot-job/*")),
    ]


def test_grants_on_a_created_engagement_use_its_attribute(stack: Stack, role: iam.Role, granted: Granted) -> None:
    acme = Engagement(stack, "Acme", catalog="Sandbox", title="Acme migration")
    context = acme.add_context("Deal", payload={"ProspectingResult": {"Aws": {"TaskName": "autumn"}}})
    acme.grant_read(role)
    context.grant_update(role)

    arn = stack.resolve(acme.engagement_arn)
    assert granted() == [allowed(READ, arn), allowed([READ, UPDATE], arn)]
    assert arn["Fn::GetAtt"][1] == "EngagementArn"


def test_grant_convert_of_a_created_engagement_restricts_the_snapshots_to_it(
    stack: Stack, role: iam.Role, granted: Granted
) -> None:
    acme = Engagement(stack, "Acme", catalog="AWS", title="Acme migration")
    acme.grant_convert(role)

    snapshots = granted()[3]
    assert {"Fn::GetAtt": ["Acme42E163B4", "EngagementId"]} in snapshots["Resource"]["Fn::Join"][1]
    assert all(each["Condition"] == {"StringEquals": {"partnercentral:Catalog": "AWS"}} for each in granted())
