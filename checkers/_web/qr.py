"""QR images read: the image is asked for, the code in it decoded, and where it leads asked in turn.

Nothing is decoded that is not bounded first. A picture in which no code is found says nothing: it
may be WeChat's round 小程序码, which only WeChat can read.
"""

from __future__ import annotations

import base64
import binascii
import warnings
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes, urlsplit

from checkers.base import Link, LinkFact, Request, Response
from registry.vocab import (
    IMAGE_BROKEN,
    IMAGE_TOO_LARGE,
    NOT_IMAGE,
    QR_APP,
    QR_SEVERAL,
    QR_TEXT,
    QR_UNREADABLE,
    LinkKind,
    Reason,
)

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES = 5_000_000
MOST_PIXELS = 16_000_000
LONGEST_TEXT = 3000

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
"""Kinds of image that pages show; the library knows others that start programs of their own."""

_LARGE = 1600
_SMALL = 400
_WHITE = 255

Read = Callable[[str, Response], LinkFact]
"""What asking for an address showed."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a picture held: texts of its QR codes, or why there is none (a signal's name)."""

    texts: tuple[str, ...] = ()
    fault: str = ""


def read_code(body: bytes) -> Code:
    """The QR codes in the bytes of an image; of an animated one, in its first picture."""
    if len(body) > MOST_BYTES:
        return Code(fault=IMAGE_TOO_LARGE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(body)
    except Exception:  # whatever the decoder raises on hostile bytes, the image cannot be shown
        return Code(fault=IMAGE_BROKEN)


def _read(body: bytes) -> Code:
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(BytesIO(body), formats=_FORMATS)
    except UnidentifiedImageError:
        return Code(fault=QR_UNREADABLE if _shown_elsewhere(body) else NOT_IMAGE)
    except Image.DecompressionBombError:
        return Code(fault=IMAGE_TOO_LARGE)
    with image:
        if image.width * image.height > MOST_PIXELS:
            return Code(fault=IMAGE_TOO_LARGE)
        image.load()
        texts = _decoded(_grey(image))
    return Code(texts) if texts else Code(fault=QR_UNREADABLE)


def _shown_elsewhere(body: bytes) -> bool:
    """True for images that browsers show and this program does not read: SVG, AVIF."""
    return b"<svg" in body[:2000].lower() or body[4:12] in {b"ftypavif", b"ftypavis"}


def _grey(image: Image) -> Image:
    """In greys on white, with a white margin: a code printed to the edge is one all the same."""
    from PIL import Image as images

    seen = image.convert("RGBA")
    margin = 8 + max(seen.size) // 20
    size = (seen.width + 2 * margin, seen.height + 2 * margin)
    paper = images.new("RGBA", size, (_WHITE, _WHITE, _WHITE, _WHITE))
    paper.alpha_composite(seen, (margin, margin))
    return paper.convert("L")


def _decoded(grey: Image) -> tuple[str, ...]:
    for picture in _sizes(grey):
        found = _codes(picture)
        if found:
            return found
    return ()


def _sizes(grey: Image) -> Iterable[Image]:
    """The picture as quick to read as possible first; a small one also enlarged."""
    longest = max(grey.size)
    if longest > _LARGE:
        yield _scaled(grey, _LARGE / longest)
    yield grey
    if longest < _SMALL:
        yield _scaled(grey, 3.0)


def _scaled(grey: Image, factor: float) -> Image:
    return grey.resize((max(1, int(grey.width * factor)), max(1, int(grey.height * factor))))


def _codes(grey: Image) -> tuple[str, ...]:
    import zxingcpp

    # A shaped view of the bytes: the library's own view does not keep them alive.
    pixels = memoryview(grey.tobytes()).cast("B", (grey.height, grey.width))
    wanted = zxingcpp.barcode_formats_from_str("QRCode")
    found = zxingcpp.read_barcodes(pixels, formats=wanted)
    texts = [code.text.strip()[:LONGEST_TEXT] for code in found if code.valid]
    return tuple(dict.fromkeys(text for text in texts if text))


# --- links of kind QR ---------------------------------------------------------------------------


def qr_facts(
    links: Iterable[Link], read: Read
) -> Generator[list[Request], list[Response], tuple[LinkFact, ...]]:
    """One fact for each QR image among `links`, in their order.

    `url` is the image's address, `detail` what the code says, and the rest what happened where it
    leads; for an image without an address in it, what is wrong with the image.
    """
    images = list(dict.fromkeys(x.url for x in links if x.kind is LinkKind.QR and x.url))
    asked = [url for url in images if is_web(url)]
    answers = (yield [image_request(url) for url in asked]) if asked else []
    shown = dict(zip(asked, answers, strict=True))
    facts = {url: _image_fact(url, shown.get(url), read) for url in images}
    targets = list(dict.fromkeys(f.detail for f in facts.values() if _leads_on(f)))
    reached = (yield [Request(url, max_bytes=MOST_BYTES) for url in targets]) if targets else []
    ends = {url: read(url, answer) for url, answer in zip(targets, reached, strict=True)}
    return tuple(_joined(fact, ends) if _leads_on(fact) else fact for fact in facts.values())


def image_request(url: str) -> Request:
    """The request for a picture, bounded."""
    return Request(url, headers=(("Accept", "image/*,*/*;q=0.5"),), max_bytes=MOST_BYTES)


def is_web(url: str) -> bool:
    """True for an address that HTTP can ask for."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def embedded(url: str) -> bytes | None:
    """The bytes in a `data:` address; None where it holds none."""
    head, comma, rest = url[: MOST_BYTES * 2].partition(",")
    if not comma or head[:5].lower() != "data:":
        return None
    raw = unquote_to_bytes(rest)
    if not head.lower().rstrip().endswith(";base64"):
        return raw
    try:
        return base64.b64decode(b"".join(raw.split()) + b"==")
    except (binascii.Error, ValueError):
        return b""


def _image_fact(url: str, answer: Response | None, read: Read) -> LinkFact:
    if answer is None:
        body = embedded(url)
        if body is None:
            return LinkFact(url, failure=Reason.NO_ADDRESS, detail="no address that HTTP can reach")
        return _coded(LinkFact(url, 200), read_code(body))
    fact = read(url, replace(answer, headers={"content-type": "image/*"}))
    if fact.failure or answer.status != 200:
        return fact
    return _coded(replace(fact, signal="", signal_text=""), read_code(answer.body))


def _coded(fact: LinkFact, code: Code) -> LinkFact:
    if code.fault:
        return replace(fact, signal=code.fault)
    said = " | ".join(code.texts)
    if len(code.texts) > 1:
        return replace(fact, signal=QR_SEVERAL, detail=said)
    if any(char.isspace() for char in said) or "://" not in said:
        return replace(fact, signal=QR_TEXT, detail=said)
    return replace(fact, signal="" if is_web(said) else QR_APP, detail=said)


def _leads_on(fact: LinkFact) -> bool:
    return bool(fact.detail) and not fact.signal and fact.failure is None and fact.status == 200


def _joined(fact: LinkFact, ends: dict[str, LinkFact]) -> LinkFact:
    end = ends[fact.detail]
    return replace(end, url=fact.url, final_url=end.final_url or fact.detail, detail=fact.detail)
