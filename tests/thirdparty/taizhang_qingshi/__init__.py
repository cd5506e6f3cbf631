"""A package of its own that adds a platform: the example of `docs/adding-a-platform.md`."""
