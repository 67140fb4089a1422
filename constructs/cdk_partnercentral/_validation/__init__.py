"""Validation at synthesis: the service model, the rules of the model, the checks, and their messages."""
