"""The model in other languages than Python, held against the compiled engine."""
