"""A local, in-memory simulation of the Partner Central Selling API. The simulation processes requests and returns responses.

This module does not use HTTP, so that tests can call the service in their own process. A request consists of the X-Amz-Target
header and the body.
"""

import copy
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cdk_partnercentral_local.service._aws_writes import AwsWrites
from cdk_partnercentral_local.service._behavior import Behavior
from cdk_partnercentral_local.service._context_types import added_by_aws
from cdk_partnercentral_local.service._engagements import AWS, Engagement, Engagements
from cdk_partnercentral_local.service._errors import ServiceError, throttled
from cdk_partnercentral_local.service._faults import Faults
from cdk_partnercentral_local.service._operations import OPERATIONS, Request, Tokens, operation_name, perform
from cdk_partnercentral_local.service._validation import CATALOGS, validated
from cdk_partnercentral_local.service._wire import NANOSECONDS, JsonObject, Reply, failure, parse_body, success


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that the service received, and its result.

    Attributes:
        operation (str): The name of the operation, or the X-Amz-Target header if the operation is unknown.
        input (dict): The parsed body; empty if the body could not be parsed.
        error (str | None): The code of the error response, or the class name of any other exception that a fault raised
            (`Dropped` if the connection was closed). None if the request succeeded.
        answer (bytes | None): The body of the success response. None if the service sent an error response, or if the service
            sent no response.
        wrote (bool): Whether the request changed anything. A replay of a client token changes nothing.
    """

    operation: str
    input: JsonObject
    error: str | None = None
    answer: bytes | None = None
    wrote: bool = False

    @property
    def output(self) -> JsonObject | None:
        """The parsed body of the success response, or None if no success response was sent."""
        return None if self.answer is None else parse_body(self.answer)


class PartnerCentral:
    """A local, in-memory simulation of the Partner Central Selling API.

    The operations behave as documented at https://docs.aws.amazon.com/partner-central/latest/APIReference/. The argument
    `behavior` determines all undocumented behavior. The service checks a request in this order: operation, body, planned fault,
    rate, validation, client token, engagement, quota or context, type, lock.

    Args:
        behavior (Behavior): The settings for undocumented behavior. You can set the attribute at any time.
        clock (Callable[[], int]): A function that returns the time in nanoseconds since 1970. The service uses the time for
            ModifiedAt, token lifetimes and rate limits. Successive calls can return the same time.
        sleep (Callable[[float], object]): A function that waits for a number of seconds, for `latency` and slow faults.
        account (str): The ID (12 digits) of the account that creates all engagements.
        region (str): The AWS Region in ARNs.
        partition (str): The AWS partition in ARNs.

    Attributes:
        calls (list[Call]): All requests, in the order in which they succeeded or failed. Tests can clear this list.
        faults (Faults): The planned faults.
        as_aws (AwsWrites): The methods that change engagements as AWS itself does.

    Example:
        >>> service = PartnerCentral(Behavior(token_mismatch="replay"))
        >>> engagement_id = service.create_engagement(title="Migration")
        >>> service.engagement(engagement_id)["Contexts"]
        []
    """

    def __init__(
        self,
        behavior: Behavior = Behavior(),  # noqa: B008 - frozen
        *,
        clock: Callable[[], int] = time.time_ns,
        sleep: Callable[[float], object] = time.sleep,
        account: str = "123456789012",
        region: str = "us-east-1",
        partition: str = "aws",
    ) -> None:
        self.behavior = behavior
        self.calls: list[Call] = []
        self.faults = Faults(sleep)
        self.as_aws = AwsWrites(self.write_as_aws, self.create_as_aws, clock)
        self._clock = clock
        self._sleep = sleep
        self._engagements = Engagements(account=account, region=region, partition=partition)
        self._tokens = Tokens()
        self._reads, self._writes = _Bucket(), _Bucket()
        self._lock = threading.Lock()

    def handle(self, target: str, body: bytes) -> Reply:
        """Process a request.

        Args:
            target (str): The X-Amz-Target header, for example `AWSPartnerCentralSelling.GetEngagement`.
            body (bytes): The HTTP body.

        Returns:
            The response, which can be an error response.

        Raises:
            Dropped: A fault closes the connection.
        """
        call = Call(operation=target, input={})
        try:
            call = replace(call, operation=operation_name(target))
            call = replace(call, input=parse_body(body))
        except ServiceError as error:
            self._record_failure(call, error.code)
            return failure(error)
        return self._process(call)

    def create_engagement(
        self,
        *,
        title: str = "Engagement",
        catalog: str = "Sandbox",
        description: str | None = None,
        created_by: str | None = None,
    ) -> str:
        """Create an engagement without contexts. The list `calls` does not change.

        Args:
            title (str): The engagement's title. String of at most 40 characters.
            catalog (str): The engagement's catalog: `AWS` or `Sandbox`.
            description (str | None): The engagement's description. String of at most 255 characters, or None for no
                description.
            created_by (str | None): The ID (12 digits) of the account that created the engagement, or None for the account of
                this service.

        Returns:
            The ID of the engagement.

        Raises:
            ValueError: The catalog does not exist.
        """
        _check_catalog(catalog)
        details = {"Title": title, **({} if description is None else {"Description": description})}
        with self._lock:
            return self._engagements.add(
                catalog=catalog, details=details, contexts=(), now=self._clock(), by=created_by
            ).id

    def create_as_aws(self, *, title: str, description: str, catalog: str, contexts: Sequence[JsonObject]) -> str:
        """Create an engagement as AWS itself does: without validation, and with `aws` as its creator.

        The engagement has two members, AWS and the account, and the account accepted the invitation.

        Args:
            title (str): The engagement's title.
            description (str): The engagement's description.
            catalog (str): The engagement's catalog: `AWS` or `Sandbox`.
            contexts (Sequence[dict]): The payloads of the contexts, each a tagged union.

        Returns:
            The ID of the engagement.

        Raises:
            ValueError: The catalog does not exist.
        """
        _check_catalog(catalog)
        details = {"Title": title, "Description": description}
        with self._lock:
            engagement = self._engagements.add(catalog=catalog, details=details, contexts=(), now=self._clock(), by=AWS)
        for payload in contexts:
            self.as_aws.add_context(engagement.id, payload)
        with self._lock:
            engagement.write(engagement.state.contexts, by=self._engagements.account, now=self._clock())
        return engagement.id

    def engagements(self) -> list[str]:
        """Return the IDs of the engagements in all catalogs, oldest first."""
        with self._lock:
            return [engagement.id for engagement in self._engagements.all()]

    def engagement(self, identifier: str) -> JsonObject:
        """Return a copy of an engagement's current state, in the format of a GetEngagement response.

        The result does not depend on `Behavior`. The method returns the current state even if `read_lag` is set, and never
        returns explicit nulls.

        Args:
            identifier (str): The engagement's ID or ARN.

        Raises:
            KeyError: The engagement does not exist.
        """
        with self._lock:
            engagement = self._existing(identifier)
            return copy.deepcopy(engagement.described(engagement.state))

    def write_as_aws(self, identifier: str, change: Callable[[list[JsonObject]], object]) -> None:
        """Change the contexts of an engagement as AWS itself does: without validation, but with a new ModifiedAt.

        Args:
            identifier (str): The engagement's ID or ARN.
            change (Callable[[list[dict]], object]): A function that gets the list of contexts and changes it in place. Each
                context has the form `{"Id": ..., "Type": ..., "Payload": ...}`.

        Raises:
            KeyError: The engagement does not exist.
        """
        with self._lock:
            engagement = self._existing(identifier)
            contexts = copy.deepcopy(list(engagement.state.contexts))
            change(contexts)
            for context in contexts:
                before = next((each for each in engagement.state.contexts if each["Id"] == context["Id"]), {})
                added = added_by_aws(before.get("Payload", {}), context.get("Payload", {}))
                engagement.filled_in[context["Id"]] |= added
            engagement.write(tuple(contexts), by=AWS, now=self._clock())

    def _existing(self, identifier: str) -> Engagement:
        engagement = self._engagements.get(identifier)
        if engagement is None:
            raise KeyError(identifier)
        return engagement

    def _process(self, call: Call) -> Reply:
        if self.behavior.latency:
            self._sleep(self.behavior.latency)
        fault = self.faults.take(call.operation)
        try:
            fault.on_arrival()
            self._check_rate(call.operation)
            valid = validated(call.operation, call.input, self.behavior)
            fault.before_commit()
            with self._lock:
                request = Request(input=valid, engagements=self._engagements, behavior=self.behavior, now=self._clock())
                done = perform(call.operation, request, self._tokens)
                call = replace(call, answer=done.body, wrote=done.wrote)
                self.calls.append(call)
            fault.after_commit()
        except ServiceError as error:
            self._record_failure(call, error.code)
            return failure(error)
        except BaseException as error:
            self._record_failure(call, type(error).__name__)
            raise
        return success(done.body)

    def _check_rate(self, operation: str) -> None:
        reads = OPERATIONS[operation].kind == "read"
        rate = self.behavior.reads_per_second if reads else self.behavior.writes_per_second
        if rate is None:
            return
        with self._lock:
            admitted = (self._reads if reads else self._writes).admits(self._clock(), rate)
        if not admitted:
            raise throttled()

    def _record_failure(self, call: Call, error: str) -> None:
        failed = replace(call, error=error, answer=None)
        with self._lock:
            # If the call was committed, the list already contains the call, and later calls can follow. So replace the call at
            # the same position.
            for place, other in enumerate(self.calls) if call.answer is not None else ():
                if other is call:
                    self.calls[place] = failed
                    return
            self.calls.append(failed)


def _check_catalog(catalog: str) -> None:
    if catalog not in CATALOGS:
        raise ValueError(f"catalog must be one of {', '.join(CATALOGS)}; got {catalog!r}")


class _Bucket:
    """A token bucket for a rate limit. The size of the bucket is the number of requests per second, but at least one."""

    def __init__(self) -> None:
        self._left: float | None = None
        self._at = 0

    def admits(self, now: int, rate: float) -> bool:
        """Take a token for one request out of the bucket, and return whether a token was available."""
        size = max(1.0, rate)
        left = size if self._left is None else min(size, self._left + max(0, now - self._at) * rate / NANOSECONDS)
        self._at = now
        self._left = left - 1 if left >= 1 else left
        return left >= 1
