"""Custom::Engagement: one engagement, however often its Create runs. Every call is asserted with its exact arguments."""

from collections.abc import Mapping
from typing import Any

import pytest

from lambda_handler import engagement
from lambda_handler.api import Engagement
from lambda_handler.engagement import DesiredEngagement, desired_engagement
from lambda_handler.errors import ApiError, Kind, ResourceError
from lambda_handler.identity import engagement_client_token
from lambda_handler.reasons import reason
from lambda_handler.resource import Request, Result
from tests.lambda_handler.scripted import (
    CONFLICT,
    ENGAGEMENT,
    LOCKS,
    LOGICAL_ID,
    OTHER_ENGAGEMENT,
    STACK,
    TOKEN_USED,
    Clock,
    Script,
    Step,
    arn,
    creates_engagement,
    error,
    ids,
    lists_engagements,
    reads,
)

TITLE, OTHER_TITLE = "Acme migration", "Acme backup"
DESCRIPTION, OTHER_DESCRIPTION = "Move the data center to AWS", "Keep the data center"
THIRD_ENGAGEMENT = "eng-00000000000003"
TOKEN = engagement_client_token(
    stack_id=STACK, logical_resource_id=LOGICAL_ID, catalog="Sandbox", title=TITLE, description=DESCRIPTION
)
NOT_FOUND = error(Kind.NOT_FOUND, "ResourceNotFoundException", operation="GetEngagement")
# A read is retried for some seconds while the engagement is not found.
READS = 4


def properties(**more: Any) -> dict[str, Any]:
    """Return the custom resource's properties. One that is None is absent."""
    made = {"ServiceToken": "arn", "Catalog": "Sandbox", "Title": TITLE, "Description": DESCRIPTION, **more}
    return {name: value for name, value in made.items() if value is not None}


def current(id_: str = ENGAGEMENT, title: str = TITLE, description: str = DESCRIPTION) -> Engagement:
    """Return an engagement as it is read."""
    return Engagement(id=id_, arn=arn(id_), modified_at=LOCKS[0], title=title, description=description)


def created(id_: str = ENGAGEMENT, arn_: str = "") -> Engagement:
    """Return the response to CreateEngagement."""
    return Engagement(id=id_, arn=arn_ or arn(id_), modified_at=LOCKS[0])


def reads_current(id_: str = ENGAGEMENT, **members: str) -> Step:
    """Expect a read that returns an engagement."""
    return reads(current(id_, **members), engagement_id=id_)


def writes(returns: Engagement | ApiError | None = None, **arguments: Any) -> Step:
    """Expect CreateEngagement with the usual arguments."""
    arguments = {"title": TITLE, "description": DESCRIPTION, "token": TOKEN, **arguments}
    return creates_engagement(returns or created(), **arguments)


def handle(*steps: Step, clock: Clock | None = None, physical_id: str | None = None, new: Mapping[str, Any]) -> Result:
    """Handle a Create, or an Update of a physical ID."""
    with Script(*steps) as api:
        request = Request(
            stack_id=STACK,
            logical_resource_id=LOGICAL_ID,
            physical_resource_id=physical_id or "",
            properties=new,
            api=api,
            stack=api,
            budget=(clock or Clock()).budget(),
        )
        try:
            return engagement.create(request) if physical_id is None else engagement.update(request)
        except (ApiError, ResourceError):
            assert api.left == []
            raise


def create(*steps: Step, clock: Clock | None = None, **more: Any) -> Result:
    """Handle a Create; `more` are properties."""
    return handle(*steps, clock=clock, new=properties(**more))


def update(*steps: Step, physical_id: str = f"Sandbox/{ENGAGEMENT}", clock: Clock | None = None, **more: Any) -> Result:
    """Handle an Update; `more` are properties."""
    return handle(*steps, clock=clock, physical_id=physical_id, new=properties(**more))


def reason_of(code: str, call: Any, *steps: Step, **arguments: Any) -> str:
    """Handle an event that ends in a ResourceError with this code. Return its Reason, after checking its privacy."""
    with pytest.raises(ResourceError) as failed:
        call(*steps, **arguments)
    assert failed.value.code == code
    text = reason(failed.value, catalog="Sandbox", arn=arn())
    assert not [value for value in (TITLE, OTHER_TITLE, DESCRIPTION, OTHER_DESCRIPTION) if value in text]
    return text


def assert_both_ways_to_proceed(text: str, *parts: str) -> None:
    """Check that a Reason begins with its cause and what to do."""
    for part in (*parts, "Engagement.from_engagement_id"):
        assert part in text[:310]


def is_engagement(result: Result, id_: str = ENGAGEMENT, catalog: str = "Sandbox") -> bool:
    """Return whether a result has the physical ID and all attributes of an engagement."""
    engagement_arn = arn(id_).replace("Sandbox", catalog)
    attributes = {"EngagementId": id_, "EngagementArn": engagement_arn}
    return result == Result(physical_resource_id=f"{catalog}/{id_}", attributes=attributes)


# Create


def test_a_new_engagement_takes_one_list_one_write_and_one_read() -> None:
    clock = Clock()
    assert is_engagement(create(lists_engagements({}), writes(), reads_current(), clock=clock))
    assert clock.pauses == []


def test_a_missing_description_is_not_sent() -> None:
    token = engagement_client_token(
        stack_id=STACK, logical_resource_id=LOGICAL_ID, catalog="Sandbox", title=TITLE, description=None
    )
    steps = lists_engagements({}), writes(description=None, token=token), reads_current(description="")
    assert is_engagement(create(*steps, Description=None))


def test_an_empty_description_is_sent() -> None:
    token = engagement_client_token(
        stack_id=STACK, logical_resource_id=LOGICAL_ID, catalog="Sandbox", title=TITLE, description=""
    )
    steps = lists_engagements({}), writes(description="", token=token), reads_current(description="")
    assert is_engagement(create(*steps, Description=""))


def test_an_equal_engagement_is_adopted_without_a_write() -> None:
    steps = lists_engagements({OTHER_ENGAGEMENT: OTHER_TITLE, ENGAGEMENT: TITLE}), reads_current()
    assert is_engagement(create(*steps))


@pytest.mark.parametrize("title", [f" {TITLE.upper()}\n", TITLE.lower()])
@pytest.mark.parametrize("description", [f"{DESCRIPTION.lower()} ", DESCRIPTION.upper()])
def test_an_engagement_that_the_service_stored_differently_is_adopted(title: str, description: str) -> None:
    steps = lists_engagements({ENGAGEMENT: title}), reads_current(title=title, description=description)
    assert is_engagement(create(*steps))


@pytest.mark.parametrize(("declared", "description"), [(None, ""), ("", ""), (" ", ""), (None, " ")])
def test_a_missing_description_is_equal_to_an_empty_one(declared: str | None, description: str) -> None:
    steps = lists_engagements({ENGAGEMENT: TITLE}), reads_current(description=description)
    assert is_engagement(create(*steps, Description=declared))


def test_an_engagement_with_the_same_title_and_another_description_is_not_adopted() -> None:
    titled = {OTHER_ENGAGEMENT: TITLE, THIRD_ENGAGEMENT: TITLE}
    steps = (
        lists_engagements(titled),
        reads_current(OTHER_ENGAGEMENT, description=OTHER_DESCRIPTION),
        reads_current(THIRD_ENGAGEMENT, description=""),
        writes(),
        reads_current(),
    )
    assert is_engagement(create(*steps))


def test_every_page_is_searched_even_after_a_match_or_an_empty_page() -> None:
    steps = (
        lists_engagements({}, next_token="second"),
        lists_engagements({ENGAGEMENT: TITLE}, after="second", next_token="third"),
        lists_engagements({OTHER_ENGAGEMENT: OTHER_TITLE}, after="third"),
        reads_current(),
    )
    assert is_engagement(create(*steps))


def test_an_engagement_on_two_pages_is_one_match() -> None:
    steps = (
        lists_engagements({ENGAGEMENT: TITLE}, next_token="second"),
        lists_engagements({ENGAGEMENT: TITLE}, after="second"),
        reads_current(),
    )
    assert is_engagement(create(*steps))


def test_two_equal_engagements_are_an_error_that_names_both() -> None:
    found = {ENGAGEMENT: TITLE, OTHER_ENGAGEMENT: TITLE, THIRD_ENGAGEMENT: TITLE}
    steps = (
        lists_engagements(found),
        reads_current(),
        reads_current(OTHER_ENGAGEMENT, description=OTHER_DESCRIPTION),
        reads_current(THIRD_ENGAGEMENT),
    )
    text = reason_of("AMBIGUOUS_ENGAGEMENT", create, *steps)
    assert ids(text, list(found)) == [ENGAGEMENT, THIRD_ENGAGEMENT]
    assert_both_ways_to_proceed(text, "adopt_existing=False")


@pytest.mark.parametrize("adopt", ["false", False])
def test_without_adoption_nothing_is_listed(adopt: object) -> None:
    assert is_engagement(create(writes(), reads_current(), AdoptExisting=adopt))


def test_another_catalog_is_searched_and_written() -> None:
    token = engagement_client_token(
        stack_id=STACK, logical_resource_id=LOGICAL_ID, catalog="AWS", title=TITLE, description=DESCRIPTION
    )
    in_aws = Engagement(
        id=ENGAGEMENT,
        arn=arn().replace("Sandbox", "AWS"),
        modified_at=LOCKS[0],
        title=TITLE,
        description=DESCRIPTION,
    )
    steps = (
        lists_engagements({}, catalog="AWS"),
        writes(in_aws, token=token, catalog="AWS"),
        reads(in_aws, catalog="AWS"),
    )
    assert is_engagement(create(*steps, Catalog="AWS"), catalog="AWS")


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.INTERNAL, Kind.CONNECTION, Kind.UNREADABLE, Kind.DENIED])
def test_every_call_is_retried_and_each_create_has_the_same_token(kind: Kind) -> None:
    clock, failure = Clock(), error(kind)
    steps = (
        lists_engagements({}, next_token="second"),
        lists_engagements(failure, after="second"),
        lists_engagements({}, after="second"),
        writes(failure),
        writes(failure),
        writes(),
        reads(failure),
        reads_current(),
    )
    assert is_engagement(create(*steps, clock=clock))
    assert len(clock.pauses) == 4


@pytest.mark.parametrize("kind", [Kind.INVALID, Kind.QUOTA, Kind.OTHER, Kind.CERTIFICATE])
def test_a_final_error_is_raised_without_a_retry(kind: Kind) -> None:
    clock, final = Clock(), error(kind)
    cases = [
        [lists_engagements(final)],
        [lists_engagements({ENGAGEMENT: TITLE}), reads(final)],
        [lists_engagements({}), writes(final)],
        [lists_engagements({}), writes(), reads(final)],
    ]
    for steps in cases:
        with pytest.raises(ApiError) as failed:
            create(*steps, clock=clock)
        assert failed.value is final
    assert clock.pauses == []


def test_a_read_that_lags_behind_the_create_is_repeated() -> None:
    clock = Clock()
    steps = lists_engagements({}), writes(), reads(NOT_FOUND), reads(NOT_FOUND), reads_current()
    assert is_engagement(create(*steps, clock=clock))
    assert len(clock.pauses) == 2


def test_a_new_engagement_that_no_read_finds_is_an_error_that_names_it() -> None:
    clock = Clock(share=0.9)
    steps = [lists_engagements({}), writes(), *[reads(NOT_FOUND)] * READS]
    text = reason_of("ENGAGEMENT_NOT_FOUND", create, *steps, clock=clock)
    assert text.startswith("[ENGAGEMENT_NOT_FOUND] ResourceNotFoundException from GetEngagement. ")
    assert ids(text, [ENGAGEMENT]) == [ENGAGEMENT]
    assert "It is safe to deploy again." in text[:300]


# Client tokens


def test_a_declared_client_token_replaces_the_derived_one() -> None:
    assert is_engagement(create(lists_engagements({}), writes(token="mine"), reads_current(), ClientToken="mine"))


@pytest.mark.parametrize("other", [{"title": OTHER_TITLE}, {"description": OTHER_DESCRIPTION}, {"description": ""}])
def test_a_declared_token_that_returns_another_engagement_is_an_error_that_names_it(other: dict[str, str]) -> None:
    steps = lists_engagements({}), writes(token="mine"), reads_current(**other)
    text = reason_of("CLIENT_TOKEN_USED", create, *steps, ClientToken="mine")
    assert ids(text, [ENGAGEMENT]) == [ENGAGEMENT]
    assert_both_ways_to_proceed(text, "CreateEngagement returned an older engagement", "client_token")


def test_an_engagement_of_another_catalog_is_an_error_that_names_it() -> None:
    elsewhere = created(arn_=arn().replace("Sandbox", "AWS"))
    text = reason_of(
        "CLIENT_TOKEN_USED", create, writes(elsewhere, token="mine"), ClientToken="mine", AdoptExisting="false"
    )
    assert ids(text, [ENGAGEMENT]) == [ENGAGEMENT]
    assert_both_ways_to_proceed(text, "CreateEngagement returned an older engagement", "client_token")


def test_an_arn_in_another_form_does_not_prevent_a_create() -> None:
    odd = Engagement(id=ENGAGEMENT, arn="arn:aws:partnercentral:::engagement", modified_at="")
    assert is_engagement(create(lists_engagements({}), writes(odd), reads_current()))


def test_a_derived_token_never_fails_because_of_how_the_service_stores_the_title() -> None:
    steps = lists_engagements({}), writes(), reads_current(title="Acme  migration", description="")
    assert is_engagement(create(*steps))


def test_each_retry_after_a_conflict_starts_with_a_search() -> None:
    clock = Clock()
    steps = (
        *(lists_engagements({}), writes(CONFLICT)),
        *(lists_engagements({OTHER_ENGAGEMENT: OTHER_TITLE}), writes(CONFLICT)),
        *(lists_engagements({}), writes(), reads_current()),
    )
    assert is_engagement(create(*steps, clock=clock))
    assert len(clock.pauses) == 2


def test_a_conflict_with_another_delivery_of_the_event_ends_in_adoption() -> None:
    steps = lists_engagements({}), writes(CONFLICT), lists_engagements({ENGAGEMENT: TITLE}), reads_current()
    assert is_engagement(create(*steps))


def test_without_adoption_a_conflict_is_retried_without_a_search() -> None:
    assert is_engagement(create(writes(CONFLICT), writes(), reads_current(), AdoptExisting="false"))


@pytest.mark.parametrize("adopt", ["true", "false"])
def test_a_conflict_that_lasts_a_minute_is_an_error_with_both_ways_to_proceed(adopt: str) -> None:
    clock = Clock(share=0.9)
    once = [lists_engagements({}), writes(CONFLICT)][adopt == "false" :]
    text = reason_of("CLIENT_TOKEN_USED", create, *once * 16, clock=clock, AdoptExisting=adopt)
    assert_both_ways_to_proceed(text, "ConflictException from Operation", "client_token")
    assert text.endswith("Response: It was refused.")
    assert 45 <= sum(clock.pauses) <= 60


def test_a_validation_error_that_names_the_token_is_an_error_with_both_ways_to_proceed() -> None:
    clock = Clock()
    text = reason_of("CLIENT_TOKEN_USED", create, lists_engagements({}), writes(TOKEN_USED), clock=clock)
    assert_both_ways_to_proceed(text, "ValidationException from Operation", "client_token")
    assert text.endswith("Response: It was refused; ClientToken: was used before (INVALID_VALUE).")
    assert clock.pauses == []


# A search that does not end


def test_a_list_that_does_not_end_within_five_minutes_is_an_error_that_names_the_matches() -> None:
    clock = Clock()
    pages = [
        lists_engagements(
            {f"eng-{page:014}": TITLE if page == 3 else OTHER_TITLE},
            after=f"page {page}" if page else None,
            next_token=f"page {page + 1}",
        )
        for page in range(30)
    ]
    with Script(*pages) as api:
        original = api.list_engagements

        def listed(**arguments: Any) -> Any:
            clock.remaining -= 10  # each call takes ten seconds
            return original(**arguments)

        api.list_engagements = listed  # type: ignore[method-assign]
        request = Request(
            stack_id=STACK,
            logical_resource_id=LOGICAL_ID,
            properties=properties(),
            api=api,
            stack=api,
            budget=clock.budget(),
        )
        with pytest.raises(ResourceError) as failed:
            engagement.create(request)
    assert failed.value.code == "ENGAGEMENTS_UNREADABLE"
    text = reason(failed.value, catalog="Sandbox", arn=arn())
    assert_both_ways_to_proceed(text, "within 5 minutes", "adopt_existing=False")
    assert ids(text, [f"eng-{page:014}" for page in range(30)]) == ["eng-00000000000003"]
    assert clock.remaining == 830 - 300


@pytest.mark.parametrize("found", [{}, {ENGAGEMENT: TITLE}])
def test_a_search_that_is_throttled_for_five_minutes_is_an_error(found: dict[str, str]) -> None:
    clock = Clock()
    throttled = error(Kind.THROTTLED, "ThrottlingException", operation="ListEngagements")
    first = lists_engagements(found, next_token="second")
    steps = [first, *[lists_engagements(throttled, after="second")] * 62]
    text = reason_of("ENGAGEMENTS_UNREADABLE", create, *steps, clock=clock)
    assert_both_ways_to_proceed(text, "ThrottlingException from ListEngagements", "adopt_existing=False")
    assert f"Engagements found with the declared title: {ENGAGEMENT if found else 'none'}." in text
    assert 290 <= sum(clock.pauses) <= 300


def test_a_match_that_no_read_finds_is_an_error_that_names_it() -> None:
    steps = [lists_engagements({ENGAGEMENT: TITLE}), *[reads(NOT_FOUND)] * READS]
    text = reason_of("ENGAGEMENTS_UNREADABLE", create, *steps, clock=Clock(share=0.9))
    assert_both_ways_to_proceed(text, "ResourceNotFoundException from GetEngagement", "adopt_existing=False")
    assert ids(text, [ENGAGEMENT]) == [ENGAGEMENT]


def test_each_match_gets_all_retries_of_a_read_that_lags() -> None:
    lagging = [reads(NOT_FOUND)] * (READS - 1)
    other = [reads(NOT_FOUND, engagement_id=OTHER_ENGAGEMENT)] * (READS - 1)
    steps = (
        lists_engagements({ENGAGEMENT: TITLE, OTHER_ENGAGEMENT: TITLE}),
        *lagging,
        reads_current(),
        *other,
        reads_current(OTHER_ENGAGEMENT, description=OTHER_DESCRIPTION),
    )
    assert is_engagement(create(*steps))


# Update


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"Title": TITLE.upper()},
        {"Description": f" {DESCRIPTION}"},
        {"ClientToken": "new"},
        {"AdoptExisting": "false"},
        {"ServiceTimeout": "60"},
    ],
    ids=str,
)
def test_an_update_to_what_partner_central_has_is_one_read(more: dict[str, Any]) -> None:
    assert is_engagement(update(reads_current(), **more))


@pytest.mark.parametrize(("declared", "description"), [(None, ""), ("", "")])
def test_an_update_from_an_empty_to_a_missing_description_is_one_read(declared: str | None, description: str) -> None:
    assert is_engagement(update(reads_current(description=description), Description=declared))


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"Title": OTHER_TITLE}, "Title"),
        ({"Description": OTHER_DESCRIPTION}, "Description"),
        ({"Description": None}, "Description"),
        ({"Description": ""}, "Description"),
        ({"Title": OTHER_TITLE, "Description": OTHER_DESCRIPTION}, "Title, Description"),
        ({"Title": OTHER_TITLE, "ClientToken": "new", "AdoptExisting": "false"}, "Title"),
    ],
    ids=str,
)
def test_a_changed_title_or_description_is_an_error_that_names_the_ways_out(more: dict[str, Any], named: str) -> None:
    text = reason_of("CANNOT_UPDATE", update, reads_current(), **more)
    assert f"differs from {ENGAGEMENT} in {named}." in text
    assert "Restore the declaration, " in text[:300]
    assert "change the construct ID" in text[:300]


def test_an_engagement_that_is_gone_is_an_error_and_creates_nothing() -> None:
    text = reason_of("ENGAGEMENT_GONE", update, *[reads(NOT_FOUND)] * READS, clock=Clock(share=0.9))
    assert text.startswith("[ENGAGEMENT_GONE] ResourceNotFoundException from GetEngagement. ")
    assert f"Sandbox/{ENGAGEMENT}" in text
    assert "change the construct ID" in text[:350]


def test_an_update_after_a_read_that_lags_succeeds() -> None:
    assert is_engagement(update(reads(NOT_FOUND), reads_current()))


def test_another_failure_of_the_read_is_raised() -> None:
    final = error(Kind.INVALID)
    with pytest.raises(ApiError) as failed:
        update(reads(final))
    assert failed.value is final


@pytest.mark.parametrize("physical_id", [f"not-created/{LOGICAL_ID}", "", f"Sandbox/{ENGAGEMENT}/1", ENGAGEMENT])
def test_an_update_of_a_failed_create_is_a_create(physical_id: str) -> None:
    assert is_engagement(update(lists_engagements({}), writes(), reads_current(), physical_id=physical_id))


def test_an_update_to_another_catalog_creates_a_replacement() -> None:
    steps = lists_engagements({}), writes(created(OTHER_ENGAGEMENT)), reads_current(OTHER_ENGAGEMENT)
    assert is_engagement(update(*steps, physical_id=f"AWS/{ENGAGEMENT}"), OTHER_ENGAGEMENT)


def test_the_rollback_of_a_replacement_adopts_the_earlier_engagement() -> None:
    steps = lists_engagements({ENGAGEMENT: TITLE}), reads_current()
    assert is_engagement(update(*steps, physical_id=f"AWS/{OTHER_ENGAGEMENT}"))


# Properties


def test_the_required_properties_are_enough() -> None:
    read = desired_engagement({"ServiceToken": "arn", "Catalog": "AWS", "Title": TITLE})
    assert read == DesiredEngagement(
        catalog="AWS", title=TITLE, description=None, client_token=None, adopt_existing=True
    )


def test_every_property_is_read() -> None:
    read = desired_engagement(properties(ServiceTimeout="3000", ClientToken="mine", AdoptExisting="false"))
    assert read == DesiredEngagement(
        catalog="Sandbox", title=TITLE, description=DESCRIPTION, client_token="mine", adopt_existing=False
    )


def test_a_text_is_read_unchanged() -> None:
    read = desired_engagement(properties(Title=" Über\n" + "x" * 300, Description="\u0000" + "y" * 3000))
    assert (read.title, read.description) == (" Über\n" + "x" * 300, "\u0000" + "y" * 3000)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        *(({"Title": value}, "Title") for value in ("", " \n", 5, [TITLE], {"Ref": "Title"})),
        *(({"Description": value}, "Description") for value in (5, [DESCRIPTION], {"Ref": "Description"})),
        *(({"Catalog": value}, "Catalog") for value in ("", "San dbox", "AWS1", 5, "x" * 41)),
        *(({"ClientToken": value}, "ClientToken") for value in ("", "x" * 256, 5, "a\nb")),
        *(({"AdoptExisting": value}, "AdoptExisting") for value in ("", "yes", 1)),
    ],
)
def test_a_malformed_property_is_an_error_that_names_it(more: dict[str, Any], named: str) -> None:
    assert named in reason_of("INVALID_PROPERTIES", create, **more)


@pytest.mark.parametrize("name", ["Catalog", "Title"])
def test_a_missing_property_is_an_error_that_names_it(name: str) -> None:
    text = reason_of("VERSION_MISMATCH", create, **{name: None})
    assert f"Custom::Engagement do not fit this version of cdk-partnercentral (missing: {name})" in text


def test_an_unknown_property_is_an_error_that_names_it() -> None:
    assert "unknown: 'Payload'" in reason_of("VERSION_MISMATCH", create, Payload={})


def test_properties_that_are_no_map_are_an_error() -> None:
    with pytest.raises(ResourceError, match="ResourceProperties must be a map"):
        desired_engagement(None)
