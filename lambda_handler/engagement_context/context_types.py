"""The table of context types. A new Type is a row here; one with rules of its own is also a subclass of ContextType."""

from collections.abc import Mapping

from lambda_handler.engagement_context.comparison import ContextType
from lambda_handler.engagement_context.lead import Lead

# Each key is a Type, which is also the name of the member in the payload's tagged union.
CONTEXT_TYPES: Mapping[str, ContextType] = {
    "CustomerProject": ContextType(),
    "Lead": Lead(),
    "ProspectingResult": ContextType(),
}
