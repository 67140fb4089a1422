"""Payloads of contexts: one module for each context type, the table of context types, and the rendering."""
