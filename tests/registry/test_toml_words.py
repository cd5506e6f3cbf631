"""Where a TOML file goes wrong, in Chinese."""

from __future__ import annotations

import tomllib

import pytest

from registry.toml_words import toml_fault


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = = 1", "第 1 行第 5 个字符处不合 TOML 写法"),
        ("[[\n", "第 1 行第 3 个字符处不合 TOML 写法"),
        ('a = """', "文件末尾有未写完的内容"),
    ],
)
def test_the_place_is_named(text: str, words: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    assert toml_fault(caught.value) == words


def test_another_encoding_is_named() -> None:
    with pytest.raises(UnicodeDecodeError) as caught:
        b"\xff\xfe".decode()
    assert toml_fault(caught.value) == "文件不是 UTF-8 文本"
