"""Analyse a corpus in a test: bundled models without a cache, a fixed time, and nothing printed."""

from fetch.corpus_records import Corpus
from pipeline.analysis_records import Analysis
from pipeline.analyze import Stages, analyze
from pipeline.cluster import AverageLinkage
from pipeline.curation.decisions import Curation
from pipeline.describe import Describer
from pipeline.settings import Settings
from pipeline.tag import RULES, Tagger
from pipeline.transformer import embed
from pipeline.vectors import Embed

NOW = "2026-05-04T12:00:00+00:00"
DEFAULTS = Settings()
NO_DECISIONS = Curation()


def stages(settings: Settings = DEFAULTS, embed: Embed = embed, tagger: Tagger = RULES) -> Stages:
    """Return the stages of `settings` with the bundled encoder, and the rules alone for names."""
    return Stages(embed=embed, clusterer=AverageLinkage(settings), describer=Describer(embed), tagger=tagger)


def analysis_of(
    corpus: Corpus, settings: Settings = DEFAULTS, curation: Curation = NO_DECISIONS, embed: Embed = embed
) -> Analysis:
    """Return the analysis of `corpus`, dated `NOW`."""
    return analyze(corpus, settings, stages(settings, embed), now=NOW, log=lambda _: None, curation=curation)
