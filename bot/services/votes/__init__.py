"""What people think of ideas: votes, duels, and the taste that is refitted from them."""
