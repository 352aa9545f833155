"""How the team's taste is learned from feedback."""
