"""Under what conditions an outcome comes about: boxes (PRIM) and trees (CART) over a sweep."""
