"""Engines: what runs a world. The Mesa engine serves inspection, teaching and tests."""
