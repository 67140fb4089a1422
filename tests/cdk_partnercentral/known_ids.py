"""Known answers: the logical IDs of a provider's resources. CloudFormation rejects a change of the function's one."""

_PREFIX = "cdkpartnercentralProvider"

FUNCTION = f"{_PREFIX}Function1E13B621"
ROLE = f"{_PREFIX}Role7C541FD7"
LOG_GROUP = f"{_PREFIX}LogGroupE13CCBAC"
POLICY = f"{_PREFIX}Policy17194666"
INVOCATION = f"{_PREFIX}AsynchronousInvocation100F23CE"
