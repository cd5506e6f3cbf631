"""The program's own files, found in a checkout and where a wheel puts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.errors import NotFound
from registry.resources import resource, shared_file


def test_package_data_is_found_by_package_and_name() -> None:
    text = resource("verdicts", "indicators/national-2019.toml").read_text("utf-8")
    assert 'name = "national-2019"' in text
    assert resource("registry", "locale/zh").is_dir()


def test_a_missing_file_is_named() -> None:
    with pytest.raises(NotFound) as caught:
        resource("verdicts", "indicators/none.toml")
    assert "verdicts/indicators/none.toml" in caught.value.message
    with pytest.raises(NotFound):
        shared_file("none.sample")


def test_a_data_file_is_found_in_the_checkout() -> None:
    assert shared_file("setup.cfg") == Path(__file__).parents[2] / "setup.cfg"


def test_a_data_file_is_found_in_the_share_of_an_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "share" / "taizhang" / "some.sample"
    installed.parent.mkdir(parents=True)
    installed.write_text("x")
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    assert shared_file("some.sample") == installed
