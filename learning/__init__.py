"""How the team's taste is learned from feedback."""

__product__ = "muselab"
