"""Bilibili's sources, one file each."""
