"""Readable signatures of constructs for `help()`, pydoc and notebooks.

jsii's metaclass defines `__call__`, so without this module Python shows the signature `(*args, **kwargs)` for every construct.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


class ConstructorSignature:
    """A descriptor for `__signature__`. It returns the parameters of a class's `__init__`, which a subclass can override."""

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        return signature_without(owner.__init__, "self")  # type: ignore[misc]  # a subclass's own __init__ is intended


def signature_without(function: Callable[..., Any], *names: str) -> inspect.Signature:
    """Return the signature of a function without some of its parameters."""
    signature = inspect.signature(function)
    return signature.replace(parameters=[each for each in signature.parameters.values() if each.name not in names])
