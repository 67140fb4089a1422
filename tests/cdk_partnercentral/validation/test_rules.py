"""The rules come from the service model that ships, and are fast to apply."""

import json
import time

import pytest

from cdk_partnercentral._validation.rules import MODEL, payload_rule
from scripts.service_model import REQUIREMENTS, pinned_version


def test_the_shipped_model_is_of_the_botocore_that_the_function_pins() -> None:
    pinned = pinned_version(REQUIREMENTS.read_text(encoding="utf-8"))

    assert json.loads(MODEL.read_text(encoding="utf-8"))["botocore"] == pinned, "run `make model`"


@pytest.mark.parametrize(
    "hostile",
    ["." * 255, "." * 24 + "\n", "a." * 127 + "~", "www." * 63 + "~", "-" * 255, "https://" + "a" * 246 + "~", "a" + "." * 253],
)  # fmt: skip
def test_websites_are_matched_in_linear_time(hostile: str) -> None:
    pattern = payload_rule().members["CustomerProject"].members["Customer"].members["WebsiteUrl"].pattern
    assert pattern
    started = time.perf_counter()
    for _ in range(100):
        pattern.fullmatch(hostile)
    assert time.perf_counter() - started < 0.5
