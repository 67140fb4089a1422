"""Decide whether a CloudFormation template, in JSON or YAML, declares a resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

import json
import re
from typing import Any

SECTIONS = (
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
)
# This transform adds resources only if the section Resources contains a key such as `Fn::ForEach::Deals`.
LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
LOGICAL_ID = re.compile(r"[A-Za-z0-9]+")
YAML_KEY = re.compile(r"""(["']?)([\w:]+)\1:(?:\s+(.*))?""")


class UnreadableTemplateError(Exception):
    """The function cannot determine whether the template declares a resource."""


def declares(template: str, logical_id: str) -> bool:
    """Return whether a template declares a resource.

    Args:
        template: The template as the user submitted it.
        logical_id: The resource's logical ID.

    Raises:
        UnreadableTemplateError: The function cannot read the template's style, or a macro may add the resource.
    """
    try:
        sections = json.loads(template)
    except ValueError:
        sections = _yaml_sections(template)
    resources = sections.get("Resources") if isinstance(sections, dict) else None
    if not isinstance(resources, dict):
        raise UnreadableTemplateError("it has no readable section Resources")
    if logical_id in resources:
        return True
    if sections.get("Transform") not in (None, LANGUAGE_EXTENSIONS) or not all(map(LOGICAL_ID.fullmatch, resources)):
        raise UnreadableTemplateError("it has a transform, which may add resources")
    return False


def _yaml_sections(template: str) -> dict[str, Any]:
    """Return a dictionary that maps each section of a YAML template to its text. `Resources` is mapped to a dictionary instead.

    The dictionary for `Resources` maps each logical ID to the text on the same line. All lines in a section must be indented.
    All lines in a resource, including the lines of multi-line texts, must be indented further than the logical ID. Any other
    style causes an error.
    """
    sections: dict[str, Any] = {}
    name, width = "", 0
    for line in template.removeprefix("---").splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        indentation = len(line) - len(line.lstrip(" "))
        key, rest = _yaml_key(text)
        if indentation == 0 and key:
            if key not in SECTIONS or key in sections or (key == "Resources" and rest):
                raise UnreadableTemplateError(f"it has {ascii(key)[:80]} where a new section is expected")
            name, width = key, 0
            sections[name] = {} if name == "Resources" else rest
        elif name == "Resources":
            width = width or indentation
            if indentation < width or (indentation == width and not key):
                raise UnreadableTemplateError("its section Resources is not in block style")
            if indentation == width:
                sections[name][key] = rest
        elif name:
            sections[name] += text
        else:
            raise UnreadableTemplateError("it does not begin with a section")
    return sections


def _yaml_key(text: str) -> tuple[str, str]:
    """Return the key at the start of a line, and the rest of the line without a comment; two empty texts if there is no key."""
    found = YAML_KEY.fullmatch(text)
    if not found:
        return "", ""
    rest = re.sub(r"(^|\s)#.*", "", found[3] or "").strip()
    return found[2], rest.strip("\"'")
