"""The facilitator's decisions in words, in the language of a `Translation`.

A decision is worded in the same way wherever it is shown. The report and the command line know it as a `DecisionRef`,
which repeats no quote, because a quote that was removed from its pad must not be published. The curation page, which
only the facilitator sees, knows it as `DecisionDetails`: with an excerpt of the quote and the names of concerns.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.analysis_records import CurationOutcome, DecisionKind, DecisionRef, Orphan, OrphanReason
from pipeline.segment_records import Kind, Segment
from pipeline.translation import N_, Translation, translation

MOST_SHOWN = 70
"""Characters of a quote that the page repeats in a decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDetails(DecisionRef):
    """A decision as the curation page shows it.

    `concerns` are the names of those that it refers to, `excerpt` is the quote that it is about, `quotes` the number of
    quotes that it makes a concern of and `words` the number of words that it redacts. With `also`, a quote is put in a
    second concern. `of_kind` is what a quote is said to be, and `said` has the words for who takes it on or when it is
    due: "" for nobody and no date, None where they must not be shown.
    """

    concerns: tuple[str, ...] = ()
    excerpt: str | None = None
    quotes: int = 0
    words: int = 0
    also: bool = False
    of_kind: Kind | None = None
    said: str | None = None


_WITHOUT_DETAILS: Mapping[DecisionKind, str] = {
    DecisionKind.RENAME: N_("Rename a concern to %(name)s"),
    DecisionKind.MERGE: N_("Merge concerns into %(name)s"),
    DecisionKind.SPLIT: N_("Split off the concern %(name)s"),
    DecisionKind.NEW: N_("Create the concern %(name)s"),
    DecisionKind.BELONGS: N_("Put %(quote)s in a concern"),
    DecisionKind.NOT_HERE: N_("Keep %(quote)s out of a concern"),
    DecisionKind.NOT_A_CONCERN: N_("Dissolve a concern"),
    DecisionKind.HIDE_QUOTE: N_("Hide %(quote)s"),
    DecisionKind.HIDE_CONCERN: N_("Hide a concern and its quotes"),
    DecisionKind.REDACT: N_("Redact words in all outputs"),
    DecisionKind.SAME: N_("Treat %(names)s as the same"),
    DecisionKind.NOT_SAME: N_("Treat %(names)s as different"),
    DecisionKind.KIND: N_("Say what %(quote)s is"),
    DecisionKind.OWNER: N_("Say who takes on %(quote)s"),
    DecisionKind.DUE: N_("Say when %(quote)s is due"),
}
_WITH_DETAILS: Mapping[DecisionKind, str] = {
    DecisionKind.RENAME: N_("Rename %(concerns)s to %(name)s"),
    DecisionKind.MERGE: N_("Merge %(concerns)s into %(name)s"),
    DecisionKind.SPLIT: N_("Split %(quotes)s off %(concerns)s as %(name)s"),
    DecisionKind.NEW: N_("Create the concern %(name)s with %(quotes)s"),
    DecisionKind.BELONGS: N_("Put %(quote)s in %(concerns)s"),
    DecisionKind.NOT_HERE: N_("Keep %(quote)s out of %(concerns)s"),
    DecisionKind.NOT_A_CONCERN: N_("Dissolve %(concerns)s"),
    DecisionKind.HIDE_CONCERN: N_("Hide %(concerns)s and its quotes"),
    DecisionKind.REDACT: N_("Redact %(quote)s"),
    DecisionKind.OWNER: N_("Say that %(said)s takes on %(quote)s"),
    DecisionKind.DUE: N_("Say that %(quote)s is due %(said)s"),
}
_OF_KIND: Mapping[Kind, str] = {
    Kind.STATEMENT: N_("Take %(quote)s for a note"),
    Kind.QUESTION: N_("Take %(quote)s for a question"),
    Kind.ACTION: N_("Take %(quote)s for a next step"),
    Kind.DECISION: N_("Take %(quote)s for a decision"),
    Kind.OTHER: N_("Take %(quote)s for a line that says nothing"),
}
_NOBODY = N_("Say that nobody has taken on %(quote)s")
_NO_DATE = N_("Say that %(quote)s has no date")
_REASONS: Mapping[OrphanReason, str] = {
    OrphanReason.PAD_GONE: N_("there is no longer a pad %(value)s"),
    OrphanReason.QUOTE_GONE: N_("no pad contains this quote"),
    OrphanReason.WORDS_GONE: N_("no pad contains these words"),
    OrphanReason.CONCERN_QUOTES_GONE: N_("no pad contains any of the quotes that identify its concern"),
    OrphanReason.UNKNOWN_CONCERN: N_("no concern is called %(value)s"),
    OrphanReason.NOT_IN_QUOTE: N_("the quote does not contain the words that the decision names"),
    OrphanReason.UNKNOWN_NAME: N_("no pad contains the name %(value)s"),
}


def decision_text(decision: DecisionRef, translation: Translation) -> str:
    """Return a decision in words, as in a list of changes: `Rename “Tap” to “Water”`."""
    details = decision if isinstance(decision, DecisionDetails) else None
    names = [quoted(name, translation) for name in decision.names]
    return translation.gettext(
        _message(decision, details),
        name=next(iter(names), ""),
        names=translation.join(names),
        concerns=translation.join([quoted(name, translation) for name in details.concerns] if details else []),
        quote=_quote(decision, details.excerpt if details else None, translation),
        quotes=translation.ngettext("%(num)s quote", "%(num)s quotes", details.quotes if details else 0),
        said=quoted(details.said, translation) if details and details.said else "",
        words=translation.ngettext("%(num)s word", "%(num)s words", details.words if details else 0),
    )


def _message(decision: DecisionRef, details: DecisionDetails | None) -> str:
    if details and (details.of_kind or details.said is not None):
        return _fact_message(details)
    if decision.kind is DecisionKind.NOT_HERE and details and not details.concerns:
        return N_("Keep %(quote)s out of all concerns")
    if details and details.also:
        return N_("Put %(quote)s in %(concerns)s as well")
    if decision.kind is DecisionKind.RENAME and details and details.concerns == decision.names:
        return N_("Keep the name %(name)s")
    if details and details.words:
        return N_("Redact %(words)s in all outputs")
    about_quote = decision.kind is DecisionKind.REDACT and decision.pad is not None
    detailed = about_quote or (details and (details.concerns or details.quotes))
    return (_WITH_DETAILS if detailed else _WITHOUT_DETAILS)[decision.kind]


def _fact_message(details: DecisionDetails) -> str:
    if details.of_kind:
        return _OF_KIND[details.of_kind]
    if details.said:
        return _WITH_DETAILS[details.kind]
    return _NOBODY if details.kind is DecisionKind.OWNER else _NO_DATE


def _quote(decision: DecisionRef, excerpt: str | None, translation: Translation) -> str:
    if excerpt is not None:
        return quoted(excerpt if len(excerpt) <= MOST_SHOWN else excerpt[: MOST_SHOWN - 1] + "…", translation)
    if decision.pad is None:
        return translation.gettext("a quote")
    if decision.line is None:
        return translation.gettext("a quote of pad %(pad)s", pad=decision.pad)
    return translation.gettext("the quote on line %(line)s of pad %(pad)s", line=str(decision.line), pad=decision.pad)


def quoted(text: str, translation: Translation) -> str:
    """Return a name or a quote in quotation marks."""
    # Translators: the quotation marks around names and quotes.
    return translation.gettext("“%(text)s”", text=text)


def orphan_reason(orphan: Orphan, translation: Translation) -> str:
    """Return why a decision could not be applied, to be put after a colon: `no concern is called “Tap”`."""
    value = orphan.value or ""
    shown = value if orphan.why is OrphanReason.PAD_GONE else quoted(value, translation)
    reason = translation.gettext(_REASONS[orphan.why], value=shown)
    if orphan.similar is None:
        return reason
    similar = quoted(orphan.similar, translation)
    return translation.gettext("%(reason)s (there is %(name)s)", reason=reason, name=similar)


def curation_summary(outcome: CurationOutcome, translation: Translation) -> str:
    """Return what became of all decisions in a few sentences, "" if there are none.

    The last of them ends in a colon if there are orphans: the texts of `orphan_texts` are to follow it.
    """
    if not outcome.decisions:
        return ""
    ngettext = translation.ngettext
    concerns, quotes, places = outcome.hidden_concerns, outcome.hidden_quotes, outcome.redacted
    edited, orphans = len(outcome.followed), len({orphan.decision.number for orphan in outcome.orphans})
    sentences = {
        ngettext(
            "This report applies %(num)s decision of the facilitator.",
            "This report applies %(num)s decisions of the facilitator.",
            outcome.applied,
        ): True,
        ngettext("%(num)s concern is hidden.", "%(num)s concerns are hidden.", concerns): concerns,
        ngettext("%(num)s quote is hidden.", "%(num)s quotes are hidden.", quotes): quotes,
        ngettext("Words are redacted in %(num)s place.", "Words are redacted in %(num)s places.", places): places,
        ngettext(
            "%(num)s quote was edited after the decision about it.",
            "%(num)s quotes were edited after the decision about them.",
            edited,
        ): edited,
        ngettext("%(num)s decision could not be applied:", "%(num)s decisions could not be applied:", orphans): orphans,
    }
    return " ".join(sentence for sentence, number in sentences.items() if number)


def orphan_texts(outcome: CurationOutcome, segments: Sequence[Segment], translation: Translation) -> tuple[str, ...]:
    """Return a sentence for each orphan, like `Decision 7 (Hide a quote): no pad contains this quote`.

    If there are near segments, which are among `segments`, another sentence says where they are.
    """
    gettext = translation.gettext
    places = {
        segment.id: gettext("line %(line)s of pad %(pad)s", line=str(segment.line), pad=segment.pad_id)
        for segment in segments
    }
    texts = []
    for orphan in outcome.orphans:
        text = gettext(
            "Decision %(number)s (%(decision)s): %(reason)s.",
            number=orphan.decision.number,
            decision=decision_text(orphan.decision, translation),
            reason=orphan_reason(orphan, translation),
        )
        if orphan.near:
            near = translation.join([places[segment_id] for segment_id in orphan.near])
            text += " " + gettext("The nearest text is on %(places)s.", places=near)
        texts.append(text)
    return tuple(texts)


def curation_log(outcome: CurationOutcome, segments: Sequence[Segment]) -> Iterator[str]:
    """Yield what the command line prints about decisions, in English, with the quotes as they are in the pads now."""
    if not outcome.decisions:
        return
    english = translation()
    where = {segment.id: f"line {segment.line} of pad {segment.pad_id}: “{segment.text}”" for segment in segments}
    yield f"curation: {outcome.applied} of {outcome.decisions} decision{'s' if outcome.decisions > 1 else ''} applied"
    for followed in outcome.followed:
        decision = f"decision {followed.decision.number} ({decision_text(followed.decision, english)})"
        yield f"  {decision}: the quote has been edited; it is now on {where[followed.segment_id]}"
    for orphan in outcome.orphans:
        near = "".join(f"\n    near: {where[segment_id]}" for segment_id in orphan.near)
        decision = f"decision {orphan.decision.number} ({decision_text(orphan.decision, english)})"
        yield f"  {decision} could not be applied: {orphan_reason(orphan, english)}{near}"
