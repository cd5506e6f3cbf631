"""What comes over the web, read without a platform in mind: pages, feeds, QR codes."""
