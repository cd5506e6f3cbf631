"""A government website read: pages, columns, marks, links."""
