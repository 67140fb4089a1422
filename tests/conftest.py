"""The local cloud that all tests in a session share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

# The command would import these modules from the function's zip. Tests of the handler need the sources, and a process can run
# tests of both.
import lambda_handler  # noqa: F401

if TYPE_CHECKING:
    from cdk_partnercentral_local import LocalCloud


@pytest.fixture(scope="session")
def cloud() -> Iterator[LocalCloud]:
    """A bootstrapped local cloud. Each test uses its own engagements and stack names."""
    # Imported here because most tests do not need what it imports.
    from cdk_partnercentral_local import LocalCloud

    with LocalCloud() as cloud:
        cloud.bootstrap()
        yield cloud
