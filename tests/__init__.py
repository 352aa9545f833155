"""The tests. Programs that they start find the tests' own modules, though none looks in its current folder."""

import os
from pathlib import Path

_ROOT = str(Path(__file__).parent.parent)
_known = os.environ.get("PYTHONPATH", "")
if _ROOT not in _known.split(os.pathsep):
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (_ROOT, _known)))
