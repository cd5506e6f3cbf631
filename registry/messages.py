"""The program's language: English source, full Chinese catalogues, Chinese by default.

One gettext domain per package, so that a package's words stand together. The choice is made once,
at the door; everything below only calls `_`.
"""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from registry.vocab import Lang

LOCALE_DIR = Path(__file__).parent / "locale"
DOMAINS = (
    "cli",
    "commands",
    "registry",
    "exchange",
    "checkers",
    "sweeps",
    "verdicts",
    "reconcilers",
    "reports",
)

_lang: Lang = Lang.ZH


def choose(flag: str | None, environ: Mapping[str, str]) -> Lang:
    """The language to speak: `--lang`, else TAIZHANG_LANG, else the locale, else Chinese.

    Only a locale that names another language than Chinese (`en_US.UTF-8`) leads to English;
    `C`, `POSIX` and an empty one mean nothing was chosen.
    """
    asked = flag or environ.get("TAIZHANG_LANG")
    if asked:
        return Lang.ZH if asked.lower().startswith("zh") else Lang.EN
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    name = locale.split(".")[0].lower()
    return Lang.ZH if name in {"", "c", "posix"} or name.startswith("zh") else Lang.EN


def set_language(lang: Lang) -> None:
    """Speak `lang` from here on, in the whole process."""
    global _lang
    _lang = lang
    _.cache_clear()


def language() -> Lang:
    """The language in force."""
    return _lang


@lru_cache(4096)
def _(message: str) -> str:
    """The message in the user's language; place-holders are filled in afterwards by the caller."""
    return _catalogue(_lang).gettext(message)


@lru_cache(None)
def _catalogue(lang: Lang) -> _gettext.NullTranslations:
    """All domains in one, read when the first message is wanted: most runs say little or nothing."""
    found = _gettext.NullTranslations()
    for domain in DOMAINS if lang is not Lang.EN else ():
        found.add_fallback(
            _gettext.translation(domain, LOCALE_DIR, languages=[lang.value], fallback=True)
        )
    return found
