"""The function from its zip: engagements are created once, adopted, checked and left alone, and never created twice."""

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cdk_partnercentral_local import Fault, Problem
from tests.lambda_handler.process.conftest import reset
from tests.lambda_handler.process.events import (
    DESCRIPTION,
    LOGICAL_ID,
    OTHER_STACK,
    engagement_properties,
    event,
    properties,
)
from tests.lambda_handler.process.harness import DIED, Cloud, Function, failed
from tests.lambda_handler.process.strict import strict

LIST, CREATE, READ = "ListEngagements", "CreateEngagement", "GetEngagement"
TYPE = "Custom::Engagement"
OTHER_DESCRIPTION = "The zeppelin hangar keeps its archive."
# About two of these seconds are for work, the others for the response.
LITTLE = 8
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def own_cloud(start: Callable[..., Cloud]) -> Iterator[Cloud]:
    """A cloud for this module, whose process the tests may end."""
    with start() as cloud:
        yield cloud


@pytest.fixture
def cloud(own_cloud: Cloud) -> Cloud:
    """That cloud, without planned faults or recorded calls."""
    return reset(own_cloud)


@pytest.fixture(scope="module")
def other_process(own_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Function]:
    """A second process of the same function."""
    with own_cloud.another(folder=tmp_path_factory.mktemp("other")) as function:
        function.start()
        yield function


@pytest.fixture
def title() -> str:
    """A title that no other test uses."""
    return f"Hangar {next(_numbers)}"


def send(cloud: Cloud, request_type: str, new: Any, **more: Any) -> dict[str, Any]:
    """Send an event of an engagement. Return its response."""
    return cloud.send(request_type, new, ResourceType=TYPE, **more)


def update(cloud: Cloud, old: Any, new: Any, physical_id: str, **more: Any) -> dict[str, Any]:
    """Send an Update of an engagement. Return its response."""
    return send(cloud, "Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id, **more)


def succeeded(cloud: Cloud, response: dict[str, Any], catalog: str = "Sandbox") -> str:
    """Check a success: its physical id, and all attributes. Return the ID of the engagement."""
    assert response["Status"] == "SUCCESS", response["Reason"]
    engagement = response["Data"]["EngagementId"]
    assert response["PhysicalResourceId"] == f"{catalog}/{engagement}"
    assert response["Data"] == {
        "EngagementId": engagement,
        "EngagementArn": cloud.service.engagement(engagement)["Arn"],
    }
    assert f"/{catalog}/" in response["Data"]["EngagementArn"]
    return str(engagement)


def titled(cloud: Cloud, title: str) -> list[str]:
    """Return the IDs of all engagements with this title, oldest first."""
    return [each for each in cloud.service.engagements() if cloud.service.engagement(each)["Title"] == title]


# Create


def test_a_create_is_one_list_one_write_and_one_read(cloud: Cloud, title: str) -> None:
    response = send(cloud, "Create", engagement_properties(title))
    engagement = succeeded(cloud, response)
    assert cloud.operations == [LIST, CREATE, READ]
    current = cloud.service.engagement(engagement)
    assert (current["Title"], current["Description"], current["Contexts"]) == (title, DESCRIPTION, [])
    assert cloud.service.calls[0].input == {
        "Catalog": "Sandbox",
        "CreatedBy": ["123456789012"],
        "Sort": {"SortBy": "CreatedDate", "SortOrder": "DESCENDING"},
        "MaxResults": 100,
    }
    sent = dict(cloud.service.calls[1].input)
    assert len(sent.pop("ClientToken")) == 64
    assert sent == {"Catalog": "Sandbox", "Title": title, "Description": DESCRIPTION}
    assert title not in cloud.function.output


def test_a_repeated_create_adopts_the_engagement(cloud: Cloud, title: str) -> None:
    first = send(cloud, "Create", engagement_properties(title), RequestId="the same")
    cloud.service.calls.clear()
    again = send(cloud, "Create", engagement_properties(title), RequestId="the same")
    assert again == first
    assert cloud.operations == [LIST, READ]
    assert len(titled(cloud, title)) == 1


def test_a_repeated_create_without_adoption_sends_the_same_token(cloud: Cloud, title: str) -> None:
    new = engagement_properties(title, AdoptExisting="false")
    first, again = (succeeded(cloud, send(cloud, "Create", new)) for _ in range(2))
    assert (again, titled(cloud, title)) == (first, [first])
    assert cloud.operations == [CREATE, READ] * 2
    assert cloud.service.calls[0].input == cloud.service.calls[2].input


@pytest.mark.parametrize("lag", [1, 3])
def test_a_repeated_create_while_lists_and_reads_lag_makes_one_engagement(cloud: Cloud, title: str, lag: int) -> None:
    cloud.service.behavior = strict(list_lag=lag, read_lag=lag)
    first, again = (succeeded(cloud, send(cloud, "Create", engagement_properties(title))) for _ in range(2))
    assert (again, titled(cloud, title)) == (first, [first])
    assert cloud.operations == [LIST, CREATE, *[READ] * (lag + 1), LIST, CREATE, READ]


def test_a_context_of_a_new_engagement_finds_it_although_reads_lag(cloud: Cloud, title: str) -> None:
    cloud.service.behavior = strict(read_lag=1)
    engagement = succeeded(cloud, send(cloud, "Create", engagement_properties(title)))
    response = cloud.send("Create", properties(engagement))
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/1")


@pytest.mark.parametrize("adopt", ["true", "false"])
@pytest.mark.parametrize("plan", ["drop_after", "error_after_commit"])
def test_a_create_whose_response_was_lost_makes_one_engagement(cloud: Cloud, title: str, plan: str, adopt: str) -> None:
    getattr(cloud.service.faults, plan)(CREATE)
    engagement = succeeded(cloud, send(cloud, "Create", engagement_properties(title, AdoptExisting=adopt)))
    assert titled(cloud, title) == [engagement]
    first, second = (call for call in cloud.service.calls if call.operation == CREATE)
    assert first.input == second.input
    assert [first.wrote, second.wrote] == [True, False]


KILLS: dict[str, Callable[[Callable[[], None]], Fault]] = {
    "before the list": lambda kill: Fault(operation=LIST, on_arrival=kill),
    "after the list": lambda kill: Fault(operation=LIST, after_commit=kill),
    "before the write": lambda kill: Fault(operation=CREATE, before_commit=kill),
    "after the write": lambda kill: Fault(operation=CREATE, after_commit=kill),
    "after the read": lambda kill: Fault(operation=READ, after_commit=kill),
}


@pytest.mark.parametrize(
    ("point", "adopt"),
    [*((point, "true") for point in KILLS), *((point, "false") for point in KILLS if "list" not in point)],
)
def test_a_create_that_died_and_is_repeated_makes_one_engagement(
    cloud: Cloud, title: str, point: str, adopt: str
) -> None:
    sent = event("Create", cloud.responses.url(), engagement_properties(title, AdoptExisting=adopt), ResourceType=TYPE)
    cloud.service.faults.add(KILLS[point](cloud.function.kill_during_event))
    assert cloud.function.invoke(sent).error == DIED
    assert len(cloud.service.faults) == 0
    assert cloud.function.invoke(sent).error is None
    engagement = succeeded(cloud, cloud.response_to(sent))
    assert titled(cloud, title) == [engagement]


def test_a_process_that_dies_before_its_response_arrives_makes_one_engagement(cloud: Cloud, title: str) -> None:
    url = cloud.responses.url(cloud.function.kill_during_event, 200)
    sent = event("Create", url, engagement_properties(title), ResourceType=TYPE)
    assert cloud.function.invoke(sent).error == DIED
    assert cloud.function.invoke(sent).error is None
    engagement = succeeded(cloud, cloud.response_to(sent, puts=2))
    assert titled(cloud, title) == [engagement]


@pytest.mark.parametrize("adopt", ["true", "false"])
def test_an_event_that_two_processes_handle_at_once_makes_one_engagement(
    cloud: Cloud, other_process: Function, title: str, adopt: str
) -> None:
    sent = event("Create", cloud.responses.url(), engagement_properties(title, AdoptExisting=adopt), ResourceType=TYPE)
    cloud.function.start()
    # Both have searched before either writes.
    both = threading.Barrier(2)
    cloud.service.faults.add(Fault(operation=CREATE, times=2, before_commit=lambda: both.wait(30)))
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda function: function.invoke(sent), (cloud.function, other_process)))
    assert [outcome.error for outcome in outcomes] == [None, None]
    engagement = succeeded(cloud, cloud.response_to(sent, puts=2))
    assert titled(cloud, title) == [engagement]


@pytest.mark.parametrize("plan", ["throttle", "internal_error", "drop_before", "access_denied"])
def test_an_error_that_passes_is_retried(cloud: Cloud, title: str, plan: str) -> None:
    for operation in (LIST, CREATE, READ):
        getattr(cloud.service.faults, plan)(operation)
    engagement = succeeded(cloud, send(cloud, "Create", engagement_properties(title)))
    assert cloud.operations == [LIST] * 2 + [CREATE] * 2 + [READ] * 2
    assert titled(cloud, title) == [engagement]


def test_a_create_that_is_always_throttled_fails_in_time_and_succeeds_later(cloud: Cloud, title: str) -> None:
    cloud.service.faults.throttle(CREATE, times=1000)
    text = failed(send(cloud, "Create", engagement_properties(title), seconds=LITTLE), "THROTTLED")
    assert "ThrottlingException from CreateEngagement" in text
    assert titled(cloud, title) == []
    cloud.service.faults.clear()
    engagement = succeeded(cloud, send(cloud, "Create", engagement_properties(title)))
    assert titled(cloud, title) == [engagement]


# The search


def test_a_stack_that_was_deleted_and_created_again_adopts_its_engagement(cloud: Cloud, title: str) -> None:
    first = send(cloud, "Create", engagement_properties(title))
    send(cloud, "Delete", engagement_properties(title), PhysicalResourceId=first["PhysicalResourceId"])
    cloud.service.calls.clear()
    again = send(cloud, "Create", engagement_properties(title), stack=OTHER_STACK, LogicalResourceId="Renamed")
    assert again["Data"] == first["Data"]
    assert again["PhysicalResourceId"] == first["PhysicalResourceId"]
    assert cloud.operations == [LIST, READ]


def test_a_stack_without_adoption_creates_another_equal_engagement(cloud: Cloud, title: str) -> None:
    first = succeeded(cloud, send(cloud, "Create", engagement_properties(title)))
    new = engagement_properties(title, AdoptExisting="false")
    second = succeeded(cloud, send(cloud, "Create", new, stack=OTHER_STACK))
    assert titled(cloud, title) == [first, second]
    assert first != second


@pytest.mark.parametrize("normalizes", ["never", "create", "always"])
def test_an_engagement_that_the_service_normalized_is_adopted(cloud: Cloud, title: str, normalizes: Any) -> None:
    cloud.service.behavior = strict(normalizes=normalizes)
    new = engagement_properties(f" {title} ", f"{DESCRIPTION}\n")
    first = succeeded(cloud, send(cloud, "Create", new))
    assert cloud.service.engagement(first)["Title"] == (f" {title} " if normalizes == "never" else title)
    cloud.service.calls.clear()
    assert succeeded(cloud, send(cloud, "Create", new, stack=OTHER_STACK)) == first
    physical_id = f"Sandbox/{first}"
    assert succeeded(cloud, update(cloud, new, {**new, "ServiceTimeout": "60"}, physical_id)) == first
    assert cloud.operations == [LIST, READ, READ]


@pytest.mark.parametrize("first", [None, ""])
@pytest.mark.parametrize("second", [None, ""])
def test_an_absent_and_an_empty_description_are_equal(
    cloud: Cloud, title: str, first: str | None, second: str | None
) -> None:
    engagement = succeeded(cloud, send(cloud, "Create", engagement_properties(title, first)))
    sent = cloud.service.calls[1].input
    assert sent.get("Description") == first
    adopted = send(cloud, "Create", engagement_properties(title, second), stack=OTHER_STACK)
    assert succeeded(cloud, adopted) == engagement
    old, new = engagement_properties(title, first), engagement_properties(title, second)
    assert succeeded(cloud, update(cloud, old, new, f"Sandbox/{engagement}")) == engagement


def test_an_engagement_with_another_description_is_not_adopted(cloud: Cloud, title: str) -> None:
    others = [
        cloud.service.create_engagement(title=title),
        cloud.service.create_engagement(title=title, description=OTHER_DESCRIPTION),
    ]
    engagement = succeeded(cloud, send(cloud, "Create", engagement_properties(title)))
    assert titled(cloud, title) == [*others, engagement]
    # The newest first.
    read = [call.input["Identifier"] for call in cloud.service.calls if call.operation == READ]
    assert read == [*reversed(others), engagement]


def test_an_engagement_of_others_or_of_another_catalog_is_not_adopted(cloud: Cloud, title: str) -> None:
    for more in ({"created_by": "210987654321"}, {"created_by": "aws"}, {"catalog": "AWS"}):
        cloud.service.create_engagement(title=title, description=DESCRIPTION, **more)
    engagement = succeeded(cloud, send(cloud, "Create", engagement_properties(title)))
    assert cloud.operations == [LIST, CREATE, READ]
    assert titled(cloud, title)[-1] == engagement


def test_an_engagement_on_a_later_page_is_adopted(fresh: Callable[..., Cloud], title: str) -> None:
    cloud = fresh()
    engagement = cloud.service.create_engagement(title=title, description=DESCRIPTION)
    for _ in range(205):
        cloud.service.create_engagement(title="Another hangar")
    cloud.service.behavior = strict(empty_pages=2)
    assert succeeded(cloud, send(cloud, "Create", engagement_properties(title))) == engagement
    assert cloud.operations == [*[LIST] * 5, READ]


def test_two_equal_engagements_are_an_error_that_names_both(cloud: Cloud, title: str) -> None:
    one, two = (cloud.service.create_engagement(title=title, description=DESCRIPTION) for _ in range(2))
    text = failed(send(cloud, "Create", engagement_properties(title)), "AMBIGUOUS_ENGAGEMENT")
    for part in ("Engagement.from_engagement_id", "adopt_existing=False", one, two):
        assert part in text
    assert title not in text
    assert titled(cloud, title) == [one, two]


def test_a_list_that_never_ends_fails_in_time_and_creates_nothing(cloud: Cloud, title: str) -> None:
    cloud.service.behavior = strict(empty_pages=10**9)
    text = failed(send(cloud, "Create", engagement_properties(title), seconds=LITTLE), "ENGAGEMENTS_UNREADABLE")
    for part in (
        "Engagement.from_engagement_id",
        "adopt_existing=False",
        "Engagements found with the declared title: none.",
    ):
        assert part in text
    assert set(cloud.operations) == {LIST}
    new = engagement_properties(title, AdoptExisting="false")
    assert [succeeded(cloud, send(cloud, "Create", new))] == titled(cloud, title)


def test_a_list_that_is_always_throttled_fails_in_time_and_creates_nothing(cloud: Cloud, title: str) -> None:
    cloud.service.faults.throttle(LIST, times=1000)
    text = failed(send(cloud, "Create", engagement_properties(title), seconds=LITTLE), "ENGAGEMENTS_UNREADABLE")
    assert "ThrottlingException from ListEngagements" in text
    assert "adopt_existing=False" in text
    assert titled(cloud, title) == []


def test_a_missing_permission_to_list_names_action_and_arn(cloud: Cloud, title: str) -> None:
    cloud.service.faults.access_denied(LIST, times=1000)
    text = failed(send(cloud, "Create", engagement_properties(title), seconds=LITTLE), "ACCESS_DENIED")
    assert "partnercentral:ListEngagements on arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/*" in text


# Client tokens


@pytest.mark.parametrize("mismatch", ["conflict", "validation", "replay"])
def test_a_declared_token_that_was_used_for_another_engagement_creates_nothing(
    cloud: Cloud, title: str, mismatch: Any
) -> None:
    cloud.service.behavior = strict(token_mismatch=mismatch)
    first = succeeded(cloud, send(cloud, "Create", engagement_properties(title, ClientToken=f"token of {title}")))
    other = engagement_properties(f"{title} other", ClientToken=f"token of {title}")
    text = failed(send(cloud, "Create", other, seconds=LITTLE), "CLIENT_TOKEN_USED")
    assert "client_token" in text
    assert "Engagement.from_engagement_id" in text
    assert (first in text) == (mismatch == "replay")
    assert titled(cloud, f"{title} other") == []
    # The way out.
    new = send(cloud, "Create", {**other, "ClientToken": f"new token of {title}"})
    assert [succeeded(cloud, new)] == titled(cloud, f"{title} other")


@pytest.mark.parametrize("mismatch", ["conflict", "validation", "replay"])
def test_a_declared_token_that_was_used_in_another_catalog_creates_nothing(
    cloud: Cloud, title: str, mismatch: Any
) -> None:
    cloud.service.behavior = strict(token_mismatch=mismatch)
    new = engagement_properties(title, ClientToken=f"token of {title}")
    first = succeeded(cloud, send(cloud, "Create", {**new, "Catalog": "AWS"}), "AWS")
    failed(send(cloud, "Create", new, seconds=LITTLE), "CLIENT_TOKEN_USED")
    assert titled(cloud, title) == [first]


def test_a_conflict_starts_again_with_the_search(cloud: Cloud, title: str) -> None:
    cloud.service.faults.conflict(CREATE)
    succeeded(cloud, send(cloud, "Create", engagement_properties(title)))
    assert cloud.operations == [LIST, CREATE, LIST, CREATE, READ]


# Update and Delete


@pytest.mark.parametrize(
    ("more", "named"),
    [({"Title": "Renamed hangar"}, "Title"), ({"Description": OTHER_DESCRIPTION}, "Description")],
    ids=["title", "description"],
)
def test_a_changed_title_or_description_fails_and_its_rollback_succeeds(
    cloud: Cloud, title: str, more: dict[str, str], named: str
) -> None:
    old = engagement_properties(title)
    new = {**old, **more}
    engagement = succeeded(cloud, send(cloud, "Create", old))
    physical_id = f"Sandbox/{engagement}"
    cloud.service.calls.clear()
    text = failed(update(cloud, old, new, physical_id), "CANNOT_UPDATE", physical_id)
    assert f"differs from {engagement} in {named}." in text
    assert "change the construct ID" in text
    # CloudFormation sends the old and the new properties in reverse.
    assert succeeded(cloud, update(cloud, new, old, physical_id)) == engagement
    # The next deployment still declares what failed.
    failed(update(cloud, old, new, physical_id), "CANNOT_UPDATE", physical_id)
    failed(update(cloud, new, new, physical_id), "CANNOT_UPDATE", physical_id)
    assert cloud.operations == [READ] * 4
    assert [call for call in cloud.service.calls if call.wrote] == []


@pytest.mark.parametrize(
    "more", [{"ClientToken": "another"}, {"AdoptExisting": "false"}, {"ServiceTimeout": "60"}], ids=str
)
def test_another_change_is_one_read(cloud: Cloud, title: str, more: dict[str, str]) -> None:
    old = engagement_properties(title)
    engagement = succeeded(cloud, send(cloud, "Create", old))
    cloud.service.calls.clear()
    assert succeeded(cloud, update(cloud, old, {**old, **more}, f"Sandbox/{engagement}")) == engagement
    assert cloud.operations == [READ]


def test_another_catalog_is_a_replacement_and_its_rollback_adopts(cloud: Cloud, title: str) -> None:
    old, new = engagement_properties(title), engagement_properties(title, Catalog="AWS")
    first = succeeded(cloud, send(cloud, "Create", old))
    second = succeeded(cloud, update(cloud, old, new, f"Sandbox/{first}"), "AWS")
    assert first != second
    third = succeeded(cloud, update(cloud, new, old, f"AWS/{second}"))
    assert third == first
    assert titled(cloud, title) == [first, second]


def test_an_update_of_a_failed_create_is_a_create(cloud: Cloud, title: str) -> None:
    new = engagement_properties(title)
    engagement = succeeded(cloud, update(cloud, new, new, f"not-created/{LOGICAL_ID}"))
    assert titled(cloud, title) == [engagement]


def test_an_engagement_that_is_gone_is_not_created_again(cloud: Cloud, title: str) -> None:
    new, physical_id = engagement_properties(title), "Sandbox/eng-00000000000000"
    text = failed(update(cloud, new, new, physical_id, seconds=LITTLE), "ENGAGEMENT_GONE", physical_id)
    assert physical_id in text
    assert set(cloud.operations) == {READ}
    assert titled(cloud, title) == []


def test_a_delete_keeps_the_engagement_and_calls_nothing(cloud: Cloud, title: str) -> None:
    new = engagement_properties(title)
    created = send(cloud, "Create", new)
    cloud.service.calls.clear()
    response = send(cloud, "Delete", new, PhysicalResourceId=created["PhysicalResourceId"])
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", created["PhysicalResourceId"])
    assert cloud.operations == []
    assert titled(cloud, title) == [created["Data"]["EngagementId"]]


# Errors of the service


def test_a_description_that_the_service_quotes_is_masked(cloud: Cloud, title: str) -> None:
    # The harness searches the response and the log for the description.
    long = f"{DESCRIPTION} " * 8
    text = failed(send(cloud, "Create", engagement_properties(title, long)), "VALIDATION_ERROR")
    assert "ValidationException from CreateEngagement" in text
    assert "Description: '*** ' is not a full match" in text
    assert "zeppelin" not in text


def test_a_title_that_is_too_long_is_named(cloud: Cloud, title: str) -> None:
    text = failed(send(cloud, "Create", engagement_properties(f"{title} ".ljust(41, "x"))), "VALIDATION_ERROR")
    assert "Title: " in text
    assert "(INVALID_STRING_FORMAT)" in text


def test_a_validation_error_with_the_description_in_its_message_is_masked(cloud: Cloud, title: str) -> None:
    problem = Problem(field="Description", code="INVALID_VALUE", message=f"{DESCRIPTION.upper()} has no verb")
    cloud.service.faults.validation(CREATE, [problem])
    text = failed(send(cloud, "Create", engagement_properties(title)), "VALIDATION_ERROR")
    assert "Description: *** has no verb (INVALID_VALUE)" in text
    assert titled(cloud, title) == []


def test_a_response_without_the_optional_members_is_a_success(cloud: Cloud, title: str) -> None:
    cloud.service.behavior = strict(omits_last_modified=True)
    engagement = succeeded(cloud, send(cloud, "Create", engagement_properties(title)))
    assert titled(cloud, title) == [engagement]
