"""The command line of `cdk-partnercentral`: subcommands, errors and exit codes."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Any

try:
    import typer
    from typer.core import TyperGroup

    from cdk_partnercentral_cli._drift.command import drift
    from cdk_partnercentral_cli._errors import EXPECTED, FAILED, sentence
    from cdk_partnercentral_cli._import import import_engagements
    from cdk_partnercentral_cli._probe import probe
except ModuleNotFoundError as error:
    # For these two packages, the text of the error is the message to print. Any other package belongs to the extra.
    is_own = error.name in ("cdk_partnercentral", "lambda_handler")
    extra = (
        f'cdk-partnercentral requires {error.name}, which is not installed. Run: pip install "cdk-partnercentral[cli]"'
    )
    sys.stderr.write(f"{error if is_own else extra}\n")
    # `sys.exit` with a text would exit with 1, which means drift. FAILED cannot be imported here.
    sys.exit(2)

_INTERRUPTED = 130


class _Group(TyperGroup):
    """Report an expected error as one sentence on standard error, never as a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except EXPECTED as error:
            typer.secho(sentence(error), fg="red", err=True)
            raise typer.Exit(FAILED) from None
        except KeyboardInterrupt:
            typer.echo("Stopped by Ctrl-C.", err=True)
            raise typer.Exit(_INTERRUPTED) from None


app = typer.Typer(
    cls=_Group,
    name="cdk-partnercentral",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _about() -> None:
    """Manage engagements of AWS Partner Central that already exist.

    The command uses the ordinary AWS credentials of boto3. Exit codes: 0 means success, 1 means that `drift` found a
    difference, and 2 means that the command failed.
    """


app.command("import")(import_engagements)
app.command()(drift)
app.command("probe")(probe)


def main() -> None:
    """Run the command, and exit."""
    try:
        app()
    except Exception as error:  # noqa: BLE001 - the last resort
        # The text of an unexpected error can contain personal data, so show only where the error occurred.
        *_, (frame, line) = traceback.walk_tb(error.__traceback__)
        place = f"{Path(frame.f_code.co_filename).name}, line {line}"
        sys.stderr.write(
            f"{type(error).__name__} in {place}: this is a defect of cdk-partnercentral. Please report it.\n"
        )
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
