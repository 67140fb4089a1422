"""What one context cannot tell by itself: whether its stack can have it, and whether it gets along with its neighbours.

Keeps one register for each stack. What it looks for is told in `_neighbours`.
"""

from collections import Counter
from weakref import WeakKeyDictionary

import jsii
from aws_cdk import Annotations, Stack
from constructs import Construct, IValidation

from cdk_partnercentral._conflicts import MOST_CONTEXTS, Declared, conflicts
from cdk_partnercentral._tokens import is_unresolved

# What the regions of all partitions but aws begin with. The CDK knows only the regions of its own day.
OTHER_PARTITIONS = ("cn-", "eu-iso", "eusc-", "us-gov-", "us-iso")


@jsii.implements(IValidation)
class _Register:
    """The contexts that a stack declares, in the order in which they were."""

    def __init__(self, stack: Stack) -> None:
        self.declared: list[Declared] = []
        self.held: Counter[tuple[str, str]] = Counter()
        self.problems = _partition_problems(stack.region)

    def validate(self) -> list[str]:
        """Return what is wrong among them; the CDK asks when it synthesises."""
        return conflicts(self.declared)


_registers: "WeakKeyDictionary[Stack, _Register]" = WeakKeyDictionary()


def stack_of(scope: Construct) -> Stack:
    """Return the stack of a construct; a stack is its own, and need not be asked for it."""
    return scope if isinstance(scope, Stack) else Stack.of(scope)


def stack_problems(stack: Stack) -> list[str]:
    """Return why a stack cannot have contexts at all."""
    return _register(stack).problems


def join(stack: Stack, context: Construct, declared: Declared) -> None:
    """Enter a context into its stack's register, and warn when its engagement cannot hold them all."""
    register = _register(stack)
    register.declared.append(declared)
    home = (declared.catalog, declared.engagement_id)
    register.held[home] += 1
    if register.held[home] == MOST_CONTEXTS + 1:
        Annotations.of(context).add_warning_v2(
            "cdk-partnercentral:engagementFull",
            f"More than {MOST_CONTEXTS} contexts are declared for one engagement. It holds {MOST_CONTEXTS} at most, AWS's own "
            "included, and none can be deleted: the others will fail to deploy. Declare them in further engagements.",
        )


def _register(stack: Stack) -> _Register:
    register = _registers.get(stack)
    if register is None:
        register = _registers[stack] = _Register(stack)
        stack.node.add_validation(register)
    return register


def _partition_problems(region: str) -> list[str]:
    if is_unresolved(region) or not region.startswith(OTHER_PARTITIONS):
        return []
    return [f"stack: a region of the partition aws, the only one with Partner Central, got {region}"]
