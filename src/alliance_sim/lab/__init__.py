"""The teaching page: the same model in the reader's browser, bit for bit."""
