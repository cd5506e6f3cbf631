"""How a page keeps an element from sight: by style, by size or by position (暗链 stand like that).

It reads what stands on the element and in the page's own style sheet, simple rules only. A class
that some rule of the page shows again is a tab or a menu that opens, and hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_UNSEEN = re.compile(
    r"(?<![\w-])(?:display:none|visibility:(?:hidden|collapse)|opacity:0?(?:\.0+)?(?![.\d])"
    r"|filter:alpha\(opacity=0\))"
)
_NO_LETTERS = re.compile(r"(?<![\w-])font-size:0?\.?0*(?:px|pt|em|rem|%)?(?![.\d])")
_SIZE = re.compile(
    r"(?<![\w-])(?:max-)?(?:width|height):(\d{1,5}(?:\.\d{1,3})?)(?:px|pt)?(?![.\d%])"
)
_CLIPPED = re.compile(r"(?<![\w-])clip:rect\((?:0|1px)")
_FAR = re.compile(
    r"(?<![\w-])(?:left|top|right|bottom|text-indent|margin-left|margin-top|margin)"
    r":-(\d{1,9})(?:\.\d{1,3})?(px|pt|em|rem|%)?"
)
_TURNED = re.compile(r"(?<![\w-])transform:(?:scale\(0|translate[xy]?\(-\d{4})")
_SHOWS = re.compile(r"(?<![\w-])(?:display:(?!none)|visibility:visible|opacity:(?:1|\.\d|0\.\d))")
_NAME = re.compile(r"[.#][\w-]{1,60}")
_TOO_FAR = {"px": 500, "pt": 500, "": 500, "em": 40, "rem": 40, "%": 100}
_LONGEST = 2000
_MOST_RULES = 5000


def how_hidden(tag: str, attributes: Mapping[str, str], sheet: str = "") -> str:
    """`style`, `size` or `position`, or nothing; `sheet`: what the page's style sheet adds."""
    if "hidden" in attributes:
        return "style"
    style = ";".join((_plain(sheet), _plain(attributes.get("style", ""))))
    if _UNSEEN.search(style):
        return "style"
    if _NO_LETTERS.search(style) or _clipped(style) or (tag == "marquee" and _tiny(attributes)):
        return "size"
    return "position" if _far(style) else ""


def _plain(style: str) -> str:
    """Without spaces, `!important` and upper case."""
    return re.sub(r"\s|!important", "", style[:_LONGEST].lower())


def _clipped(style: str) -> bool:
    """Nothing sticks out of a box without room."""
    cut_off = "overflow:hidden" in style or "overflow:clip" in style
    small = any(float(found.group(1)) <= 1 for found in _SIZE.finditer(style))
    return (cut_off and small) or bool(_CLIPPED.search(style))


def _tiny(attributes: Mapping[str, str]) -> bool:
    """A marquee without room scrolls its links past nobody."""
    sides = (attributes.get("width", "").strip(), attributes.get("height", "").strip())
    return any(side.removesuffix("px") in {"0", "1", "2", "3"} for side in sides)


def _far(style: str) -> bool:
    for found in _FAR.finditer(style):
        if int(found.group(1)) >= _TOO_FAR[found.group(2) or ""]:
            return True
    return bool(_TURNED.search(style))


class Sheet:
    """The page's own style sheet, as far as it is about one class or one id."""

    def __init__(self) -> None:
        self._rules: dict[str, str] = {}
        self._shown: set[str] = set()

    def add(self, text: str) -> None:
        """The content of a `<style>`."""
        for rule in re.sub(r"/\*[^*]{0,5000}\*/", "", text).split("}")[:_MOST_RULES]:
            selectors, _brace, style = rule.rpartition("{")
            selectors = selectors.rpartition("{")[2]
            if _SHOWS.search(_plain(style)):
                self._shown.update(_NAME.findall(selectors[:_LONGEST]))
                continue
            for selector in map(str.strip, selectors.split(",")[:100]):
                if _NAME.fullmatch(selector):
                    self._rules[selector] = f"{self._rules.get(selector, '')};{style[:500]}"[-2000:]

    def style(self, attributes: Mapping[str, str]) -> str:
        """What the sheet says of an element by its classes and its id."""
        if not self._rules:
            return ""
        names = [f".{word}" for word in attributes.get("class", "")[:300].split()]
        names.append(f"#{attributes.get('id', '').strip()[:60]}")
        return ";".join(self._rules[n] for n in names if n in self._rules and n not in self._shown)
