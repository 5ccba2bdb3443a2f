"""Adapters: language models and embedders behind the seams of `interviewer.types`."""
