"""The use cases of media, built around those of votes and of a team."""

from __future__ import annotations

from dataclasses import dataclass

from bot.config import Settings
from bot.givens import new_id, new_seed, styles_folder
from bot.limits import Turnstile
from bot.ports import Clock, Maker, Store
from bot.services.media.bandit import Liking
from bot.services.media.drafts import Drafts
from bot.services.media.making import Making
from bot.services.media.memos import Memos
from bot.services.media.photos import Photos
from bot.services.media.styling import Styling
from bot.services.team.governing import Governing
from bot.services.votes.listening import Listening
from storage.styles import StyleFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRoom:
    """The use cases of media."""

    liking: Liking  #: what a team likes of media
    making: Making  #: commissions
    drafts: Drafts  #: what was found in files, before it is on the board
    memos: Memos  #: voice memos
    photos: Photos  #: photos of notes


def furnished(
    *, settings: Settings, store: Store, maker: Maker, governing: Governing, listening: Listening, clock: Clock
) -> MediaRoom:
    """The use cases of media."""
    liking, styles = Liking(store), styles_folder(settings)
    making = Making(
        store=store,
        maker=maker,
        liking=liking,
        styling=Styling(
            store=store,
            styles=StyleFolder(styles),
            folder=settings.media.styles or str(styles),
            image_model=settings.media.image,
        ),
        turnstile=Turnstile(settings.limits),
        settings=settings.media,
        clock=clock,
        new_id=new_id,
        new_seed=new_seed,
    )
    drafts = Drafts(store=store, listening=listening, clock=clock, new_id=new_id)
    return MediaRoom(
        liking=liking,
        making=making,
        drafts=drafts,
        memos=Memos(making=making, governing=governing, drafts=drafts),
        photos=Photos(making=making, governing=governing, drafts=drafts),
    )
