"""Starts a local cloud with a Lambda function, prints `ready`, and ends as the first argument says.

The second argument is a folder: the function's environment is written to `worker.json` there.
"""

import io
import json
import sys
import time
import zipfile
from pathlib import Path

from cdk_partnercentral_local import LocalCloud


def zipped(source: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", source)
    return buffer.getvalue()


ending, folder = sys.argv[1], Path(sys.argv[2])
with LocalCloud() as cloud:
    functions = cloud.client("lambda")
    functions.create_function(
        FunctionName="Worker",
        Runtime="python3.14",
        Role="arn:aws:iam::123456789012:role/worker",
        Handler="index.handler",
        Code={"ZipFile": zipped("import os\ndef handler(event, context):\n    return dict(os.environ)\n")},
    )
    seen = json.load(functions.invoke(FunctionName="Worker")["Payload"])
    (folder / "worker.json").write_text(json.dumps(seen))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if ending == "exception":
        raise RuntimeError("as requested")
    if ending == "deploy":
        cloud.cdk("synth", folder=folder)
    if ending == "wait":
        time.sleep(600)
