"""A four-part piece as the cells that the four-part model reads and writes: one per voice and eighth note."""

from __future__ import annotations

VOICES = 4  #: soprano, alto, tenor, bass
RANGES = (
    (60, 81),
    (53, 76),
    (47, 69),
    (36, 64),
)  #: MIDI, lowest and highest of each voice in Bach's chorales, but for a few notes
BOTTOM = 28  #: the pitch of word 0, measured with the tonic moved to C
PITCH_WORDS = 62  #: pitches 28..89
HOLD = 62  #: the note before goes on
REST = 63
MASK = 64  #: hidden; also how many words can be answered
WORDS = 65
OFFSETS = 12  #: how far the tonic is from C, -5..6, plus 5
PLACES_IN_BAR = 12  #: eighths of the longest bar, 3/2
