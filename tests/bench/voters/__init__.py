"""Learning judged on any team's votes: bad voters, luck looked at again, people one by one, reasons, and what it costs."""
