"""The metrics of a provider: metric filters that count the function's own lines, and Lambda's metric of the duration."""

import ast
import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Annotations, App, Duration, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from cdk_partnercentral import Engagement, PartnerCentralProvider
from cdk_partnercentral._metrics import FAILED, THROTTLED
from cdk_partnercentral._validation.provider_options import DISCARDING_LEVELS
from tests.cdk_partnercentral.known_ids import FUNCTION, LOG_GROUP

Json = dict[str, Any]
Template = Callable[[Stack], Json]
OfType = Callable[[Json, str], dict[str, Json]]
Only = Callable[[Json, str], Json]

FILTER = "AWS::Logs::MetricFilter"
HANDLER = Path(__file__).parents[2] / "lambda_handler"


@pytest.fixture
def provider(stack: Stack) -> PartnerCentralProvider:
    return PartnerCentralProvider.get_or_create(stack)


def test_without_metrics_the_template_has_no_filter(
    stack: Stack, provider: PartnerCentralProvider, template_of: Template, of_type: OfType
) -> None:
    provider.metric_duration()

    assert of_type(template_of(stack), FILTER) == {}


@pytest.mark.parametrize(("name", "pattern"), [("Failed", FAILED), ("Throttled", THROTTLED)])
def test_the_first_call_creates_the_only_filter(
    name: str, pattern: str, stack: Stack, provider: PartnerCentralProvider, template_of: Template, only: Only
) -> None:
    make = getattr(provider, f"metric_{name.lower()}")
    metrics = [make(), make(period=Duration.minutes(1), statistic="Maximum", label="Deals")]

    properties = only(template_of(stack), FILTER)["Properties"]

    namespace = {"Fn::Join": ["", ["cdk-partnercentral/", {"Ref": FUNCTION}]]}
    assert properties == {
        "FilterPattern": pattern,
        "LogGroupName": {"Ref": LOG_GROUP},
        "MetricTransformations": [
            {"DefaultValue": 0, "MetricName": name, "MetricNamespace": namespace, "MetricValue": "1"}
        ],
    }
    assert [each.metric_name for each in metrics] == [name, name]
    assert [stack.resolve(each.namespace) for each in metrics] == [namespace, namespace]
    assert [each.statistic for each in metrics] == ["Sum", "Maximum"]
    assert [each.period.to_minutes() for each in metrics] == [5, 1]
    assert metrics[1].label == "Deals"


def test_an_alarm_watches_the_metric(
    stack: Stack, provider: PartnerCentralProvider, template_of: Template, only: Only
) -> None:
    provider.metric_failed().create_alarm(stack, "Failed", evaluation_periods=1, threshold=1)

    alarm = only(template_of(stack), "AWS::CloudWatch::Alarm")["Properties"]

    assert (alarm["MetricName"], alarm["Statistic"], alarm["Period"]) == ("Failed", "Sum", 300)
    assert alarm["Namespace"] == {"Fn::Join": ["", ["cdk-partnercentral/", {"Ref": FUNCTION}]]}


def test_the_filters_use_a_given_log_group(stack: Stack, template_of: Template, only: Only) -> None:
    given = logs.LogGroup.from_log_group_name(stack, "Given", "deals")
    PartnerCentralProvider(stack, "Own", log_group=given).metric_failed()

    assert only(template_of(stack), FILTER)["Properties"]["LogGroupName"] == "deals"


def test_the_duration_is_that_of_lambda(stack: Stack, provider: PartnerCentralProvider) -> None:
    metric = provider.metric_duration(statistic="p99")

    assert (metric.namespace, metric.metric_name, metric.statistic) == ("AWS/Lambda", "Duration", "p99")
    assert metric.dimensions is not None
    assert stack.resolve(metric.dimensions["FunctionName"]) == {"Ref": FUNCTION}


def unused(app: App) -> dict[str, str]:
    """The warnings about providers that nothing uses, by construct path. The CDK resolves and synthesizes several times."""
    app.synth()
    messages = [message for stack in app.synth(force=True).stacks for message in stack.messages]
    found = [
        (message.id, str(message.entry.data)) for message in messages if "No engagement" in str(message.entry.data)
    ]
    assert len(dict(found)) == len(found)
    return dict(found)


def test_a_provider_that_nothing_uses_is_a_warning(app: App, stack: Stack, declare: Any) -> None:
    """The alarm watches the wrong function."""
    own = PartnerCentralProvider(stack, "Own")
    own.metric_failed().create_alarm(stack, "Failed", evaluation_periods=1, threshold=1)
    declare(stack, "Acme")

    ((path, text),) = unused(app).items()

    assert path == "/Deals/Own/Function"
    assert "an alarm on its metrics never fires" in text
    assert "PartnerCentralProvider.get_or_create" in text
    assert "[ack: cdk-partnercentral:unusedProvider]" in text


def test_the_shared_provider_is_unused_if_every_context_has_another_provider(
    app: App, stack: Stack, declare: Any
) -> None:
    PartnerCentralProvider.get_or_create(stack).metric_failed()
    declare(stack, "Acme", provider=PartnerCentralProvider(stack, "Own"))

    assert list(unused(app)) == ["/Deals/cdk-partnercentral.Provider/Function"]


def test_a_provider_that_is_used_later_or_whose_warning_is_acknowledged_has_no_warning(
    app: App, stack: Stack, declare: Any
) -> None:
    created, imported, acknowledged = (PartnerCentralProvider(stack, name) for name in ["One", "Two", "Three"])
    stack.resolve(created.function.function_arn)
    Engagement(stack, "Acme", catalog="Sandbox", title="Acme migration", provider=created)
    declare(stack, "Lead", existing_context_id="1", provider=imported)
    Annotations.of(acknowledged).acknowledge_warning("cdk-partnercentral:unusedProvider")

    assert unused(app) == {}


def test_an_unknown_property_of_a_metric_is_an_error(provider: PartnerCentralProvider) -> None:
    method: Any = provider.metric_failed
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        method(interval=5)


def matches(pattern: str, line: Json) -> bool:
    """Whether CloudWatch Logs would match a line: a conjunction of equal members."""
    conditions = re.findall(r'\(\$\.(\w+) = "(\w+)"\)', pattern)
    assert pattern == "{ " + " && ".join(f'($.{name} = "{value}")' for name, value in conditions) + " }"
    return all(line.get(name) == value for name, value in conditions)


def lines_of(module: str) -> list[Json]:
    """The lines that a module of the handler writes: level, message and the constant fields."""
    levels = {"info": "INFO", "warning": "WARN", "error": "ERROR"}
    calls = [each for each in ast.walk(ast.parse((HANDLER / module).read_text())) if isinstance(each, ast.Call)]
    return [
        {"level": levels[call.func.attr], "message": call.args[0].value}
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func.value) == "logs"
        and call.func.attr in levels
        and isinstance(call.args[0], ast.Constant)
    ]


def test_the_patterns_match_lines_that_the_handler_writes() -> None:
    every = [line for file in HANDLER.rglob("*.py") for line in lines_of(str(file.relative_to(HANDLER)))]
    throttled = {"error_code": "THROTTLED", "exception": "ThrottlingException"}

    assert [line for line in every if matches(FAILED, line)] == [{"level": "ERROR", "message": "failed"}]
    assert {"level": "ERROR", "message": "failed"} in lines_of("response.py")
    assert {"level": "WARN", "message": "retry"} in lines_of("retries.py")
    assert matches(THROTTLED, {"level": "WARN", "message": "retry", **throttled})
    assert matches(THROTTLED, {"level": "WARN", "message": "gave up", **throttled})
    assert not matches(THROTTLED, {"level": "WARN", "message": "retry", "error_code": "SERVICE_ERROR"})
    assert not matches(THROTTLED, {"level": "ERROR", "message": "failed", "error_code": "THROTTLED"})


def test_no_allowed_level_discards_a_counted_line() -> None:
    order = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
    counted = [json.loads(f'"{level}"') for level in re.findall(r'level = "(\w+)"', FAILED + THROTTLED)]
    allowed = [each.value for each in lambda_.ApplicationLogLevel if each not in DISCARDING_LEVELS]

    assert set(allowed) == {"TRACE", "DEBUG", "INFO", "WARN"}
    assert max(map(order.index, allowed)) <= min(map(order.index, counted))


def test_help_names_the_properties_of_a_metric() -> None:
    for method in (PartnerCentralProvider.metric_failed, PartnerCentralProvider.metric_throttled):
        assert "aws_cloudwatch.MetricOptions" in (inspect.getdoc(method) or "")
