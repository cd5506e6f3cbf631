"""App stores and files of apps."""
