"""Write the Python file that declares engagements and imports their contexts."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

from cdk_partnercentral._checks import MOST_CONTEXTS
from cdk_partnercentral._payloads.enums import Catalog
from cdk_partnercentral._validation.arguments import context_id_problems
from cdk_partnercentral_cli._import._payload import converted
from cdk_partnercentral_cli._import._printer import INDENT, Call, Name, camel_case, names, printed, visible

_COMMENT_WIDTH = 88
_LONGEST_TITLE = 40
FUNCTION = "add_engagements"
_HOW_TO_USE = (
    f"Call {FUNCTION}(self) in the constructor of a stack. The first deployment then imports the contexts, and changes nothing "
    "in Partner Central, unless somebody changed a context since this file was written."
)


@dataclass(frozen=True, kw_only=True)
class Existing:
    """An engagement to write.

    Attributes:
        catalog: The engagement's catalog: `AWS` or `Sandbox`.
        id: The engagement's ID.
        title: The engagement's title.
        contexts: The contexts to import, as GetEngagement returned them.
    """

    catalog: str
    id: str
    title: str
    contexts: Sequence[Mapping[str, Any]]


@dataclass(kw_only=True)
class Written:
    """The result of `python_file`.

    Attributes:
        text: The content of the file.
        contexts: The number of contexts that the file imports.
        left_out: The number of members and contexts that are left out. Comments in the file explain why.
        kinds: The kinds of personal or confidential data in the file.
    """

    text: str = ""
    contexts: int = 0
    left_out: int = 0
    kinds: set[str] = field(default_factory=set[str])


def python_file(engagements: Sequence[Existing], command: Sequence[str], *, redact: bool) -> Written:
    """Write the file.

    Args:
        engagements: The engagements, each at most once.
        command: The command that the file names as its origin.
        redact: Whether to leave out the engagements' titles, and everything that contains contacts or might contain them.
    """
    written = Written()
    used = {"Engagement", "Catalog"}
    lines: list[str] = []
    for existing in engagements:
        contexts = [_context(context, place, written, redact=redact) for place, context in enumerate(existing.contexts)]
        reference = printed(_reference(existing, redact=redact), 1)
        if existing.title and not redact:
            written.kinds.add("titles of engagements")
            lines.append(_comment(f"Title: {existing.title}"))
        # An unused variable would be an error of ruff.
        lines.append(reference if not any(call for call, _ in contexts) else f"engagement = {reference}")
        for call, comment in contexts:
            lines += map(_comment, comment)
            if call:
                used.update(names(call))
                lines.append(printed(call, 1))
    body = "\n".join(INDENT + line for line in lines)
    imports = "".join(f"{INDENT}{name},\n" for name in sorted(used - {"engagement"}))
    written.text = (
        f"{_header(command, written, redact=redact)}\n\nfrom cdk_partnercentral import (\n{imports})\n"
        f"from constructs import Construct\n\n\ndef {FUNCTION}(scope: Construct) -> None:\n"
        f'{INDENT}"""Refer to engagements that exist in AWS Partner Central, and import their contexts."""\n{body}\n'
    )
    return written


def _header(command: Sequence[str], written: Written, *, redact: bool) -> str:
    paragraphs = [_HOW_TO_USE]
    if written.kinds:
        paragraphs.append(
            f"This file contains personal or confidential data: {', '.join(sorted(written.kinds))}. So does the template."
        )
    if redact:
        paragraphs.append(
            "Because of --redact, titles of engagements, interactions and unknown members were left out. Other texts, such as "
            "business problems, can still mention people."
        )
    wrapped = "\n#\n".join("\n".join(_wrapped(each)) for each in paragraphs)
    return f"# Written by this command:\n#\n#     {visible(shlex.join(command))}\n#\n{wrapped}"


def _comment(sentence: str) -> str:
    """Return a comment that no tool takes for a directive, even if the sentence contains text of others, such as `# noqa`.

    It is not wrapped, because a second line could start with such a text.
    """
    return f"# {visible(sentence.replace('#', ''))}".rstrip()


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _COMMENT_WIDTH, initial_indent="# ", subsequent_indent="# ")


def _reference(existing: Existing, *, redact: bool) -> Call:
    return Call(
        function="Engagement.from_engagement_id",
        positional=[Name("scope"), engagement_construct_id(existing, redact=redact), existing.id],
        keywords={"catalog": Name(f"Catalog.{Catalog(existing.catalog).name}")},
    )


def engagement_construct_id(existing: Existing, *, redact: bool = False) -> str:
    """Return the construct ID of an engagement: its title, for people, and its ID, which makes the construct ID unique.

    Templates, stack events and logs contain construct IDs, so there is no title in it if `redact` is set.
    """
    title = "" if redact else _word(existing.title)[:_LONGEST_TITLE]
    return f"{title or 'Engagement'}-{existing.id.removeprefix('eng-')}"


def context_construct_id(type_: str, context_id: str) -> str:
    """Return the construct ID of a context. Neither its Type nor its ID can change in Partner Central."""
    # A context ID has at most three characters, so it never looks like an encoded ID.
    is_plain = context_id.isascii() and context_id.isalnum()
    suffix = context_id if is_plain else "".join(f"{ord(each):06x}" for each in context_id)
    return f"{_word(type_) or 'Context'}-{suffix}"


def _word(text: str) -> str:
    return camel_case(normalize("NFKD", text).encode("ascii", "ignore").decode())


def _context(
    context: Mapping[str, Any], place: int, written: Written, *, redact: bool
) -> tuple[Call | None, Sequence[str]]:
    """Return the call that imports a context, or None, and the sentences of the comment above it."""
    id_, type_ = str(context.get("Id")), str(context.get("Type"))
    shown = f"Context {id_} ({type_})"
    problem = next(context_id_problems("the context ID", id_), None) or ("" if id_.isprintable() else "not printable")
    if problem or place >= MOST_CONTEXTS:
        written.left_out += 1
        reason = problem or f"an engagement can declare only {MOST_CONTEXTS} contexts"
        return None, [f"{shown} is left out: {reason}."]
    payload = context.get("Payload")
    result = converted(type_, payload.get(type_) if isinstance(payload, Mapping) else None, redact=redact)
    written.left_out += len(result.left_out)
    left_out = [f"- {line}" for line in result.left_out]
    if result.source is None:
        return None, [f"{shown} is left out, because none of its values can be declared.", *left_out]
    written.contexts += 1
    written.kinds |= result.kinds
    call = Call(
        function="engagement.add_context",
        positional=[context_construct_id(type_, id_)],
        keywords={"existing_context_id": id_, "payload": result.source},
    )
    return call, ["These values are left out, so they stay as they are:", *left_out] if left_out else []
