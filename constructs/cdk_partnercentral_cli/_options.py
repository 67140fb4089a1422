"""The options that all subcommands have, as types for the parameters of their functions."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

CATALOG = "AWS or Sandbox."

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
        help="The endpoint of Partner Central, such as that of a local Partner Central.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of text.")]
