"""A team and its people: settings, news, what is kept and forgotten."""
