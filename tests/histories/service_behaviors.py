"""The strategies with which hypothesis draws a behavior for the local Partner Central.

Each setting represents a behavior of Partner Central that is unknown. Each history draws one value for each setting. The values
that are probably correct are drawn more often.
"""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from cdk_partnercentral_local import Behavior

_SETTINGS: Mapping[str, Any] = {
    "token_mismatch": st.sampled_from(("conflict", "validation", "replay")),
    "token_lifetime": st.sampled_from((None, None, 200.0, 28800.0)),
    "lock": st.sampled_from(("exact", "microsecond")),
    "lead_interactions": st.sampled_from(("append", "append", "replace")),
    "update": st.sampled_from(("replace", "merge")),
    "normalizes": st.sampled_from(("never", "never", "create", "update", "always")),
    "rewrites_phone": st.booleans(),
    "normalizes_account": st.booleans(),
    "fills_interaction_date": st.booleans(),
    "explicit_nulls": st.booleans(),
    "unknown_members": st.sampled_from(("store", "store", "drop", "refuse")),
    "refuses_filled_in": st.sampled_from((False, False, True)),
    "omits_last_modified": st.sampled_from((False, False, True)),
    "read_lag": st.sampled_from((0, 0, 0, 1, 2)),
    "accepts_prospecting_result": st.booleans(),
    "quota": st.sampled_from((60, 60, 5, 3)),
    "writes_per_second": st.sampled_from((None, None, 1.0)),
    "reads_per_second": st.sampled_from((None, None, 10.0)),
}

behaviors = st.builds(Behavior, **_SETTINGS)
engagement_behaviors = st.builds(
    Behavior,
    **_SETTINGS,
    list_lag=st.sampled_from((0, 0, 0, 1, 2)),
    empty_pages=st.sampled_from((0, 0, 1)),
)
