"""Mask the sensitive values of payloads in a service's error text.

A service echoes values as they are, or escaped once (as JSON, HTML or in a URL). Anyone who can read a Reason can read the
template too, so this protects what the template does not contain: values of dynamic references, and data that AWS wrote.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

MASK = "***"
# A value this short is also a part of ordinary words. It is masked only as a word in its own case: US, but not us-east-1.
SHORT = 3


def mask(text: str, values: Iterable[str]) -> str:
    """Return the text with each occurrence of a value masked. Differences in case and white space are ignored."""
    forms = {" ".join(form.split()) for value in values for form in _forms(value)}
    # The longest first, because a value can contain another. One that is longer than the text only costs time.
    patterns = [_pattern(form) for form in sorted(forms, key=len, reverse=True) if len(form) <= len(text)]
    if not patterns:
        return text
    return re.sub("|".join(patterns), MASK, text, flags=re.IGNORECASE)


def _forms(value: str) -> Iterator[str]:
    """Yield the texts that a value can be echoed as."""
    stripped = value.strip()
    if stripped:
        yield stripped
        yield json.dumps(stripped)[1:-1]
        yield json.dumps(stripped, ensure_ascii=False)[1:-1]
        yield html.escape(stripped)
        yield quote(stripped)
        yield quote(stripped, safe="")


def _pattern(form: str) -> str:
    pattern = r"\s+".join(map(re.escape, form.split()))
    return rf"(?<!\w)(?-i:{pattern})(?!\w)" if len(form) <= SHORT else pattern
