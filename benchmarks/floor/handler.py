"""The floor: the same requests with the standard library alone, signed by hand, and nothing around them.

A read, a write and the answer; no error is handled, so this is nothing to deploy. Knows nothing of the library.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import http.client
import json
import os
import ssl
import time
from typing import Any

REGION, SERVICE = "us-east-1", "partnercentral-selling"
TLS = ssl.create_default_context()


def handler(event: Any, context: Any) -> None:
    """Handle a Create."""
    del context
    properties = event["ResourceProperties"]
    here = {"Catalog": properties["Catalog"]}
    identifier = properties["EngagementIdentifier"]
    api = http.client.HTTPSConnection(_host(os.environ["AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING"]), context=TLS)
    _call(api, "GetEngagement", {**here, "Identifier": identifier})
    written = _call(
        api,
        "CreateEngagementContext",
        {
            **here,
            "EngagementIdentifier": identifier,
            "ClientToken": hashlib.sha256(event["StackId"].encode()).hexdigest(),
            "Type": properties["Type"],
            "Payload": properties["Payload"],
        },
    )
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": written["ContextId"], "Data": written}
    url = event["ResponseURL"]
    cloudformation = http.client.HTTPSConnection(_host(url), context=TLS)
    cloudformation.request("PUT", url.partition(_host(url))[2], json.dumps(answer), {"Content-Type": ""})
    cloudformation.getresponse().read()


def _host(url: str) -> str:
    return url.split("/")[2]


def _call(api: http.client.HTTPSConnection, operation: str, body: dict[str, Any]) -> Any:
    content = json.dumps(body).encode()
    headers = signed(f"{api.host}:{api.port}", operation, content, time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()))
    api.request("POST", "/", content, headers)
    return json.loads(api.getresponse().read())


def signed(host: str, operation: str, content: bytes, at: str) -> dict[str, str]:
    """Return the headers of a request, signed with Signature Version 4."""
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "host": host,
        "x-amz-date": at,
        "x-amz-security-token": os.environ["AWS_SESSION_TOKEN"],
        "x-amz-target": f"AWSPartnerCentralSelling.{operation}",
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(content).hexdigest()}"
    scope = f"{at[:8]}/{REGION}/{SERVICE}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{os.environ['AWS_SECRET_ACCESS_KEY']}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, text.encode(), "sha256").hexdigest()
    credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    return headers
