"""One file, or one small package, per chat platform.

A platform module's door is `build(settings, *, health) -> Chat`, where `health()` tells what the generator is doing. It may also
offer `check(settings) -> list[Finding]`, awaited by `muselab doctor`.
"""

__product__ = "muselab"
