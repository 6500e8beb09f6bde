"""Inference on unknowns that are standard normals: samplers, evidence, and what judges them."""
