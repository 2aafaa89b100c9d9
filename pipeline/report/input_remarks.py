"""What is missing or doubtful in the input of a report, in sentences: voices, the event's date, texts, languages.

Analysis, Sources ──► missing_voices, date_remarks ──► the top of the report
                 └──► text_remarks, wording_only ──► what is said about the report
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from fetch.corpus_records import PadId, TextRemarkKind
from pipeline.analysis_records import Analysis, DateSource, EventInfo, MissingVoice, VoiceGap
from pipeline.report.quote_sources import Sources
from pipeline.segment_records import LineRole
from pipeline.settings import languages_compared_by_wording
from pipeline.translation import N_, Translation

_SEPARATORS = re.compile(r"[\W_]+")
_GAPS: Mapping[VoiceGap, str] = {
    VoiceGap.TWICE: N_("Left out, because another pad of the event has the same name: %(pads)s."),
    VoiceGap.NOT_FETCHED: N_("Not fetched: %(pads)s."),
    VoiceGap.UNREADABLE: N_("Could not be read: %(pads)s."),
    VoiceGap.WITHHELD: N_("Withheld at their authors’ request: %(pads)s."),
    VoiceGap.NO_PAD: N_("In event.toml, but no pad was found: %(pads)s."),
    VoiceGap.EMPTY: N_("Empty: %(pads)s."),
    VoiceGap.TEMPLATE_ONLY: N_("Only the template, with nothing written in it: %(pads)s."),
    VoiceGap.OTHER_LANGUAGE: N_(
        "Mostly in a language that the program does not understand: it compares the wording only, and finds fewer next "
        "steps and decisions, and less of who does something and when: %(pads)s."
    ),
}
_TEXT_REMARKS: Mapping[TextRemarkKind, str] = {
    TextRemarkKind.PLAIN_TEXT: N_(
        "Only the plain text could be had, so lists and headings are recognised by their marks, and struck-out words "
        "stand like others: %(pads)s."
    ),
    TextRemarkKind.FROM_HTML: N_(
        "Read from HTML, which does not keep control characters and the exact spaces: %(pads)s."
    ),
    TextRemarkKind.GUESSED_ENCODING: N_(
        "Not in UTF-8. The encoding was guessed, so letters with accents may be wrong: %(pads)s."
    ),
    TextRemarkKind.NOT_UTF8: N_("Some characters were damaged (they are not UTF-8) and stand as �: %(pads)s."),
    TextRemarkKind.LONE_SURROGATE: N_("Halves of characters stand as �, as in their server’s plain text: %(pads)s."),
    TextRemarkKind.NUL: N_(
        "NUL characters, which no editor shows, are kept and stand as U+0000 in this report: %(pads)s."
    ),
}


def missing_voices(analysis: Analysis, translation: Translation) -> tuple[str, ...]:
    """Return a sentence for each reason why voices are missing, with the groups and their pads."""
    by_gap: defaultdict[VoiceGap, list[MissingVoice]] = defaultdict(list)
    for voice in analysis.missing_voices:
        by_gap[voice.why].append(voice)
    sentences = []
    for why, message in _GAPS.items():
        voices = by_gap[why]
        pads = translation.join([_voice(voice, translation) for voice in voices])
        if len(analysis.pads) == len(voices) > 1 and voices[0].pad == analysis.pads[0].pad_id:
            pads = translation.gettext("all pads")
        if voices:
            sentences.append(translation.gettext(message, pads=pads))
    return tuple(sentences)


def _voice(voice: MissingVoice, translation: Translation) -> str:
    """Return the group with its pad and the languages."""
    languages = translation.join([translation.language_name(language) for language in voice.languages])
    return voice.pad if voice.group is None else _pad_of(voice.group, voice.pad, languages)


def _pad_of(group: str, pad: str, *details: str) -> str:
    """Return a group with its pad, unless that bears the same name, and with details; empty ones are left out."""
    is_same = _SEPARATORS.sub(" ", pad).casefold() == _SEPARATORS.sub(" ", group).casefold()
    named = ", ".join(filter(None, ("" if is_same else pad, *details)))
    return f"{group} ({named})" if named else group


def text_remarks(analysis: Analysis, translation: Translation) -> tuple[str, ...]:
    """Return a sentence for each way in which texts differ from what was written or may do so, with their pads."""
    by_kind: defaultdict[TextRemarkKind, dict[PadId, str]] = defaultdict(dict)
    for pad in analysis.pads:
        for remark in pad.text_remarks:
            count = translation.number(remark.count) if remark.count else ""
            by_kind[remark.kind][pad.pad_id] = _pad_of(pad.group, pad.pad_id, count, remark.encoding)
    return tuple(
        translation.gettext(message, pads=translation.join([*by_kind[kind].values()]))
        for kind, message in _TEXT_REMARKS.items()
        if by_kind[kind]
    )


def date_remarks(event: EventInfo, translation: Translation) -> tuple[str, ...]:
    """Return what must be known of the event's date: that there is none, or what disagrees with it."""
    if event.date is None:
        return (
            translation.gettext(
                "The event’s date is not known: event.toml does not give it. So what was said to be due “by Friday” or "
                "“in June” has no day in this report."
            ),
        )
    remarks = list(_conflicts(event, translation.day(event.date), translation))
    if remarks:
        remarks.append(
            translation.gettext("If the date in event.toml is wrong, so are the days of what is due “by Friday”.")
        )
    return tuple(remarks)


def _conflicts(event: EventInfo, date: str, translation: Translation) -> Iterator[str]:
    for conflict in event.date_conflicts:
        days = translation.period(conflict.first, conflict.last)
        if conflict.source is DateSource.WRITTEN:
            yield translation.gettext(
                "event.toml gives %(date)s as the event’s date, but every date with a year in the pads is more than a "
                "month away from it: %(days)s.",
                date=date,
                days=days,
            )
        else:
            yield translation.gettext(
                "event.toml gives %(date)s as the event’s date, but the last edits of %(count)s of %(known)s pads are "
                "more than a month away from it: %(days)s.",
                date=date,
                count=conflict.count,
                known=conflict.known,
                days=days,
            )


def wording_only(analysis: Analysis, sources: Sources) -> Iterator[str]:
    """Yield the pads with notes that were compared by their wording only, each with the languages of these notes."""
    foreign = languages_compared_by_wording(analysis.segments, str(analysis.settings.get("encoder", "")))
    translation = sources.translation
    notes = [note for note in analysis.segments if note.role is LineRole.CONTENT and note.language in foreign]
    for pad_id, source in sources.by_pad.items():
        listed = [
            translation.ngettext(
                "%(num)s note in %(language)s",
                "%(num)s notes in %(language)s",
                count,
                language=translation.language_name(language),
            )
            for language, count in Counter(note.language for note in notes if note.pad_id == pad_id).most_common()
        ]
        if listed:
            group = source.group.name
            pad = f"{group}, {pad_id}" if group in sources.several else group
            yield translation.gettext("%(pad)s: %(notes)s", pad=pad, notes=translation.join(listed))
