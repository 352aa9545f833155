"""One file, or one small package, per chat platform. A platform module's door is `build(settings) -> Chat`."""
