"""The floor does what every SDK does: its signature is the one that botocore makes."""

import datetime as dt

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from benchmarks.floor import handler

AT = "20270630T101112Z"
HOST = "partnercentral-selling.us-east-1.api.aws"


def test_it_signs_as_botocore_does(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"AWS_ACCESS_KEY_ID": "invented", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    moment = dt.datetime.strptime(AT, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.timezone.utc)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: moment)

    signed = handler.signed(HOST, "GetEngagement", b"{}", AT)

    sent = {name: signed[name] for name in ("content-type", "x-amz-target")}
    request = AWSRequest(method="POST", url=f"https://{HOST}/", data=b"{}", headers=sent)
    SigV4Auth(Credentials(*given.values()), handler.SERVICE, handler.REGION).add_auth(request)
    assert signed["authorization"] == request.headers["Authorization"]
