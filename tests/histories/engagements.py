"""The engagements that stacks declare, and a definition of equal engagements that shares no code with the handler.

The number of different titles and descriptions is small. So stacks often declare an engagement that exists already, or one that
differs from it only in the description.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.histories.events import ACCOUNT
from tests.histories.payloads import is_loose

TITLES = 4
# An absent description equals an empty one. Descriptions are never logged, so the others contain `payloads.SENSITIVE_MARK`.
DESCRIPTIONS = (None, "", "Zq9 café 1", "Zq9 café 2")
# The ways to write a text. The service might change one into another, so the handler must ignore these differences.
STYLES = ("plain", "padded", "upper", "decomposed")
# The flaws for which the service rejects an engagement.
FLAWS = ("long title", "long description")


@dataclass(frozen=True, kw_only=True)
class EngagementDeclaration:
    """The declaration of an engagement in a template.

    Attributes:
        catalog: The property `Catalog`.
        title_number: The number of the title.
        description_number: The index of the description in `DESCRIPTIONS`.
        style: The index in `STYLES` of the way to write the texts.
        client_token: The property `ClientToken`.
        adopt_existing: The property `AdoptExisting`.
        flaw: One of `FLAWS`, or None for a valid declaration.
        service_timeout: The property `ServiceTimeout`, in seconds. A new value causes an Update that has nothing to do.
    """

    catalog: str
    title_number: int = 0
    description_number: int = 0
    style: int = 0
    client_token: str | None = None
    adopt_existing: bool = True
    flaw: str | None = None
    service_timeout: int = 3000

    resource_type = "Custom::Engagement"

    @property
    def title(self) -> str:
        """The title."""
        return self._styled(f"Hangár {self.title_number}{' and more' * 5 * (self.flaw == 'long title')}")

    @property
    def description(self) -> str | None:
        """The description, or None if none is declared."""
        if self.flaw == "long description":
            return "Zq9 too long " * 20
        text = DESCRIPTIONS[self.description_number]
        return self._styled(text) if text else text

    @property
    def key(self) -> tuple[str, int, int]:
        """Equal engagements have the same key."""
        return self.catalog, self.title_number, max(1, self.description_number)

    def _styled(self, text: str) -> str:
        style = STYLES[self.style]
        if style == "decomposed":
            return unicodedata.normalize("NFD", text)
        return {"padded": f" {text}\n", "upper": text.upper()}.get(style, text)

    def properties(self) -> dict[str, Any]:
        """Return the ResourceProperties. CloudFormation converts all scalars to strings."""
        properties = {
            "ServiceToken": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:Provider",
            "ServiceTimeout": str(self.service_timeout),
            "Catalog": self.catalog,
            "Title": self.title,
            "Description": self.description,
            "ClientToken": self.client_token,
            "AdoptExisting": None if self.adopt_existing else "false",
        }
        return {name: value for name, value in properties.items() if value is not None}

    def __str__(self) -> str:
        parts = [f"{self.catalog} engagement {self.title!r} {self.description!r}"]
        parts += [f"client_token={self.client_token}"] if self.client_token else []
        parts += [] if self.adopt_existing else ["adopt_existing=False"]
        return " ".join([*parts, f"FLAW {self.flaw}"] if self.flaw else parts)


def is_equal(current: Mapping[str, Any], declared: EngagementDeclaration) -> bool:
    """Whether an engagement, as a read returns it, has the declared title and description, apart from the style."""
    pairs = ((current.get("Title"), declared.title), (current.get("Description") or "", declared.description or ""))
    return all(is_loose(one, other, ("Title",)) for one, other in pairs)
