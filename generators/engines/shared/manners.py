"""What a media service elsewhere does not know of OpenAI's fields, learnt from how it declines. It sends nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

#: Fields that a picture or a voice can do without: what is missing then is done here, or is the service's own choice.
OPTIONAL = ("response_format", "size", "speed")
COUNT = "n"
SIZE = re.compile(r"\b(\d{2,4})x(\d{2,4})\b")
#: How services say that they make so many at most: OpenAI's (“You must provide n=1”), pydantic's and our own.
AT_MOST = re.compile(
    r"\bn ?= ?(\d+)\b|\bn\b.*(?:<=|at most|equal to) ?'?(\d+)|(?:between|from) 1 (?:and|to) (\d+)", re.IGNORECASE
)


class Manners:
    """How to ask one service. What it has declined once is not sent again."""

    def __init__(self) -> None:
        self._unknown: defaultdict[str, set[str]] = defaultdict(set)  #: by path
        self._sizes: defaultdict[str, tuple[tuple[int, int], ...]] = defaultdict(tuple)  #: those it makes, where it told
        self._most: defaultdict[str, int] = defaultdict(int)  #: works in one answer; 0: any number

    def knows(self, path: str, field: str) -> bool:
        """Whether a field is sent."""
        return field not in self._unknown[path]

    def learns(self, path: str, why: str, param: str, fields: Mapping[str, Any]) -> bool:
        """Notes what was declined; whether the request can be sent anew without it.

        Args:
            path: of the request.
            why: the service's words.
            param: the field that it names beside them, if any.
            fields: of the request.
        """
        if self._means(COUNT, why, param) and int(fields.get(COUNT, 1)) > 1:
            found = AT_MOST.search(why)
            most = int(next(filter(None, found.groups()))) if found else 1
            self._most[path] = most if 0 < most < int(fields[COUNT]) else 1
            return True
        name = next((name for name in OPTIONAL if name in fields and self._means(name, why, param)), "")
        if not name:
            return False
        told = tuple(dict.fromkeys((int(wide), int(tall)) for wide, tall in SIZE.findall(why)))
        others = tuple(size for size in told if f"{size[0]}x{size[1]}" != fields[name])
        if name == "size" and others and not self._sizes[path]:
            self._sizes[path] = others
        else:
            self._unknown[path].add(name)
        return True

    def spoken(self, path: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields as this service understands them."""
        known = {name: value for name, value in fields.items() if name not in self._unknown[path]}
        if self._most[path] and COUNT in known:
            known[COUNT] = type(known[COUNT])(min(int(known[COUNT]), self._most[path]))
        sizes, wanted = self._sizes[path], SIZE.fullmatch(str(known.get("size", "")))
        if sizes and wanted:
            shape = int(wanted[1]) / int(wanted[2])
            wide, tall = min(sizes, key=lambda size: abs(size[0] / size[1] - shape))
            known["size"] = f"{wide}x{tall}"
        return known

    @staticmethod
    def _means(name: str, why: str, param: str) -> bool:
        """Whether a service declines this field: by its name beside the words, or among them; of a letter, in quotes or with “=”."""
        if param:
            return param.rpartition(".")[2] == name
        pattern = rf"['\"`]{name}['\"`]|\b{name} ?[=:<]|\b{name} must\b" if len(name) == 1 else rf"\b{name}\b"
        return re.search(pattern, why) is not None
