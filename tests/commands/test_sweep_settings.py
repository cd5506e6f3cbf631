"""Settings of sweeps other than paces: what is refused names the setting and how it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.door import Door
from commands.settings import SweepSettings, read_settings
from commands.sweep_setup import check_sweep_settings
from registry.db import Registry
from registry.errors import BadConfig, BadInput, Fault
from registry.messages import _
from tests.conftest import NOW


def read(folder: Path, line: str) -> SweepSettings:
    (folder / "taizhang.toml").write_text(f"[sweep]\n{line}\n", encoding="utf-8")
    return read_settings(None, str(folder / "accounts.db")).sweep


def fault(folder: Path, line: str) -> Fault:
    with pytest.raises(BadInput) as refused:
        read(folder, line)
    (found,) = refused.value.faults
    return found


@pytest.mark.parametrize(
    "address",
    ["rsshub.gov.example:1200", "ftp://x", "http://", "不是地址", "http://a b", "http://x:99999"],
)
def test_an_address_of_rsshub_without_its_beginning_is_refused(
    tmp_path: Path, address: str
) -> None:
    found = fault(tmp_path, f'rsshub = "{address}"')
    said = _("{url} is no address of a website.").format(url=address)
    assert found.message == f"sweep.rsshub: {said}"
    assert "http://10.20.0.5:1200" in found.remedy


@pytest.mark.parametrize("address", ["", "http://10.20.0.5:1200", "https://rss.example.cn/hub/"])
def test_an_address_of_rsshub_or_none_is_taken(tmp_path: Path, address: str) -> None:
    assert read(tmp_path, f'rsshub = "{address}"').rsshub == address


@pytest.mark.parametrize("line", ["retries = -1", "workers = -1", "workers = 0", "hours = 25"])
def test_a_number_that_is_too_small_or_too_great_is_told_as_such(tmp_path: Path, line: str) -> None:
    assert fault(tmp_path, line).message.endswith(_("The value is out of range."))


@pytest.mark.parametrize("line", ['retries = "2"', "retries = true", "retries = 1.5"])
def test_what_is_no_whole_number_is_told_as_such(tmp_path: Path, line: str) -> None:
    assert fault(tmp_path, line).message.endswith(_("The value has the wrong type."))


@pytest.mark.parametrize(
    "entry",
    [
        "yes",
        "*",
        "10.20",
        "10.1.0.0-10.2.0.0",
        "http://10.2.0.5",
        "10.2.0.5:99999",
        "",
        "10.2.3.4/16",
        "0.0.0.0/0",
        "rsshub",
    ],
)
def test_what_is_no_address_network_or_host_is_not_allowed_in(tmp_path: Path, entry: str) -> None:
    found = fault(tmp_path, f'allow_private = ["10.20.0.0/16", "{entry}"]')
    assert found.message.startswith(f"sweep.allow_private: {entry}") and found.remedy
    assert found.file == str(tmp_path / "taizhang.toml")


def test_addresses_networks_and_hosts_are_allowed_in(tmp_path: Path) -> None:
    entries = ["10.20.0.5", "10.20.0.5:1200", "fd00::/8", "::1", "rsshub:80", "rss.内部域名"]
    written = ", ".join(f'"{entry}"' for entry in entries)
    assert read(tmp_path, f"allow_private = [{written}]").allow_private == tuple(entries)


def test_faults_of_form_and_what_no_sweep_can_work_with_are_told_in_one_list(
    registry: Registry, tmp_path: Path
) -> None:
    file = tmp_path / "taizhang.toml"
    lines = ["[sweep]", 'allow_private = ["0.0.0.0/0"]', 'ca_file = "/nope.pem"']
    lines += ["[sources]", '"微薄" = ["page"]', "[hints]", 'misprints = "nofile.txt"']
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        check_sweep_settings(Door("", None, None, str(file), lambda: NOW), registry)
    told = [fault.message for fault in caught.value.faults]
    named = ["0.0.0.0/0", "/nope.pem", "nofile.txt", "微薄"]
    assert len(told) == 4
    assert all(name in message for name, message in zip(named, told, strict=True))


def test_a_folder_beside_the_ledger_in_place_of_the_settings_is_told_as_such(
    tmp_path: Path,
) -> None:
    (tmp_path / "taizhang.toml").mkdir()
    with pytest.raises(BadConfig) as caught:
        read_settings(None, str(tmp_path / "accounts.db"))
    assert caught.value.hint == "这里须是可以读取的文件；移走它则使用默认设置。"


def test_settings_that_are_not_in_utf_8_are_to_be_saved_so(tmp_path: Path) -> None:
    file = tmp_path / "taizhang.toml"
    file.write_bytes("[sweep]\n# 中文".encode("gbk"))
    with pytest.raises(BadConfig) as caught:
        read_settings(str(file), "")
    assert "不是 UTF-8 编码" in caught.value.message
    assert caught.value.hint.startswith("请另存为 UTF-8")
