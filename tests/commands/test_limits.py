"""`rules limits` at the terminal."""

from __future__ import annotations

from tests.commands.conftest import Desk, listed


def test_limits_are_listed_and_set_in_one_go(upload_desk: Desk) -> None:
    before = {row["name"]: row["days"] for row in listed(upload_desk, "rules", "limits")}
    code, said = upload_desk(
        "rules", "limits", "--set", "RC304=8", "--set", "cancel=3", "--reason", "本县规定"
    )
    assert code == 0, said
    after = {row["name"]: row for row in listed(upload_desk, "rules", "limits")}
    assert {name for name in after if after[name]["days"] != before[name]} == {"RC304", "cancel"}
    assert after["RC304"]["actor"] == "王芳" and after["RC304"]["since"] == "2026-11-23"
    assert (
        "RC304,台账有、报送系统没有,8,工作日"
        in upload_desk("rules", "limits", "--format", "csv")[1]
    )


def test_a_mistake_is_one_error_and_nothing_is_set(upload_desk: Desk) -> None:
    words = ("rules", "limits", "--set", "RC304=8", "--set", "RC9=8", "--reason", "本县规定")
    code, said = upload_desk(*words)
    assert code == 2 and said.count("错误") == 1 and "notice" in said
    assert upload_desk("rules", "limits", "--set", "RC304=8")[0] == 2
    assert upload_desk("rules", "limits", "--reason", "无")[0] == 2
    code, said = upload_desk(*words[:4], "--reason", "本县规定", actor="")
    assert code == 2 and "--actor" in said
    rows = listed(upload_desk, "rules", "limits")
    assert [row["since"] for row in rows] == [None] * len(rows)
