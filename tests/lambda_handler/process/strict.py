"""The local Partner Central under the strictest setting of the lock, so that every test proves that all digits are sent."""

from functools import partial

from cdk_partnercentral_local import Behavior

# The default also accepts a lock in microseconds.
strict = partial(Behavior, lock="exact")
