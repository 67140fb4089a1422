"""The installed command in a process of its own: help, errors, exit codes."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import cdk_partnercentral_cli
from cdk_partnercentral_cli import _aws
from cdk_partnercentral_cli.__main__ import main
from cdk_partnercentral_local import PartnerCentralServer

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


@contextmanager
def service(status: int, content: str) -> Iterator[tuple[str, list[str]]]:
    """Run an HTTP service. Yield its URL, and the paths of the requests so far. Every response is the same."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            requests.append(self.path)
            body = content.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", requests
        server.shutdown()
        thread.join()


def run(*arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command with invented credentials and without the user's configuration."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {
        "HOME": str(folder),
        "AWS_ACCESS_KEY_ID": "invented",
        "AWS_SECRET_ACCESS_KEY": "invented",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=inherited | environment | settings,
        timeout=60,
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return the sentence of a run that failed."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    return done.stderr.strip()


DENIED = """
<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>
<Message>User is not authorized to perform sts:AssumeRole</Message></Error></ErrorResponse>
"""
SUBCOMMANDS = (["import", "--list"], ["drift"], ["probe", "--yes"])


@pytest.mark.parametrize("arguments", SUBCOMMANDS)
def test_a_profile_with_a_role_that_cannot_be_assumed_is_one_sentence(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "config").write_text(
        "[profile partner]\nrole_arn = arn:aws:iam::123456789012:role/example\nsource_profile = base\n"
        "[profile base]\naws_access_key_id = invented\naws_secret_access_key = invented\n"
    )

    with service(403, DENIED) as (url, _):
        done = run(
            *arguments,
            "--profile",
            "partner",
            folder=tmp_path,
            AWS_CONFIG_FILE=str(tmp_path / "config"),
            AWS_ENDPOINT_URL_STS=url,
        )

    assert sentence(done).startswith("AccessDenied from AssumeRole: AWS refused the credentials: check the profile")
    assert [path.name for path in tmp_path.iterdir()] == ["config"]


@pytest.mark.parametrize("arguments", SUBCOMMANDS)
@pytest.mark.parametrize("url", ["localhost:4566", "ftp://local.example", "http://"])
def test_an_endpoint_without_a_scheme_is_one_sentence(arguments: list[str], url: str, tmp_path: Path) -> None:
    done = run(*arguments, "--endpoint-url", url, folder=tmp_path)

    assert sentence(done) == f"--endpoint-url must start with http:// or https://; got {url!r}."


@pytest.mark.parametrize("arguments", SUBCOMMANDS)
def test_a_configured_endpoint_without_a_scheme_is_one_sentence(arguments: list[str], tmp_path: Path) -> None:
    done = run(*arguments, folder=tmp_path, AWS_ENDPOINT_URL="localhost:4566")

    assert sentence(done) == ("Invalid endpoint: localhost:4566: set an endpoint that starts with http:// or https://.")


def test_the_option_is_used_even_if_the_configuration_ignores_configured_endpoints(tmp_path: Path) -> None:
    with PartnerCentralServer() as server, service(400, "{}") as (other, requests):
        done = run(
            "import",
            "--list",
            "--endpoint-url",
            server.url,
            folder=tmp_path,
            AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true",
            # If the option were not used, the request would go to this proxy and not to AWS.
            HTTPS_PROXY=other,
        )

        assert (done.returncode, requests) == (0, [])
        assert [call.operation for call in server.service.calls] == ["SearchEngagements"]


def test_an_endpoint_of_the_configuration_file_is_not_one_of_aws_unless_it_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    (tmp_path / "config").write_text("[default]\nendpoint_url = http://local.example\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))

    configured = _aws.PartnerCentralApi(_aws.aws_session(None, None)).endpoint_url
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    ignored = _aws.PartnerCentralApi(_aws.aws_session(None, None)).endpoint_url

    assert (configured, _aws.is_of_aws(configured)) == ("http://local.example", False)
    assert _aws.is_of_aws(ignored)


def test_an_installation_without_the_extra_exits_with_2_and_not_as_for_drift(tmp_path: Path) -> None:
    program = "import sys; sys.modules['typer'] = None; from cdk_partnercentral_cli.__main__ import main; main()"

    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert sentence(done) == (
        'cdk-partnercentral requires typer, which is not installed. Run: pip install "cdk-partnercentral[cli]"'
    )


@pytest.mark.parametrize("files", [["__init__.py"], ["__init__.py", "function.zip"]])
def test_an_incomplete_installation_is_one_sentence(files: list[str], tmp_path: Path) -> None:
    shutil.copytree(Path(cdk_partnercentral_cli.__file__).parent, tmp_path / "cdk_partnercentral_cli")
    (tmp_path / "cdk_partnercentral").mkdir()
    for file in files:
        (tmp_path / "cdk_partnercentral" / file).touch()
    program = "from cdk_partnercentral_cli.__main__ import main; main()"

    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert sentence(done).endswith("function.zip must contain lambda_handler. Install cdk-partnercentral again.")


def test_a_response_of_another_service_is_one_sentence_without_its_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_aws, "RETRY_SECONDS", 0.5)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "invented")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")

    with service(200, json.dumps(["name@customer.example"])) as (url, requests):
        monkeypatch.setattr(sys, "argv", ["cdk-partnercentral", "import", "--list", "--endpoint-url", url])
        with pytest.raises(SystemExit) as ended:
            main()

    assert (ended.value.code, requests != []) == (2, True)
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("UnreadableResponse from SearchEngagements: the response is not in the format of the service")
