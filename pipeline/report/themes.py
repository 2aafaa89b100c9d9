"""Themes: from cards to a level above them, where there are too many to take in at once."""

from collections.abc import Sequence

from pipeline.report.records import Card, ThemeView
from pipeline.report.words import strength, strings

_OTHER = strings("title")["other_concerns"]


def theme_views(cards: Sequence[Card], wrote: int) -> tuple[ThemeView, ...]:
    """The themes of `cards`: what most groups raised first, what is in none last; none at all where no card has one.

    `wrote` is the number of groups that wrote something.
    """
    if not any(card.theme for card in cards):
        return ()
    names = dict.fromkeys(card.theme for card in cards if card.theme)
    views = [(_raised(own), _view(name, own, wrote)) for name in names if (own := _of(name, cards))]
    views.sort(key=lambda pair: (-pair[0], -len(pair[1].cards)))
    rest = _of(None, cards)
    return (*(view for _, view in views), *([_view(_OTHER, rest, wrote)] if rest else []))


def _of(name: str | None, cards: Sequence[Card]) -> tuple[Card, ...]:
    return tuple(card for card in cards if card.theme == name)


def _raised(cards: Sequence[Card]) -> int:
    return len({group for card in cards for group in card.groups})


def _view(name: str, cards: tuple[Card, ...], wrote: int) -> ThemeView:
    return ThemeView(label=name, strength=strength(_raised(cards), wrote), cards=cards)
