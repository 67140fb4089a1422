"""Validation at synthesis: the trimmed service model, the rules compiled from it, the checks and their messages."""
