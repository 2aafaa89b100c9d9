"""Reports as users get them: rendered, and checked as before they are written."""

from collections.abc import Mapping
from unittest.mock import patch

from fetch.corpus_records import Corpus
from pipeline.analysis_records import Analysis
from pipeline.report import check_outputs, render_report
from pipeline.translation import translation


def checked_report(analysis: Analysis, corpus: Corpus, language: str = "en") -> dict[str, str]:
    """Return the text of each file of the report by name."""
    outputs = render_report(analysis, corpus, translation(language))
    check_outputs(encoded(outputs), analysis, corpus)
    return outputs


def index_report(analysis: Analysis, corpus: Corpus, language: str = "en") -> dict[str, str]:
    """Return the same as if the event were too large for one page."""
    with patch("pipeline.report.quote_sources.MOST_SEGMENTS", -1), patch("pipeline.report.quote_sources.LONG", -1):
        return checked_report(analysis, corpus, language)


def encoded(outputs: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files as they are written."""
    return {name: text.encode() for name, text in outputs.items()}
