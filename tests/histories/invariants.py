"""The invariants, which are conditions that must be true in every history. `oracle.py` and `checks.py` check the invariants."""

from collections.abc import Callable
from enum import Enum
from typing import TypeAlias

from tests.histories.trace import Trace


class Invariant(Enum):
    """An invariant. The value is the text in the report of a failure."""

    # Responses and logs.
    ONE_RESPONSE = "an event gets exactly one response"
    WELL_FORMED_RESPONSE = "every response is well-formed"
    EXISTING_CONTEXT = "the response contains the ID of an existing context"
    ERROR_IF_NOT_DELIVERED = "an invocation ends in an error if and only if its response was not accepted"
    NO_SENSITIVE_RESPONSE = "no response contains sensitive data"
    NO_SENSITIVE_LOG = "no log line contains sensitive data"
    ALLOWED_LOG_FIELDS = "log lines contain only allowed fields"
    NO_UNEXPECTED_FAILURE = "an event fails only for an expected cause"
    # The choice of a resource's context.
    ONE_CONTEXT = "a declaration creates at most one context"
    ONE_CLIENT_TOKEN = "a declaration always has the same client token"
    DECLARED_CLIENT_TOKEN = "a declared client_token is sent"
    CREATED_AS_DECLARED = "a context is created with the declared engagement, Type and Catalog"
    ADOPTS_EQUAL = "an equal existing context is adopted"
    ADOPTS_UNAMBIGUOUS = "a context is adopted only if it is the only equal context"
    ADOPTS_IF_ALLOWED = "adopt_existing=False prevents adoption"
    IMPORT_USES_CONTEXT = "an import uses the context with the given existing_context_id"
    IMPORT_CREATES_NOTHING = "no context is created if existing_context_id is set"
    UPDATE_KEEPS_CONTEXT = "an update in place keeps its context"
    UPDATE_CREATES_NOTHING = "an update in place never creates a context"
    OWN_CONTEXT = "a resource never writes to a context that another resource manages"
    ONE_RESOURCE = "a context belongs to at most one resource"
    RENAME_KEEPS_CONTEXT = "a renamed resource keeps its context"
    # Engagements.
    ENGAGEMENT_AS_DECLARED = "an engagement is created with the declared Title, Description and Catalog"
    ONE_ENGAGEMENT = "a declaration creates at most one engagement"
    CREATES_MISSING_ENGAGEMENT = "an engagement is created only after a complete list without an equal one"
    ADOPTS_EQUAL_ENGAGEMENT = "an engagement is adopted only if it is the only equal one that the account created"
    EXISTING_ENGAGEMENT = "a success contains the ID of an engagement with the declared title and description"
    UPDATE_KEEPS_ENGAGEMENT = "an update in the same catalog keeps its engagement and creates nothing"
    # Writes.
    PAYLOAD_STORED = "every declared value and interaction is stored"
    CHANGE_WRITTEN = "a changed value is written exactly as declared"
    UNDECLARED_REMOVED = "a value that is no longer declared is removed"
    UNDECLARED_KEPT = "a value that was never declared is kept"
    NO_DUPLICATE_INTERACTION = "no interaction is sent twice"
    NO_NEEDLESS_WRITE = "nothing is written if nothing changed"
    LATE_REPETITION = "an event that is repeated after a later event writes nothing"
    NO_DUPLICATE_UPDATE = "no update is sent again after it succeeded"
    FEW_CALLS = "the function makes no unnecessary call"
    DELETE_CALLS_NOTHING = "a Delete makes no API call"
    OBSERVED_WRITES = "the oracle observes every write"


Report: TypeAlias = Callable[[Invariant, str], None]


class InvariantError(Exception):
    """The exception for a violated invariant.

    Attributes:
        invariant: The invariant that was violated.
    """

    invariant: Invariant


_classes: dict[Invariant, type[InvariantError]] = {}


def violation(invariant: Invariant, detail: str, trace: Trace) -> InvariantError:
    """Return the exception for a violated invariant.

    Each invariant has its own exception class. Otherwise, hypothesis could find a shorter history that violates a different
    invariant.
    """
    class_ = _classes.setdefault(invariant, type(invariant.name, (InvariantError,), {"invariant": invariant}))
    summary = f"Violated: {invariant.value}\n{detail}"
    return class_(f"{summary}\n\nTrace:\n{trace}\n\n{summary}")
