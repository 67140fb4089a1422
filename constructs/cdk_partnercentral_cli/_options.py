"""The options that all subcommands have, as types for the parameters of their functions."""

from __future__ import annotations

import re
from typing import Annotated, Optional

import typer

from cdk_partnercentral_cli._errors import CliError

CATALOG = "AWS or Sandbox."


def _endpoint(url: str | None) -> str | None:
    """Check the value of `--endpoint-url`.

    Raises:
        CliError: The value is not a URL.
    """
    if url is not None and not re.match(r"https?://[^/]", url):
        raise CliError(f"--endpoint-url must start with http:// or https://; got {url!r}.")
    return url


# Typer evaluates these annotations on Python 3.10 too, so they use Optional.
Profile = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--profile", metavar="NAME", help="A profile of your AWS configuration. By default, AWS_PROFILE."),
]
EndpointUrl = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--endpoint-url",
        metavar="URL",
        callback=_endpoint,
        help="The endpoint of Partner Central, such as that of a local Partner Central.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of text.")]
