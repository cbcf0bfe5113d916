"""Rangkul: the shared floor on which agencies care for survivors of violence and trafficking."""

__version__ = "0.1.0"
