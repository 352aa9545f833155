"""The forms of poems, and which kinds of ideas are poems."""

from __future__ import annotations

#: The kind of idea that a poem of each form is, which is the name of its recipe, by the language of ideas.
FORMS = {
    "line": {"en": "poems", "zh": "poems"},
    "haiku": {"en": "haikus", "zh": "haikus"},
    "couplet": {"en": "couplets", "zh": "couplets"},
    "quatrain": {"en": "quatrains", "zh": "quatrains"},
    "limerick": {"en": "limericks", "zh": "limericks"},
    "jueju": {"zh": "jueju"},
    "wujue": {"zh": "jueju"},
    "qijue": {"zh": "jueju"},
}
POEMS = frozenset(kind for kinds in FORMS.values() for kind in kinds.values())  #: kinds of ideas that are poems
