"""The installed command in a process of its own: help, errors, exit codes."""

import subprocess
import sys
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("cdk-partnercentral"))


def test_without_a_subcommand_the_command_explains_itself() -> None:
    done = subprocess.run([COMMAND, "--help"], capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert "Manage engagements of AWS Partner Central" in done.stdout


def test_the_handler_comes_from_the_shipped_zip_and_aws_cdk_is_not_imported(tmp_path: Path) -> None:
    program = (
        "import sys; import cdk_partnercentral_cli._aws;"
        "print(sys.modules['lambda_handler'].__file__, 'aws_cdk' in sys.modules, 'crhelper' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)

    origin, *others = done.stdout.split()
    assert Path(origin).parts[-3:] == ("function.zip", "lambda_handler", "__init__.py")
    assert others == ["False", "False"]
