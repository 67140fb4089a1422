"""`isinstance` for payloads of unknown content: pyright takes what stands in a mapping or list to be unknown, mypy Any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether a value is a mapping, of whatever keys and values."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[Sequence[Any]]:
    """Whether a value is a list or a tuple, of whatever items."""
    return isinstance(value, list | tuple)
