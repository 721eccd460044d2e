"""`routes/*.yaml` as models: what moves from where to where, when, and who owns it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, ByteSize, Discriminator, Field, Tag, model_validator

from hub.bank.awaits import Awaits
from hub.clock.words import Schedule
from hub.config.arrival import Arrival
from hub.config.drift import Drift
from hub.config.packing import Pack, Unpack
from hub.config.secrets import SecretRef
from hub.config.strict import Settings
from hub.config.values import Disposal, Duration, Name, OneOrMany, Pattern, Pence, TimeOfDay
from hub.errors import UsageError


class Source(Settings):
    """Where a route's files come from.

    pattern: which names, as a shell would match them (`*.csv`)
    done:    a marker that says a file is complete: `*.ok` waits for NAME.csv.ok or NAME.ok
    then:    what becomes of the file once its transfer is tidied: `keep`, `remove` or `archive:FOLDER`
    refused: the folder for refused files, each with a report beside it of what refuses it; none = as `then`
    asks:    of an API: which of the feeds' questions is asked there; what it answers is the files
    unpack:  `zip`, or {type: zip, passphrase: …}: a file is a bundle, and each of its members a transfer of
             its own; {type: pgp, …}: it is an OpenPGP message
    """

    endpoint: str
    folder: str = ""
    pattern: Pattern = "*"
    done: Pattern | None = None
    then: Disposal = "keep"
    refused: str | None = Field(default=None, min_length=1)
    asks: str | None = None
    unpack: Unpack | None = None

    @property
    def place(self) -> str:
        """In words: `ENDPOINT:FOLDER`, or what is asked there."""
        return f"{self.endpoint}:{self.folder}" if self.asks is None else f"{self.endpoint} asks {self.asks}"

    @property
    def archive(self) -> str | None:
        """The folder that files are moved to; None when they stay or are removed."""
        kind, _, folder = self.then.partition(":")
        return folder if kind == "archive" else None


NOW, DUE = "now", "due"
"""When an item may be gathered, whatever the feed: as soon as it waits; once its date has come."""


class Waiting(Settings):
    """A route that starts inside the hub: items that wait are frozen as a batch.

    items: under what name they wait
    when:  a condition of the feed; `now` (default) or `due`: once their date has come
    each:  one batch an item, instead of one for all
    most:  at most so many in one batch
    """

    items: str = Field(min_length=1)
    when: str = NOW
    each: bool = False
    most: int = Field(default=50_000, ge=1)


class Otherwise(Settings):
    """Who takes a file to the partner by hand, once the endpoint that should have it was away for a while.

    endpoint: of type `person`
    after:    for how long it must have failed (`4h`)
    output:   what they are handed, where that is another output of the feed
    profile, name, pack, options: as of a target
    """

    endpoint: str
    after: Duration
    output: str | None = None
    profile: str | None = None
    name: str | None = None
    pack: Pack | None = None
    options: dict[str, Any] = Field(default_factory=dict)


class Target(Settings):
    """One output of a route's feeds, taken to one endpoint.

    pack:    how the file is packed before it leaves
    profile: the rent system's own way of writing postings, for outputs that need one
    name:    the file name to use instead of the one that the output proposes
    after:   another output of the route, all files of which must have left before this one does
    otherwise: who takes it by hand while the endpoint is away
    """

    output: str
    endpoint: str
    folder: str = ""
    profile: str | None = None
    name: str | None = None
    after: str | None = None
    pack: Pack | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    otherwise: Otherwise | None = None

    @property
    def by_hand(self) -> Target | None:
        """What takes its place while its endpoint is away."""
        if self.otherwise is None:
            return None
        told = self.otherwise
        return Target(
            output=told.output or self.output,
            endpoint=told.endpoint,
            profile=told.profile,
            name=told.name,
            after=self.after,
            pack=told.pack,
            options=told.options,
        )


class Hold(Settings):
    """When a transfer waits for a person. `above_value` is written in pounds and held in pence; `drift`: when
    it is off what is usual on the route."""

    above_value: Pence | None = None
    above_count: int | None = Field(default=None, ge=0)
    first_file: bool = False
    drift: Drift | None = None


class Expectation(Settings):
    """By when the answers to a transfer must have come. Counted in working days from its business date, or
    from the day that it left on when that is later.

    by:     a time of day, council time: 08:00
    days:   so many working days after it (0: that day, or the next working day)
    within: instead of both: so long after it was sent
    """

    by: TimeOfDay | None = None
    days: int = Field(default=0, ge=0, le=60)
    within: Duration | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.by is None) == (self.within is None):
            raise ValueError("needs either by (a time of day) or within (a duration)")
        return self


class Retry(Settings):
    """How often and how patiently the hub tries again by itself. Each wait is twice the one before."""

    attempts: int = Field(default=6, ge=1, le=50)
    first_wait: Duration = 30
    longest_wait: Duration = 1800


def _starts(written: Any) -> str:
    """Where a route starts: at an endpoint, or with items that wait in the hub."""
    items = "items" in written if isinstance(written, dict) else isinstance(written, Waiting)
    return "Waiting" if items else "Source"


class RouteSettings(Settings):
    """One entry under `routes:`, as written.

    format:  the feed's format, when content alone must not decide
    options: of the feeds (`hub.config.options`); each feed takes those that it knows
    tidy:    when the source file is tidied: `at_end` (default) or as soon as the hub has its copy
    mode:    `rehearse`: reads the live source without tidying it, delivers to a folder of its own, and moves
             nothing that is live
    goes_first: while something of it is still to leave for an endpoint, nothing of other routes leaves for it
    expect:  by feed, by when its answers to all that this route sends must have come
    after:   milestones, or routes, that must have been reached for a file's business date before it is worked
    awaits:  the money at the bank that its files tell of, and what waits for it
    reaches: the milestone that a transfer of this route sets for its business date when it is over
    arrives: what comes to it by when; its absence is told
    schedule: when it runs by itself; catch_up: which of the runs that were missed are made up for
    """

    feeds: OneOrMany = Field(min_length=1, validation_alias=AliasChoices("feeds", "feed"))
    source: Annotated[
        Annotated[Source, Tag("Source")] | Annotated[Waiting, Tag("Waiting")], Discriminator(_starts)
    ] = Field(alias="from")
    to: tuple[Target, ...] = ()
    format: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    mode: Literal["off", "rehearse", "live"]
    owner: str = Field(min_length=1)
    tidy: Literal["at_end", "at_staged"] = "at_end"
    hold: Hold = Hold()
    retry: Retry = Retry()
    in_order: bool = False
    goes_first: bool = False
    expect: dict[str, Expectation] = Field(default_factory=dict)
    after: OneOrMany = ()
    awaits: Awaits | None = None
    reaches: Name | None = None
    schedule: Schedule | None = None
    arrives: Arrival | None = None
    catch_up: Literal["latest", "all", "none"] = "latest"
    max_file_size: ByteSize | None = None

    @property
    def ways(self) -> tuple[Target, ...]:
        """Its targets, and what takes the place of one."""
        return (*self.to, *(target.by_hand for target in self.to if target.by_hand is not None))

    @property
    def names(self) -> tuple[str, ...]:
        """The format, the question and the outputs that it names, for which options may be required."""
        asks = self.source.asks if isinstance(self.source, Source) else None
        named = (one for one in (self.format, asks) if one is not None)
        return (*named, *(target.output for target in self.ways))

    @model_validator(mode="after")
    def _takes_what_arrives(self) -> Self:
        if self.arrives is not None and isinstance(self.source, Waiting):
            raise ValueError("has arrives, but takes no files: it gathers what waits in the hub")
        return self

    @model_validator(mode="after")
    def _refused_before_it_is_tidied(self) -> Self:
        if self.tidy == "at_staged" and isinstance(self.source, Source) and self.source.refused is not None:
            raise ValueError(
                "tidies at_staged, before anybody knows what is refused; leave out tidy or refused"
            )
        return self

    @model_validator(mode="after")
    def _something_to_catch_up(self) -> Self:
        if "catch_up" in self.model_fields_set and self.schedule is None:
            raise ValueError("has catch_up, but no schedule whose runs could be missed")
        return self


class Route(RouteSettings):
    """A route with its name: `id` is `<file stem>.<key>`, `partner` is what its file says."""

    id: str
    partner: str

    @property
    def incoming(self) -> Source:
        """Where its files come from. Raises UsageError for a route that starts inside the hub."""
        if isinstance(self.source, Waiting):
            raise UsageError(f"The route {self.id} takes no files: it gathers what waits in the hub.")
        return self.source

    @property
    def waiting(self) -> Waiting | None:
        """What it gathers; None for a route that takes files."""
        return self.source if isinstance(self.source, Waiting) else None

    @property
    def endpoints(self) -> tuple[str, ...]:
        """All that it reads from or writes to."""
        source = (self.source.endpoint,) if isinstance(self.source, Source) else ()
        return (*source, *(target.endpoint for target in self.ways))

    @property
    def packing_secrets(self) -> tuple[SecretRef, ...]:
        """What opens or closes its files."""
        unpack = self.source.unpack if isinstance(self.source, Source) else None
        packs = [unpack, *(way.pack for way in self.ways)]
        return tuple(ref for one in packs if one is not None for ref in one.secrets)

    @property
    def rehearses(self) -> bool:
        return self.mode == "rehearse"

    @property
    def key(self) -> str:
        return self.id.rpartition(".")[2]


class RouteFile(Settings):
    """One file in `routes/`."""

    partner: str = Field(min_length=1)
    routes: dict[Name, RouteSettings] = Field(min_length=1)
