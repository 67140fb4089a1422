"""The payload classes of each context type, the table of context types, and the code that renders and compares payloads."""
