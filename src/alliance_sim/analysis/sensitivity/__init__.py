"""Which number matters: Morris, Sobol and PAWN over a sweep."""
