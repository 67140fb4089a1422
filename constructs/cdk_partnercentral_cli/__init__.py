"""The command `cdk-partnercentral`. Each subcommand is one module or package: `_import`, `_drift` and `_probe`.

```text
__main__.py    the command line: options, errors, exit codes
_aws.py        credentials, clients and retries
_errors.py     every error as one sentence
_options.py    the options that all subcommands have
```

The command compares, calls and retries exactly as the Lambda function does, because it uses the same modules. They are in the
function's zip, which the package `cdk_partnercentral` contains. So the modules of this package can import `lambda_handler`,
which is not installed as a package.
"""

from __future__ import annotations

import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from zipimport import ZipImportError, zipimporter

_HANDLER = "lambda_handler"


def library_folder() -> Path:
    """Return the folder of `cdk_partnercentral`, without importing it, because aws_cdk starts a Node process when imported."""
    spec = find_spec("cdk_partnercentral")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            "cdk_partnercentral is not installed. Run: pip install cdk-partnercentral", name="cdk_partnercentral"
        )
    return Path(spec.origin).parent


class _HandlerFinder(MetaPathFinder):
    """Finds the package `lambda_handler` in the function's zip, and nothing else that the zip contains.

    The zip is opened when the package is first imported, so that `__main__` can report a missing zip as any other error.
    """

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname != _HANDLER:
            return None
        # The function writes its log to standard output, which contains the result of the command.
        os.environ["AWS_LAMBDA_LOG_LEVEL"] = "FATAL"
        archive = library_folder() / "function.zip"
        try:
            spec = zipimporter(str(archive)).find_spec(_HANDLER)
        except ZipImportError:
            spec = None
        if spec is None:
            raise ModuleNotFoundError(
                f"{archive} must contain {_HANDLER}. Install cdk-partnercentral again.", name=_HANDLER
            )
        return spec


sys.meta_path.insert(0, _HandlerFinder())
