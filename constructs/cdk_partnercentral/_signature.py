"""Readable signatures of constructs for `help()`, pydoc and notebooks.

The metaclass of jsii defines `__call__`. Without this module, Python would show the signature `(*args, **kwargs)` for every
construct.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


class ConstructorSignature:
    """A descriptor that returns the signature of a class's own `__init__`, without `self`."""

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        return signature_without(owner.__init__, "self")  # type: ignore[misc]  # a subclass's own __init__ is intended


def signature_without(function: Callable[..., Any], *names: str) -> inspect.Signature:
    """Return the signature of a function without some of its parameters."""
    signature = inspect.signature(function)
    return signature.replace(parameters=[each for each in signature.parameters.values() if each.name not in names])
