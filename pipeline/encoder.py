"""Which encoder an analysis uses: the user's own, or the one that ships."""

from pipeline.encode import Embed, own
from pipeline.reader import Reader
from pipeline.settings import Settings


def encoder(settings: Settings, reader: Reader) -> Embed:
    """The encoder that `settings` names, or the one that ships, as `reader` runs it.

    Raises UserMistake where an encoder of the user's own cannot be had.
    """
    return own.load(settings.encoder) if settings.encoder else reader.embed
