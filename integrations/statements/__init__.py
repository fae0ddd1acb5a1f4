"""Stored statements as they are shown, compared with earlier ones, and taken away."""
