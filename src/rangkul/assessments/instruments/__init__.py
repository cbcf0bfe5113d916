"""The wordings: every question and choice in both languages, one module an instrument."""
