"""Weibo's sources, one file each."""
