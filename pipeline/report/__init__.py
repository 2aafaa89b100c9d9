"""From an analysis and its corpus to the report in every format.

    Analysis, Corpus ──► ledger and verbatim gate ──► view ──► render ──► proofread ──► files by name

The view is sorted, formatted and complete before any template sees it; each quote is checked before it is rendered
and once more in the finished text of each file.
"""

from collections import Counter

from fetch.corpus_records import Corpus
from pipeline import ledger, verbatim
from pipeline.analysis_records import Analysis, LineRole
from pipeline.report.proofreading import proofread
from pipeline.report.render import render
from pipeline.report.report_view import build
from pipeline.translation import resolve_language, translation


def render_report(analysis: Analysis, corpus: Corpus) -> dict[str, str]:
    """The text of each file of the report by name: report.html, .wiki and .md, concerns, quotes and entities.csv.

    Raises VerbatimError or LedgerError, and returns nothing, where a quote differs from its stored pad or a line is
    not accounted for.
    """
    verbatim.check(analysis, corpus.pads)
    ledger.check(analysis.ledger, corpus.pads)
    languages = Counter(segment.language for segment in analysis.segments if segment.role is LineRole.CONTENT)
    report_translation = translation(resolve_language(corpus.event.language, languages))
    outputs = render(build(analysis, corpus.pads, report_translation, corpus.event.server), report_translation)
    proofread(outputs, analysis, corpus.pads)
    return outputs
