"""The installed command in a process of its own: help, errors, exit codes."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
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


class _Service(BaseHTTPRequestHandler):
    """A service that responds to every request with valid JSON that no operation returns."""

    def do_POST(self) -> None:
        body = json.dumps(["name@customer.example"]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Log nothing."""


def test_a_response_of_another_service_is_one_sentence_without_its_values() -> None:
    with HTTPServer(("127.0.0.1", 0), _Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = {
            "AWS_ACCESS_KEY_ID": "invented",
            "AWS_SECRET_ACCESS_KEY": "invented",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
        }
        # Another test of this process can have set the endpoint of Partner Central.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        command = [COMMAND, "import", "--list"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=inherited | settings)
        server.shutdown()

    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "Error in _find.py, line " in done.stderr
    assert "customer.example" not in done.stderr
