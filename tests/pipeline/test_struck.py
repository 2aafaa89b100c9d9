"""From an exported pad to the report: what its group struck out is told as such, and quoted nowhere."""

import datetime as dt
from pathlib import Path

from fetch.add import add
from fetch.corpus import read_corpus
from pipeline.analysis_records import Account
from pipeline.report import render_report
from tests.support.analysis import analysis_of
from tests.support.fetching import NOW, Camp
from tests.support.pad_writer import PadWriter, written


def _strike(pad: PadWriter, words: str) -> None:
    at = pad.text.index(words)
    pad.mark("a.one", at, at + len(words), "strikethrough", "true")


def test_an_exported_pad_is_read_by_its_structure(tmp_path: Path) -> None:
    pad = written(
        "Allotments\n*Water\n\t* the tap is shut all winter\n\t\t* we sell the pump\n\t* ask Bo no Ana\nOver.\n"
    )
    _strike(pad, "we sell the pump")
    _strike(pad, "Bo no")
    (tmp_path / "water.etherpad").write_bytes(pad.export())
    camp = Camp(tmp_path / "camp")
    camp.event("https://pads.example.org")
    list(add(camp.folder, [tmp_path / "water.etherpad"], dt.datetime.fromisoformat(NOW)))
    corpus = read_corpus(camp.folder)
    assert corpus.pads[0].structure

    analysis = analysis_of(corpus)

    accounts = analysis.ledger.lines[corpus.pads[0].pad_id]
    assert accounts[1] is Account.HEADING
    assert [number for number, entry in enumerate(accounts, start=1) if entry is Account.STRUCK] == [4]
    assert [(one.text, one.headings) for one in analysis.segments if one.line in {3, 4, 5}] == [
        ("the tap is shut all winter", ("Water",)),
        ("ask", ("Water",)),
        ("Ana", ("Water",)),
    ]
    outputs = render_report(analysis, corpus)
    line = next(line for line in outputs["report.html"].split("\n") if "we sell the pump" in line)
    assert "<s>" in line
    assert "struck out" in line
    assert all("we sell the pump" not in outputs[name] for name in ("report.md", "report.wiki", "quotes.csv"))
    assert "Struck out by the group" in outputs["report.html"]
