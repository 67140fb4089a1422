"""A construct's signature, for `help()`, pydoc and notebooks.

jsii's metaclass has a `__call__` of its own, behind which Python finds only `(*args, **kwargs)`.
"""

from __future__ import annotations

import inspect


class ConstructorSignature:
    """What a class that has it as `__signature__` is called with: the parameters of its `__init__`, or of a subclass's."""

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        signature = inspect.signature(owner.__init__)  # type: ignore[misc]  # a subclass's own is what is wanted
        _self, *parameters = signature.parameters.values()
        return signature.replace(parameters=parameters)
