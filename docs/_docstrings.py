"""For the API reference: what the code writes for `help()` and editors, made ready for a page.

`Example:` becomes `Examples:`, since Griffe takes the singular for a note in Markdown, where the `>>>` of a doctest would be
three quotations. An address becomes a link that is named after its page, and the name of a construct's method becomes a link to
the method. What a constructor says of itself is left out, since its class says it; and a constant's name, which a reader of the
page cannot look up, becomes its value.
https://mkdocstrings.github.io/griffe/reference/docstrings/#google-examples
"""

import re
from typing import Any

from griffe import Attribute, Expr, Extension, Function, Object


class Docstrings(Extension):
    """Changes objects after they were read."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Change an object's docstring, and the values that are shown of it."""
        if obj.docstring:
            text = re.sub(r"^(\s*)Example:$", r"\1Examples:", obj.docstring.value, flags=re.MULTILINE)
            text = re.sub(r"(?<![(<])https://docs\.aws\.amazon\.com/\S*/(\w+)(?:\.html|/)", r"[\1](\g<0>)", text)
            obj.docstring.value = re.sub(
                r"`((?:Engagement|EngagementContext|PartnerCentralProvider)\.\w+)`",
                r"[\g<0>][cdk_partnercentral.\1]",
                text,
            )
        if isinstance(obj, Function):
            if obj.name == "__init__":
                obj.docstring = None
            for parameter in obj.parameters:
                parameter.default = _value(parameter.default, obj)
        elif isinstance(obj, Attribute):
            obj.value = _value(obj.value, obj)


def _value(shown: str | Expr | None, obj: Object) -> str | Expr | None:
    constant = obj.module.members.get(str(shown))
    return constant.value if isinstance(constant, Attribute) and constant is not obj else shown
