"""What a form of the page asks for: from its fields and the state that it was made from to a decision, or a refusal."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from pipeline.curate.desk import State
from pipeline.curation import Anchor, ConcernRef, Decision, anchor_of
from pipeline.curation.emit import concern_id
from pipeline.curation.records import (
    Belongs,
    HideConcern,
    HideQuote,
    Merge,
    New,
    NotAConcern,
    NotHere,
    Rename,
    Split,
)
from pipeline.curation.secrets import redact_quote, redact_words
from pipeline.records import Concern, Segment

MOST_NAME = 120
"""Characters of a concern's name; labels of the program have two to six words."""

KNOWN_BY = 3
"""Quotes that a concern without a given name is known by: enough that one may be edited, few enough to read."""


class Refused(Exception):
    """The form cannot be a decision; one plain sentence says why."""


class Form:
    """The fields of a form, each asked for by what it means; raises Refused where it is missing or out of date."""

    def __init__(self, fields: Mapping[str, Sequence[str]], state: State) -> None:
        """`fields` has each field's values."""
        self._fields = fields
        self._state = state
        self._segments = state.found.segments

    def value(self, field: str) -> str:
        """The first value of a field, "" where it has none."""
        return next(iter(self._fields.get(field, ())), "")

    def name(self) -> str:
        """The name that was typed, in one line."""
        name = " ".join(self.value("name").split())
        if not name:
            raise Refused("Please type a name first.")
        if len(name) > MOST_NAME:
            raise Refused(f"That name has {len(name)} characters; please use {MOST_NAME} at most.")
        return name.encode("utf-8", "replace").decode()

    def segment(self) -> Segment:
        """The quote that the form is about."""
        wanted = self.value("quote")
        found = next((one for one in self._segments if one.id == wanted), None)
        if found is None:
            raise Refused("That quote is not there any more.")
        return found

    def quote(self) -> Anchor:
        """Its anchor."""
        return anchor_of(self.segment(), self._segments)

    def chosen(self) -> tuple[Anchor, ...]:
        """The anchors of all quotes that were chosen, in reading order."""
        wanted = set(self._fields.get("chosen", ()))
        return tuple(anchor_of(one, self._segments) for one in self._segments if one.id in wanted)

    def concern(self, field: str = "concern") -> ConcernRef:
        """The concern whose id the field bears."""
        wanted = self.value(field)
        if not wanted:
            raise Refused("Please choose a concern first.")
        for one in self._state.curated.concerns:
            if one.id == wanted:
                return self._ref(one)
        for name in self._state.curated.outcome.empty:
            if concern_id(name) == wanted:
                return ConcernRef(name=name)
        raise Refused("That concern is not there any more.")

    def _ref(self, concern: Concern) -> ConcernRef:
        """By the name it was given, or else by quotes that the program put there; else its label could be another's."""
        if concern.named:
            return ConcernRef(name=concern.label)
        drafts = (one for one in self._state.found.concerns if one.id == concern.id)
        best = next(drafts, concern).exemplar_ids[:KNOWN_BY]
        quotes = tuple(anchor_of(one, self._segments) for one in self._segments if one.id in best)
        return ConcernRef(name=concern.label, quotes=quotes)


def _merge(form: Form) -> Decision:
    one, other = form.concern(), form.concern("to")
    if one == other:
        raise Refused("Please choose another concern to merge it with.")
    return Merge(concerns=(one, other), name=form.name())


def _split(form: Form) -> Decision:
    quotes = form.chosen()
    if not quotes:
        raise Refused("Please choose quotes first: x chooses the one you are at.")
    return Split(concern=form.concern(), quotes=quotes, name=form.name())


def _words(form: Form) -> Decision:
    try:
        return redact_words(form.value("words"))
    except ValueError as error:
        raise Refused("Please type the words to redact; they need a letter or a digit.") from error


def _whole(form: Form, state: State) -> Decision:
    return redact_quote(form.segment(), state.found.segments)


MAKE: Mapping[str, Callable[[Form], Decision]] = MappingProxyType(
    {
        "belongs": lambda form: Belongs(quote=form.quote(), concern=form.concern()),
        "move": lambda form: Belongs(quote=form.quote(), concern=form.concern("to")),
        "not here": lambda form: NotHere(quote=form.quote(), concern=form.concern()),
        "in none": lambda form: NotHere(quote=form.quote()),
        "hide quote": lambda form: HideQuote(quote=form.quote()),
        "redact words": _words,
        "rename": lambda form: Rename(concern=form.concern(), name=form.name()),
        "merge": _merge,
        "split": _split,
        "new": lambda form: New(name=form.name(), quotes=form.chosen()),
        "not a concern": lambda form: NotAConcern(concern=form.concern()),
        "hide concern": lambda form: HideConcern(concern=form.concern()),
    }
)
"""What the field `do` may say, besides `redact quote`."""


def decision_of(fields: Mapping[str, Sequence[str]], state: State) -> Decision:
    """The decision that a form asks for; raises Refused with a sentence for the user."""
    form = Form(fields, state)
    do = form.value("do")
    if do == "redact quote":
        return _whole(form, state)
    if do not in MAKE:
        raise Refused("The page asked for something that is not known here; please load it again.")
    return MAKE[do](form)
