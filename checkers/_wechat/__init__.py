"""WeChat's sources, one file each."""
