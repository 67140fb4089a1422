"""Read the properties that all custom resources of this function have in common.

Any release of this library, or a person, can have written the template. CloudFormation converts every scalar to a string.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lambda_handler.errors import ResourceError

CLOUDFORMATION = ("ServiceToken", "ServiceTimeout")
BOOLEANS = {"true": True, "false": False}


def checked(
    properties: Any, resource_type: str, *, required: Sequence[str], optional: Sequence[str]
) -> Mapping[str, Any]:
    """Return the properties of an event.

    Args:
        properties: The ResourceProperties.
        resource_type: The ResourceType, for the error.
        required: The names of the properties that must exist.
        optional: The names of the other properties that this version reads.

    Raises:
        ResourceError: The properties are not a map, a required property is missing, or a property is unknown.
    """
    if not isinstance(properties, Mapping):
        raise invalid("ResourceProperties must be a map; got none.")
    missing = [name for name in required if name not in properties]
    known = {*required, *optional, *CLOUDFORMATION}
    unknown = sorted(ascii(name) for name in properties if name not in known)
    if missing or unknown:
        found = [f"missing: {', '.join(missing)}"] * bool(missing) + [f"unknown: {', '.join(unknown)}"] * bool(unknown)
        raise ResourceError(
            "VERSION_MISMATCH",
            f"The properties of {resource_type} do not fit this version of cdk-partnercentral ({'; '.join(found)})."
            " Deploy the template and the function from the same version.",
        )
    return properties


def catalog(properties: Mapping[str, Any]) -> str:
    """Return the Catalog. Check only the format, because the service checks whether the catalog exists."""
    found = text(properties, "Catalog", 40)
    if not (found.isascii() and found.isalpha()):
        raise invalid(f"Catalog must be AWS or Sandbox; got {ascii(found)}.")
    return found


def client_token(properties: Mapping[str, Any]) -> str | None:
    """Return the declared ClientToken, or None if the template contains no ClientToken."""
    return text(properties, "ClientToken", 255) if "ClientToken" in properties else None


def adopt_existing(properties: Mapping[str, Any]) -> bool:
    """Return AdoptExisting, which is true by default."""
    found = BOOLEANS.get(str(properties.get("AdoptExisting", True)).lower())
    if found is None:
        raise invalid("AdoptExisting must be true or false.")
    return found


def text(properties: Mapping[str, Any], name: str, longest: int) -> str:
    """Return a property that is a string of 1 to `longest` printable characters."""
    value = properties[name]
    if not isinstance(value, str) or not 1 <= len(value) <= longest or not value.isprintable():
        raise invalid(f"{name} must be a string of 1 to {longest} printable characters.")
    return value


def invalid(reason: str) -> ResourceError:
    """Return the error for a property whose value is not valid."""
    return ResourceError("INVALID_PROPERTIES", reason)
