"""Speech heard: sounds become words."""
