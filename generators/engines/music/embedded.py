"""Makes tunes with the small models, the soundfont and the rules: the embedded music engine."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from bot.words import _
from generators.engines.making import Attachment, Commission, Rendered, Report, Unmakeable, Work, one_of_several
from generators.engines.music import listening, lyrics, midi, musicxml, naming, options, picture, sound, writing
from generators.engines.music.choosing import Choice, choose
from generators.engines.music.fourparts import Harmonist
from generators.engines.music.known import Known
from generators.engines.music.listening import Given
from generators.engines.music.measures import measures
from generators.engines.music.melody import Composer
from generators.engines.music.nets import FourPartNet, MelodyNet, weights
from generators.engines.music.notation import QUARTER, Key, Score
from generators.engines.music.options import Wanted
from generators.engines.music.synth import Player

ASSETS = Path(__file__).parents[2] / "assets" / "music"
MOST = 10  # versions of a commission, as the wire format allows
TEXT_SUFFIXES = (".abc", ".txt")


class Tunesmith:
    """The engine. What it needs is read when it is first needed, and kept."""

    def make(self, commission: Commission, report: Report) -> Iterator[Work]:
        """See `Engine.make`."""
        if not 1 <= commission.count <= MOST:
            raise Unmakeable(_("Between 1 and {most} versions can be made at once.").format(most=MOST))
        wanted = options.read(commission.options)
        if lyrics.parted(commission.text, wanted.lyrics)[1]:
            raise Unmakeable(
                _("Tunes made here are not sung. Leave the lyrics out, or name a model that sings (MUSELAB_MEDIA__MUSIC).")
            )
        given = notes_given(commission, wanted)
        for number in range(commission.count):
            choice = choose(commission.text, wanted, given, seed=commission.seed, number=number)
            yield self._work(choice, wanted, one_of_several(report, number, commission.count))

    def close(self) -> None:
        """See `Engine.close`."""
        for name in ("_composer", "_harmonist", "_player"):
            self.__dict__.pop(name, None)

    @cached_property
    def _composer(self) -> Composer:
        return Composer(MelodyNet(weights(ASSETS / "melody.safetensors")), Known.read(ASSETS / "known.bits"))

    @cached_property
    def _harmonist(self) -> Harmonist:
        return Harmonist(FourPartNet(weights(ASSETS / "fourparts.safetensors")))

    @cached_property
    def _player(self) -> Player:
        return Player(ASSETS / "instruments.sf3")

    def score(self, choice: Choice, report: Report = lambda doing, done: None) -> Score:
        """A piece on paper."""
        if choice.style.four_parts:
            report(_("writing four parts"), 0.02)
            return writing.four_parts(self._harmonist, choice, lambda share: report(_("writing four parts"), 0.02 + 0.4 * share))
        report(_("writing the melody"), 0.02)
        notes = writing.melody(self._composer, choice)
        report(_("finding chords and players"), 0.3)
        return writing.band(choice, notes)

    def _work(self, choice: Choice, wanted: Wanted, report: Report) -> Work:
        score = self.score(choice, report)
        report(_("playing it"), 0.45)
        played = self._player.play(score, swing=choice.style.swing, seed=choice.seed)
        levelled, measured = sound.levelled(played)
        report(_("packing the sound"), 0.8)
        container = sound.FORMATS[wanted.format][2]
        audio = Rendered(name=f"tune.{wanted.format}", media_type=container, content=sound.packed(levelled, wanted.format))
        report(_("drawing the score"), 0.92)
        drawn = picture.draw(score, heading=score.title, below=_latin_line(score, choice))
        written = musicxml.write(score, score.voices if choice.style.four_parts else score.voices[:1])
        files = (
            audio,
            Rendered(name="score.png", media_type="image/png", content=drawn),
            Rendered(name="tune.mid", media_type="audio/midi", content=midi.write(score)),
            Rendered(name="tune.musicxml", media_type="application/vnd.recordare.musicxml+xml", content=written),
        )
        report(_("done"), 1.0)
        return Work(
            files=files, alt=_alt(score, choice), traits=_traits(score, choice), facts=_facts(score, choice, measured),
            features=measures(score),
        )  # fmt: skip


def notes_given(commission: Commission, wanted: Wanted) -> Given | None:
    """The notes that were handed in, typed or as a file."""
    if len(commission.attachments) > 1:
        raise Unmakeable(_("One file of notes can be taken up, not {n}.").format(n=len(commission.attachments)))
    for attachment in commission.attachments:
        if wanted.notes:
            raise Unmakeable(_("Give notes either as text or as a file, not both."))
        return _from_file(attachment, wanted.key)
    return listening.typed(wanted.notes, wanted.key) if wanted.notes else None


def _from_file(attachment: Attachment, key: Key | None) -> Given:
    named = attachment.name.casefold()
    if named.endswith(TEXT_SUFFIXES) and attachment.content[:4] != b"MThd":
        if len(attachment.content) > 4 * listening.MAX_TYPED:
            raise Unmakeable(_("This file of notes is too large; {n} characters can be read.").format(n=listening.MAX_TYPED))
        try:
            return listening.typed(attachment.content.decode("utf-8"), key)
        except UnicodeDecodeError as error:
            raise Unmakeable(
                _("This file is no text, whatever its name says. Send ABC or a .mid file, or type the notes.")
            ) from error
    return listening.from_midi(attachment.content)


def _latin_line(score: Score, choice: Choice) -> str:
    pace = round(score.tempo * QUARTER / score.metre.pulse)
    return f"{score.key.name}   {score.metre}   {pace} bpm   {choice.bars} bars"


def _alt(score: Score, choice: Choice) -> str:
    said = naming.described(
        score, style=choice.style.name, mood=choice.mood, bars=choice.bars, seconds=score.seconds(score.length)
    )  # fmt: skip
    return " ".join((said, *choice.remarks))


def _traits(score: Score, choice: Choice) -> dict[str, str]:
    """What can be liked of it; and its pace, length and key, from which another tune can be told apart ("slower")."""
    return {
        "tempo": str(round(score.tempo * QUARTER / score.metre.pulse)), "bars": str(choice.bars), "key": score.key.name,
        "style": choice.style.name, "mode": choice.key.mode, "band": choice.band.name, "lead": choice.lead,
        "metre": str(choice.metre), **({"mood": choice.mood} if choice.mood else {}),
    }  # fmt: skip


def _facts(score: Score, choice: Choice, measured: sound.Measured) -> dict[str, str | int | float | bool]:
    return {
        "seconds": round(measured.seconds, 2), "notes_s": round(score.seconds(score.length), 2), "bars": choice.bars,
        "tempo": round(score.tempo * QUARTER / score.metre.pulse), "key": score.key.name, "did": choice.do,
        "loudness_lufs": round(measured.loudness, 1), "peak_dbfs": round(measured.peak, 1),
    }  # fmt: skip
