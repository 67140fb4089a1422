"""For the API reference: what the docstrings write for `help()`, made ready for a page.

`Example:` becomes `Examples:`, since Griffe takes the singular for a note in Markdown, where the `>>>` of a doctest would be
three quotations. And an address becomes a link that is named after its page.
https://mkdocstrings.github.io/griffe/reference/docstrings/#google-examples
"""

import re
from typing import Any

from griffe import Extension, Object


class Docstrings(Extension):
    """Changes the docstrings after they were read."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Change the docstring of an object."""
        if obj.docstring:
            text = re.sub(r"^(\s*)Example:$", r"\1Examples:", obj.docstring.value, flags=re.MULTILINE)
            obj.docstring.value = re.sub(
                r"(?<![(<])https://docs\.aws\.amazon\.com/\S*/(\w+)\.html", r"[\1](\g<0>)", text
            )
