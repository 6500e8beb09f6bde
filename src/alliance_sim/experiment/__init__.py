"""Experiments: a question, a design, the runs, the frames that answer it."""
