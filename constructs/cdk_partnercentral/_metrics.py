"""CloudWatch metrics that count log lines of the function.

A FAILED response is not an error of the function for Lambda, so Lambda's own metrics do not count failures. A metric filter
counts the lines instead. It needs neither permissions of the function nor a line in another format.

See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

# The line for each FAILED response, from `lambda_handler/response.py`. Its level is never discarded.
FAILED = '{ ($.level = "ERROR") && ($.message = "failed") }'
# The line for each throttled call, from `lambda_handler/retries.py`, whether or not the call is retried.
THROTTLED = '{ ($.level = "WARN") && ($.error_code = "THROTTLED") }'

MetricOptions = ParamSpec("MetricOptions")


def with_options_of(
    metric: Callable[Concatenate[Any, MetricOptions], cloudwatch.Metric],
) -> Callable[[Callable[..., cloudwatch.Metric]], Callable[Concatenate[Any, MetricOptions], cloudwatch.Metric]]:
    """Decorate a method so that type checkers know the keyword arguments of a metric of the CDK."""
    del metric

    def decorate(
        method: Callable[..., cloudwatch.Metric],
    ) -> Callable[Concatenate[Any, MetricOptions], cloudwatch.Metric]:
        return cast("Callable[Concatenate[Any, MetricOptions], cloudwatch.Metric]", method)

    return decorate


def line_metric(
    scope: Construct,
    name: str,
    pattern: str,
    *,
    log_group: logs.ILogGroup,
    function_name: str,
    options: dict[str, Any],
) -> cloudwatch.Metric:
    """Return the metric that counts the lines that match a pattern. The first call for a name creates the metric filter.

    Args:
        scope: The provider.
        name: The name of the metric.
        pattern: The filter pattern.
        log_group: The function's log group.
        function_name: The name of the function, which makes the metric's namespace unique.
        options: The properties of `aws_cloudwatch.MetricOptions`.

    Returns:
        The metric, by default the sum of each period.
    """
    id_ = f"{name}MetricFilter"
    existing = scope.node.try_find_child(id_)
    metric_filter = (
        existing
        if isinstance(existing, logs.MetricFilter)
        else logs.MetricFilter(
            scope,
            id_,
            log_group=log_group,
            filter_pattern=logs.FilterPattern.literal(pattern),
            metric_namespace=f"cdk-partnercentral/{function_name}",
            metric_name=name,
            metric_value="1",
            # A period with other lines only is a period without failures, and not one without data.
            default_value=0,
        )
    )
    given: dict[str, Any] = {"statistic": "Sum", **options}
    return metric_filter.metric(**given)
