"""Model versions: trials, verdicts, reports."""
