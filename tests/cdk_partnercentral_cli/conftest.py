"""What all tests of the command need."""

import logging

import pytest

from lambda_handler import logs


@pytest.fixture(autouse=True)
def _no_function_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the level that the command sets before it imports the function. Another test can have imported it before."""
    monkeypatch.setattr(logs._LOGGER, "level", logging.CRITICAL)
