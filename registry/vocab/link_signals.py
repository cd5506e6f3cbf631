"""What an opened link may say beyond its status, as far as more than one part of the house must know
the word. Further ones come from `checkers/signals.toml`.
"""

from __future__ import annotations

SENT_HOME = "sent_home"
"""A page of a site was asked for, and the site led on to its home page."""

NOT_IMAGE = "not_image"
IMAGE_BROKEN = "image_broken"
IMAGE_TOO_LARGE = "image_too_large"
QR_UNREADABLE = "qr_unreadable"
"""No code was found in the image; it may be WeChat's round one, which only WeChat reads."""

QR_TEXT = "qr_text"
"""The code holds words, not an address."""

QR_APP = "qr_app"
"""The code holds an address that only an app can open."""

QR_SEVERAL = "qr_several"
"""The image holds several codes that differ."""

BROKEN_IMAGE_SIGNALS = frozenset({NOT_IMAGE, IMAGE_BROKEN})
"""A visitor sees no image at all, perhaps only today."""

LOOK_SIGNALS = frozenset({SENT_HOME, IMAGE_TOO_LARGE, QR_UNREADABLE, QR_TEXT, QR_APP, QR_SEVERAL})
"""No machine can say whether such a link does what it should: a person must look."""
