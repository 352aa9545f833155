"""Media for ideas: commissions, the works, what a team likes of them, files that people hand in."""
