"""Write the output of a run into docs/cli/probe.md: `python -m tests.cdk_partnercentral_cli.probe.write_page`."""

import re
import tempfile
from pathlib import Path

from cdk_partnercentral_local import PartnerCentral, PartnerCentralServer
from tests.cdk_partnercentral_cli.probe.test_command import BEHAVIOR, PAGE, probe


def main() -> None:
    """Run the command, and replace the block of the page."""
    with PartnerCentralServer(PartnerCentral(BEHAVIOR)) as server, tempfile.TemporaryDirectory() as folder:
        output = probe(Path(folder), "--yes", "--endpoint-url", server.url).stdout
    lines = "\n".join(line.rstrip() for line in output.splitlines())
    page = PAGE.read_text(encoding="utf-8")
    block = re.compile(r'(```text title="the report"\n).*?(\n```\n)', re.DOTALL)
    PAGE.write_text(block.sub(lambda match: match[1] + lines + match[2], page), encoding="utf-8")


if __name__ == "__main__":
    main()
