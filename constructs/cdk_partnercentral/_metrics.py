"""CloudWatch metrics that count log lines of the function.

The function runs without an error even if it sends a FAILED response, so Lambda's own metrics do not count failures. Instead, a
metric filter counts the log lines about failures. A metric filter requires neither permissions of the function nor a special
log format.

See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

# Matches the line that `lambda_handler/response.py` writes for each FAILED response. Lambda never discards lines with this
# level.
FAILED = '{ ($.level = "ERROR") && ($.message = "failed") }'
# Matches the line that `lambda_handler/retries.py` writes for each throttled call, whether or not the function retries the
# call.
THROTTLED = '{ ($.level = "WARN") && ($.error_code = "THROTTLED") }'

MetricOptions = ParamSpec("MetricOptions")


def with_options_of(
    metric: Callable[Concatenate[Any, MetricOptions], cloudwatch.Metric],
) -> Callable[[Callable[..., cloudwatch.Metric]], Callable[Concatenate[Any, MetricOptions], cloudwatch.Metric]]:
    """Decorate a method so that type checkers know the keyword arguments of the CDK's metric methods."""
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
        function_name: The name of the function. The metric's namespace contains this name, so that the namespace is unique.
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
            # If a period contains only lines that do not match, the metric is zero, so an alarm does not report missing data.
            default_value=0,
        )
    )
    given: dict[str, Any] = {"statistic": "Sum", **options}
    return metric_filter.metric(**given)
