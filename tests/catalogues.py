"""The Chinese catalogues against the code: what is missing, left over, or out of date.

`python -m tests.catalogues` adds what is missing to the .po files (to be translated) and compiles
the .mo files; the test of the same name fails while anything is open.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from registry.messages import DOMAINS, LOCALE_DIR

ROOT = Path(__file__).parent.parent
CATALOGUES = LOCALE_DIR / "zh" / "LC_MESSAGES"
FOREIGN = ("messages",)
"""Catalogues for the words of libraries, which our code does not hold."""


def sources(domain: str) -> Iterator[Path]:
    """The Python files and templates whose messages belong to a domain."""
    if domain == "cli":
        yield ROOT / "cli.py"
        return
    folder = ROOT / "registry" / "exchange" if domain == "exchange" else ROOT / domain
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.html")]):
        if domain == "registry" and folder / "exchange" in path.parents:
            continue
        yield path


def used(domain: str) -> set[str]:
    """Every message id that the code of a domain uses."""
    keywords = {"_": None, "N_": None}
    found: set[str] = set()
    for path in sources(domain):
        method = "jinja2" if path.suffix == ".html" else "python"
        for _line, message, _comments, _context in extract_from_file(
            method, str(path), keywords=keywords
        ):
            found.add(message if isinstance(message, str) else message[0])
    return found


def catalogue(domain: str) -> Catalog:
    """The .po file of a domain, or an empty one."""
    path = CATALOGUES / f"{domain}.po"
    if not path.exists():
        return Catalog(locale="zh", domain=domain, project="taizhang", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="zh", domain=domain)


def compiled(domain: str) -> bytes:
    """The .mo file as it ought to be."""
    made = io.BytesIO()
    write_mo(made, catalogue(domain))
    return made.getvalue()


def place_holders(text: str) -> set[str]:
    """The named place-holders of a message."""
    return set(re.findall(r"\{(\w*)[^}]*\}", text))


def faults(domain: str) -> list[str]:
    """What is wrong with a catalogue, in words."""
    translated = {str(m.id): str(m.string) for m in catalogue(domain) if m.id}
    wanted = used(domain)
    found = [f"untranslated: {text}" for text in sorted(wanted) if not translated.get(text)]
    found += [f"not used: {text}" for text in sorted(translated) if text not in wanted]
    found += [
        f"other place-holders: {text}"
        for text in sorted(wanted & translated.keys())
        if translated[text] and place_holders(text) != place_holders(translated[text])
    ]
    path = CATALOGUES / f"{domain}.mo"
    if (translated or path.exists()) and (
        not path.exists() or path.read_bytes() != compiled(domain)
    ):
        found.append("the .mo file is not the compiled .po file")
    return found


def refresh() -> None:
    """Bring the .po files to what the code uses, and compile them."""
    for domain in DOMAINS:
        known, wanted = catalogue(domain), used(domain)
        fresh = Catalog(
            locale="zh",
            domain=domain,
            project="taizhang",
            fuzzy=False,
            creation_date=known.creation_date,  # a file in which nothing changed stays as it is
        )
        for text in sorted(wanted):
            there = known.get(text)
            fresh.add(text, str(there.string) if there else "")
            if there is None or not there.string:
                print(f"{domain}: {text}")
        if wanted:
            with (CATALOGUES / f"{domain}.po").open("wb") as file:
                write_po(file, fresh, width=100, omit_header=False)
    for domain in (*DOMAINS, *FOREIGN):
        if (CATALOGUES / f"{domain}.po").exists():
            (CATALOGUES / f"{domain}.mo").write_bytes(compiled(domain))


if __name__ == "__main__":
    refresh()
