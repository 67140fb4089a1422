"""A certificate of its own for one local cloud, made with the `openssl` command.

Knows nothing of who serves or trusts it. Nothing is added to any trust store of the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cdk_partnercentral_local.cloud._failures import LocalCloudError

# A file instead of -addext: LibreSSL, which macOS brings, understands it too, and the machine's own openssl.cnf stays out.
_REQUEST = """\
[req]
distinguished_name = name
x509_extensions = server
prompt = no
[name]
CN = localhost
O = cdk-partnercentral local cloud
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
"""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A self-signed certificate for `localhost` and 127.0.0.1, and its key, as PEM files.

    Args:
        certificate (Path): What the server shows and clients trust.
        key (Path): Its private key.
    """

    certificate: Path
    key: Path


def make_certificate(folder: Path) -> Certificate:
    """Make a certificate that is good for a week.

    Args:
        folder (Path): Where the files go.

    Returns:
        The certificate and its key.

    Raises:
        LocalCloudError: When there is no `openssl` command, or it fails.
    """
    program = shutil.which("openssl")
    if program is None:
        raise LocalCloudError(
            "The local cloud needs the openssl command, and there is none on PATH.",
            hint="Install OpenSSL with the system's package manager (apt install openssl, brew install openssl).",
        )
    request = folder / "certificate.cnf"
    request.write_text(_REQUEST, encoding="ascii")
    made = Certificate(certificate=folder / "certificate.pem", key=folder / "certificate-key.pem")
    files = ("-config", str(request), "-keyout", str(made.key), "-out", str(made.certificate))
    done = subprocess.run(  # noqa: S603
        [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "7", *files],
        env={"PATH": os.environ.get("PATH", os.defpath)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise LocalCloudError("openssl could not make a certificate for MiniStack.", log=done.stdout.strip())
    made.key.chmod(0o600)
    return made
