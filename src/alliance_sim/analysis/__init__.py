"""Ensembles and the record in, data frames out."""
