"""Readable signatures for `help()`, pydoc and notebooks.

jsii's metaclass has its own `__call__`, so Python alone finds only `(*args, **kwargs)` for a construct.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


class ConstructorSignature:
    """The `__signature__` of a class: the parameters of its `__init__`, or of a subclass's own `__init__`."""

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        return signature_without(owner.__init__, "self")  # type: ignore[misc]  # a subclass's own is intended


def signature_without(function: Callable[..., Any], *names: str) -> inspect.Signature:
    """Return the signature of a function without some of its parameters."""
    signature = inspect.signature(function)
    return signature.replace(parameters=[each for each in signature.parameters.values() if each.name not in names])
