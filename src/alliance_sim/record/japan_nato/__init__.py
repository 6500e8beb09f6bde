"""The coded history of Japan and NATO as five tables; `CODEBOOK.md` says how it was made."""
