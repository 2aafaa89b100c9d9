"""The facilitator's decisions as frozen records: what curation.toml holds."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import ConfigDict, Field

STRICT = ConfigDict(extra="forbid", strict=True)
Words = Annotated[str, Field(pattern=r"\S")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Which quote was decided about, so that it is found again after edits.

    `sha` is the hash of its text (see `anchors.text_sha`), `before` and `after` those of the quotes beside it in its
    pad, "" where there is none. `text` is for people, and for finding a quote that was edited: its beginning, which
    ends in "…" where there is more. A redaction has no `text`. Written by hand, `text` alone will do. `line` is where
    it stood, and decides among equals only.
    """

    __pydantic_config__ = STRICT

    pad: Words | None = None
    line: Annotated[int, Field(ge=1)] | None = None
    text: Words | None = None
    sha: Hash | None = None
    before: Hash | Annotated[str, Field(max_length=0)] | None = None
    after: Hash | Annotated[str, Field(max_length=0)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernRef:
    """Which concern: by the name that the facilitator gave it, else by quotes that it holds, else by its label.

    A concern that a program made has another label and id with the next encoder, so `quotes` has its exemplars.
    """

    __pydantic_config__ = STRICT

    name: Words
    quotes: tuple[Anchor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """`concern` is called `name` from now on; the quotes that it is referred to by stay in it."""

    __pydantic_config__ = STRICT

    concern: ConcernRef
    name: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """`concerns` are one, called `name`."""

    __pydantic_config__ = STRICT

    concerns: Annotated[tuple[ConcernRef, ...], Field(min_length=2)]
    name: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """`quotes` leave `concern` for a new one called `name`."""

    __pydantic_config__ = STRICT

    concern: ConcernRef
    quotes: Annotated[tuple[Anchor, ...], Field(min_length=1)]
    name: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A concern called `name`, with these quotes if any; one that is called so already gets them too."""

    __pydantic_config__ = STRICT

    name: Words
    quotes: tuple[Anchor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongs:
    """`quote` belongs to `concern`, and so to no other; with `also`, besides where it is already."""

    __pydantic_config__ = STRICT

    quote: Anchor
    concern: ConcernRef
    also: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotHere:
    """`quote` does not belong to `concern`; without one, to none at all."""

    __pydantic_config__ = STRICT

    quote: Anchor
    concern: ConcernRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAConcern:
    """What `concern` holds has nothing in common: it is dissolved and its quotes are in no concern."""

    __pydantic_config__ = STRICT

    concern: ConcernRef


@dataclass(frozen=True, slots=True, kw_only=True)
class HideQuote:
    """`quote` is not shown in the report; the ledger counts its line as hidden."""

    __pydantic_config__ = STRICT

    quote: Anchor


@dataclass(frozen=True, slots=True, kw_only=True)
class HideConcern:
    """`concern` and all its quotes are not shown in the report; the ledger counts their lines as hidden."""

    __pydantic_config__ = STRICT

    concern: ConcernRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact:
    """Words that no output shows, wherever in the event they stand one after the other.

    `sha` is the hash of the words and `count` their number (see `secrets.words_sha`), so that the file does not repeat
    them. With `quote`, which bears no text, that whole quote is meant (`count` is 0 where it has no words).
    """

    __pydantic_config__ = STRICT

    sha: Hash
    count: Annotated[int, Field(ge=0)]
    quote: Anchor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """Names, as they were written, of one person, organisation or thing; the report calls it by the first."""

    __pydantic_config__ = STRICT

    names: Annotated[tuple[Words, ...], Field(min_length=2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSame:
    """Names, as they were written, each of another person, organisation or thing."""

    __pydantic_config__ = STRICT

    names: Annotated[tuple[Words, ...], Field(min_length=2)]


Decision = (
    Rename | Merge | Split | New | Belongs | NotHere | NotAConcern | HideQuote | HideConcern | Redact | Same | NotSame
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curation:
    """All decisions about an event, oldest first: of two that disagree the later one counts."""

    decisions: tuple[Decision, ...] = ()
