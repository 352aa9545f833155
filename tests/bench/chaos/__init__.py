"""What becomes of what was acknowledged when anything is killed: at random moments of a busy day, at every point of an event."""
