"""The server that the runs of the probe in this process share."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from tests.cdk_partnercentral_cli.probe.probing import Bench, PartnerCentralServer, Target


@pytest.fixture(scope="session")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    from cdk_partnercentral_cli._aws import PartnerCentralApi, aws_session

    target = Target()
    with PartnerCentralServer(target) as server, pytest.MonkeyPatch.context() as patch:  # type: ignore[arg-type]
        patch.setenv("AWS_ACCESS_KEY_ID", "local")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "local")
        patch.setenv("AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING", server.url)
        yield Bench(target, PartnerCentralApi(aws_session(None, server.url)).attempt, tmp_path_factory.mktemp("probe"))


@pytest.fixture
def bench(_shared: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A new service, with a clock that only moves on request."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("the run waited in real time"))
    _shared.new()
    return _shared
