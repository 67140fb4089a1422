"""Validation at synthesis: the trimmed service model, the rules compiled from the model, the checks and their messages."""
