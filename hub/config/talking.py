"""Whether what goes to an API, or is asked of one, goes by calls, and files go where files are taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hub.config.document import Path
from hub.config.endpoints import Endpoint, HttpsEndpoint, PersonEndpoint
from hub.config.routes import RouteSettings, Source, Target
from hub.config.sentences import near
from hub.config.wiring import targets_of
from hub.door.feed import Feed, Output
from hub.door.manager import Catalogue


def talk_mistakes(
    route: RouteSettings, endpoints: Mapping[str, Endpoint], catalogue: Catalogue
) -> Iterator[tuple[Path, str]]:
    """Of a route whose endpoints, outputs and profiles are there; others have their mistakes told already."""
    feeds = [catalogue.feeds[name] for name in route.feeds if name in catalogue.feeds]
    if isinstance(route.source, Source) and route.source.endpoint in endpoints:
        source = endpoints[route.source.endpoint]
        if route.source.asks is not None:
            yield from _ask_mistakes(route.source, route.source.asks, source, feeds)
        elif isinstance(source, HttpsEndpoint):  # a person's files come by `feedhub put`
            yield from _source_mistakes(route.source, source)
    outputs = {output.name: output for feed in feeds for output in feed.outputs}
    for path, target in targets_of(route):
        endpoint, output = endpoints.get(target.endpoint), outputs.get(target.output)
        if endpoint is not None and output is not None:
            text = _target_mistake(target, endpoint, output, catalogue)
            if text is None and path[-1] == "otherwise" and not isinstance(endpoint, PersonEndpoint):
                text = f"{target.endpoint} is of type {endpoint.type}; name an endpoint of type person"
            if text is not None:
                yield (*path, "endpoint"), text


def _ask_mistakes(
    source: Source, asks: str, endpoint: Endpoint, feeds: Sequence[Feed]
) -> Iterator[tuple[Path, str]]:
    known = {question.name for feed in feeds for question in feed.asks}
    if asks not in known:
        of = " or ".join(feed.name for feed in feeds)
        yield ("from", "asks"), f"{of} asks for no “{asks}”{near(asks, known)}"
    if not isinstance(endpoint, HttpsEndpoint):
        text = f"only an endpoint of type https can be asked, and this one is of type {endpoint.type}"
        yield ("from", "endpoint"), text
    for name in sorted(source.model_fields_set - {"endpoint", "asks"}):
        yield ("from", name), "what an API answers lies in no folder; leave it out beside asks"


def _source_mistakes(source: Source, endpoint: HttpsEndpoint) -> Iterator[tuple[Path, str]]:
    if endpoint.documents is None:
        told = f"files cannot be fetched from an endpoint of type {endpoint.type} without `documents:`"
        yield ("from", "endpoint"), f"{told}, which says how it lists them; or say what it asks there (asks)"
    if source.archive is not None:
        yield (
            ("from", "then"),
            "an API has no folders to archive to: remove says there that we have it, or keep",
        )
    if source.refused is not None:
        yield ("from", "refused"), "an API has no folders to lay refused files in; leave it out"
    if source.done is not None:
        yield ("from", "done"), "documents of an API are whole when they are listed; leave it out"


def _target_mistake(target: Target, endpoint: Endpoint, output: Output, catalogue: Catalogue) -> str | None:
    profile = catalogue.profiles.get(target.profile or "")
    what = f"the profile {profile.name}" if profile else f"the output {output.name}"
    converse = profile.converse if profile else output.converse
    if isinstance(endpoint, HttpsEndpoint):
        return None if converse else f"{what} writes files, and an endpoint of type https takes calls only"
    if profile and converse:
        return f"{what} hands postings over by calls; that needs an endpoint of type https"
    return None
