"""The coded record: dated acts, rungs, context and the claims of the described history."""
