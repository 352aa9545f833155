"""What the host lets people with a role ask for, in place of what everybody may."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from bot.words import _


class RoleQuota(BaseModel):
    """How many brainstorms one person with a role may begin."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    per_hour: int = Field(default=0, ge=0)  #: 0: as everybody
    per_day: int = Field(default=0, ge=0)  #: within 24 hours; 0: as everybody


def _by_ids(quotas: dict[str, RoleQuota]) -> dict[str, RoleQuota]:
    for id in quotas:
        if not re.fullmatch("[A-Za-z0-9]+", id):  # a name or a mention would hold for nobody, without a word
            raise PydanticCustomError("role", _("“{id}” is not the id of a role, such as 1156402000000000000"), {"id": id})
    return quotas


RoleQuotas = Annotated[dict[str, RoleQuota], AfterValidator(_by_ids)]


def best(quotas: Mapping[str, RoleQuota], held: Collection[str]) -> RoleQuota:
    """The most that any of the roles held allows, an hour and a day; 0 where none of them says anything of it."""
    ids = {id.casefold() for id in held}  # names in the environment may have lost their capitals
    found = [quota for id, quota in quotas.items() if id.casefold() in ids]
    return RoleQuota(
        per_hour=max((one.per_hour for one in found), default=0), per_day=max((one.per_day for one in found), default=0)
    )
