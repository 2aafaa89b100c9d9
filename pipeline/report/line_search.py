"""What lines are searched by in report.html, besides words and groups: kinds, prompts and languages.

content segments ──► SearchView: what a reader can choose from
segments of a line ──► facets: what search.js compares with that choice, as attributes `data-k`, `data-p`, `data-l`
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.analysis_records import Account, Analysis
from pipeline.segment_records import Kind, LineRole, Segment, SegmentId
from pipeline.translation import N_, Translation

KINDS: Mapping[Kind, str] = {
    Kind.QUESTION: N_("Question"),
    Kind.ACTION: N_("Next step"),
    Kind.DECISION: N_("Decision"),
}
_OTHERS = N_("Other note")

_ASIDE = "aside"
"""Lines of these accounts are searched on demand only: a word of the template is not what a group said."""
_ASIDE_ACCOUNTS = frozenset({Account.PROMPT, Account.BOILERPLATE})

_UNDETERMINED = "und"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """The texts of prompts, and the values of kinds and languages with what these are called.

    `lines` and `groups` say how many, with `#` for the number, by plural category (unicode.org/reports/tr35).
    """

    prompts: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    languages: tuple[tuple[str, str], ...]
    lines: Mapping[str, str]
    groups: Mapping[str, str]


def search_view(analysis: Analysis, prompts: Sequence[str], translation: Translation) -> SearchView:
    """Return what the lines of an event can be searched by: nothing that all lines have in common."""
    content = [segment for segment in analysis.segments if segment.role is LineRole.CONTENT]
    kinds = {_searched_kind(segment) for segment in content}
    languages = [code for code, _ in Counter(segment.language for segment in content).most_common()]
    known = [(code, translation.language_name(code)) for code in languages if code != _UNDETERMINED]
    unknown = [(_UNDETERMINED, translation.gettext("Not determined"))] if _UNDETERMINED in languages else []
    titles = {**KINDS, Kind.STATEMENT: _OTHERS}
    aside = [(_ASIDE, translation.gettext("Set aside: template, boilerplate"))]
    return SearchView(
        prompts=tuple(prompts),
        kinds=(
            *((kind.value, translation.gettext(title)) for kind, title in titles.items() if kind in kinds),
            *(aside if any(analysis.ledger.counts[account] for account in _ASIDE_ACCOUNTS) else ()),
        ),
        languages=(*known, *unknown) if len(known) > 1 else (),
        lines=translation.plural_forms("%(num)s line", "%(num)s lines"),
        groups=translation.plural_forms("%(num)s group", "%(num)s groups"),
    )


def facets(
    account: Account, segments: Sequence[Segment], prompts: Mapping[SegmentId, int], language: str
) -> Iterator[tuple[str, str]]:
    """Yield what a line is searched by, unless it is as most lines are: a statement in the report's `language`.

    These are names and values: `k` for kinds, `p` for the numbers of the `prompts` that its segments answer, `l` for
    languages.
    """
    content = [segment for segment in segments if segment.role is LineRole.CONTENT]
    if account is Account.EMPTY:
        return
    if account in _ASIDE_ACCOUNTS:
        yield "k", _ASIDE
        return
    kinds = dict.fromkeys(_searched_kind(segment) for segment in content)
    if list(kinds) != [Kind.STATEMENT]:
        yield "k", " ".join(kinds)
    if numbers := dict.fromkeys(prompts[segment.id] for segment in content if segment.id in prompts):
        yield "p", " ".join(map(str, numbers))
    languages = dict.fromkeys(segment.language for segment in content)
    if list(languages) != [language]:
        yield "l", " ".join(languages)


def _searched_kind(segment: Segment) -> Kind:
    return segment.kind if segment.kind in KINDS else Kind.STATEMENT
