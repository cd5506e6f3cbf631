"""Whether the label beside a QR code names another platform than the code leads to.

Only a label that names exactly one platform, and a code whose address names an account, can
disagree; a platform that lives within another one is no disagreement.
"""

from __future__ import annotations

from registry.platforms import PlatformCatalogue

_WITHIN_WECHAT = frozenset({"wechat", "channels", "miniprogram"})


def misleads(label: str, addresses: tuple[str, ...], platforms: PlatformCatalogue) -> bool:
    """True when `label` names one platform and the first of `addresses` that names an account
    names one of another platform."""
    named = platforms.mentioned(label)
    if len(named) != 1:
        return False
    for address in addresses:
        account = platforms.identify(address) if address else None
        if account is not None:
            both = {account.platform, *named}
            return len(both) == 2 and not both <= _WITHIN_WECHAT
    return False
