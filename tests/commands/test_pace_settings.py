"""The office's own paces in the settings file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.settings import read_settings
from registry.errors import BadConfig, BadInput
from registry.messages import language, set_language
from registry.vocab import Lang


@pytest.fixture
def english() -> Iterator[None]:
    """Messages as they stand in the code."""
    before = language()
    set_language(Lang.EN)
    yield
    set_language(before)


def read(folder: Path, text: str) -> dict[str, dict[str, float]]:
    (folder / "taizhang.toml").write_text(text, encoding="utf-8")
    pace = read_settings(None, str(folder / "accounts.db")).sweep.pace
    return {host: dict(figures) for host, figures in pace.items()}


def test_a_number_is_the_gap_and_a_table_holds_any_figures(tmp_path: Path) -> None:
    told = '[sweep.pace]\n"a.example" = 30\n"b.example" = {daily = 200, in_flight = 2, min_gap = 1.5}\n'
    assert read(tmp_path, told) == {
        "a.example": {"min_gap": 30},
        "b.example": {"daily": 200, "in_flight": 2, "min_gap": 1.5},
    }


@pytest.mark.parametrize(
    ("figures", "where", "said", "remedy"),
    [
        ("-1", "", "-1 is out of range.", "Write a number of seconds, 0.01–86400."),
        ("1e9", "", "1e+09 is out of range.", "Write a number of seconds, 0.01–86400."),
        ('"often"', "", "This is no number of seconds.", "Write a number of seconds, 0.01–86400."),
        ("true", "", "This is no number of seconds.", "Write a number of seconds, 0.01–86400."),
        ("nan", "", "This is no number of seconds.", "Write a number of seconds, 0.01–86400."),
        ("{cool_down = inf}", ".cool_down", "This is no number of seconds.", "0–86400"),
        ("{per_run = 1.5}", ".per_run", "This is no whole number.", "0–1000000"),
        ("{daily = true}", ".daily", "This is no whole number.", "0–1000000"),
        ("{daily = 1000001}", ".daily", "1000001 is out of range.", "0–1000000"),
        ("{daily = -1}", ".daily", "-1 is out of range.", "0–1000000"),
        ("0", "", "So short a gap is none", "0.01–86400"),
        ("0.009", "", "So short a gap is none", "0.01–86400"),
        ("-0.001", "", "-0.001 is out of range.", "0.01–86400"),
        ("1" + "0" * 400, "", "∞ is out of range.", "0.01–86400"),
        ("{daily = 1" + "0" * 30 + "}", ".daily", "1e+30 is out of range.", "0–1000000"),
        ("{in_flight = 0}", ".in_flight", "0 is out of range.", "1–1000"),
        ("{gap = 3}", ".gap", "A pace has no such figure.", "min_gap, per_run, daily, in_flight"),
        ("{}", "", "No figure is given.", "min_gap = 30"),
    ],
)
def test_each_mistake_in_a_pace_is_told_with_its_host_its_figure_and_what_is_allowed(
    tmp_path: Path, english: None, figures: str, where: str, said: str, remedy: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read(tmp_path, f'[sweep]\npace = {{"a.example" = {figures}}}\n')
    (fault,) = refused.value.faults
    assert fault.message.startswith(f'sweep.pace."a.example"{where}: {said}')
    assert remedy in fault.remedy and fault.file == str(tmp_path / "taizhang.toml")


def test_all_mistakes_in_paces_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        read(tmp_path, '[sweep.pace]\n"a.example" = {gap = 1, daily = -1}\n"b.example" = "x"\n')
    places = [fault.message.partition(":")[0] for fault in refused.value.faults]
    b = 'sweep.pace."b.example"'
    assert places == ['sweep.pace."a.example".gap', 'sweep.pace."a.example".daily', b]


@pytest.mark.parametrize(
    ("host", "remedy"),
    [
        ("https://m.weibo.cn", '"m.weibo.cn"'),
        ("m.weibo.cn/u", '"m.weibo.cn"'),
        ("li@m.weibo.cn", '"m.weibo.cn"'),
        ("", '"m.weibo.cn"'),
        ("m.weibo.cn ", '"m.weibo.cn"'),
        ("m.weibo.cn:99999", '"10.20.0.5:1200"'),
    ],
)
def test_a_pace_is_that_of_a_host_and_not_of_an_address(
    tmp_path: Path, host: str, remedy: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read(tmp_path, f'[sweep.pace]\n"{host}" = 60\n')
    (fault,) = refused.value.faults
    assert f'sweep.pace."{host}"' in fault.message and remedy in fault.remedy


def test_a_host_named_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        read(tmp_path, '[sweep.pace]\n"m.weibo.cn" = 60\n"M.Weibo.cn" = 30\n')
    assert len(refused.value.faults) == 2


def test_a_host_is_the_same_in_capitals(tmp_path: Path) -> None:
    assert read(tmp_path, '[sweep.pace]\n"M.Weibo.cn" = 60\n') == {"m.weibo.cn": {"min_gap": 60}}


def test_mistakes_of_all_sections_are_told_at_once(tmp_path: Path) -> None:
    told = """
    [sweep]
    workers = 0
    retries = 11
    trusted_proxy = "http://liwei:sesame@10.20.0.1:"
    [sweep.pace]
    "a.example" = 0
    [evidence]
    keep_days = 0
    [sources]
    weibo = "page"
    """
    with pytest.raises(BadInput) as refused:
        read(tmp_path, told)
    places = [fault.message.partition(": ")[0] for fault in refused.value.faults]
    wrong = ["workers", "retries", "trusted_proxy", 'pace."a.example"']
    assert places == [*(f"sweep.{name}" for name in wrong), "evidence.keep_days", "sources.weibo"]
    assert "sesame" not in str([fault for fault in refused.value.faults])


def test_a_number_of_thousands_of_digits_is_told_like_any_other_slip(tmp_path: Path) -> None:
    with pytest.raises(BadConfig) as refused:
        read(tmp_path, f'[sweep]\nworkers = {"9" * 5000}\n')
    assert "taizhang.toml" in refused.value.message
