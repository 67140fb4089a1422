"""Payloads of contexts: a module for each context type, the table of context types, and the code that renders payloads."""
