"""Ideas with a slot: for plots, titles and slogans, of which none that was written for one topic fits another."""
