"""The typed sample app runs. mypy and pyright check its types, because they check this folder too."""

import json
import subprocess
import sys
from pathlib import Path

SAMPLE = Path(__file__).parent / "sample_app.py"


def test_the_typed_sample_app_synthesizes(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, SAMPLE, tmp_path], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    template = json.loads((tmp_path / "Deals.template.json").read_text())
    contexts = [each for each in template["Resources"].values() if each["Type"] == "Custom::EngagementContext"]
    types = [each["Properties"]["Type"] for each in contexts]
    assert types == ["CustomerProject", "Lead", "ProspectingResult", "ProspectingResult", "CustomerAccount", "Lead"]
    assert template["Outputs"]["ElsewhereContext"]["Value"] == "1"
