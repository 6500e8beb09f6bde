"""Simulated histories beside the coded record, and scenarios beside one another."""
