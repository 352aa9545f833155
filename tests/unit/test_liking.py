"""Which layouts and voices a team likes: arms with honest uncertainty."""

from __future__ import annotations

import random

from bot.services.media.bandit import Arm, arms, choose
from tests.builders import an_idea, an_opinion


def test_each_person_counts_once_a_work_and_dislikes_are_kept_apart() -> None:
    work = an_idea(modality="image", traits=(("layout", "poster"),))
    said = [an_opinion(work, "ann"), an_opinion(work, "ann", signal="stars"), an_opinion(work, "bob", value=-1.0)]

    arm = arms([work], said)["layout"]["poster"]

    assert (arm.likes, arm.dislikes) == (1.0, 1.0)
    assert arm.mean == 0.5


def test_more_votes_make_it_surer() -> None:
    few, many = Arm(trait="layout", value="poster", likes=2), Arm(trait="layout", value="poster", likes=20)

    assert few.mean < many.mean
    assert few.deviation > many.deviation


def test_what_is_liked_comes_often_what_is_disliked_seldom_and_the_unknown_still_comes() -> None:
    known = {
        "poster": Arm(trait="layout", value="poster", likes=9, dislikes=1),
        "logo": Arm(trait="layout", value="logo", likes=1, dislikes=9),
    }

    drawn = [choose(known, random.Random(seed)) for seed in range(400)]

    assert drawn.count("poster") > 240
    assert drawn.count("") > 0
    assert drawn.count("logo") < 20
