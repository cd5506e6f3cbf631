"""What an observation keeps beside its posts, as a clerk reads it."""

from __future__ import annotations

from registry.seen_words import seen_rows

SITE = {
    "looked_at": ["columns", "dates", "hidden", "marks", "reach"],
    "opened": False,
    "why": "HTTP 502",
    "columns": [
        {
            "name": "要闻",
            "url": "https://q.example/y/",
            "kind": "news",
            "entries": 8,
            "newest": "2026-11-19T16:00:00+00:00",
            "precision": "day",
        },
        {
            "name": "公示",
            "url": "https://q.example/g/",
            "kind": "other",
            "entries": None,
            "newest": None,
            "precision": "day",
        },
    ],
    "marks": {"icp": "滇ICP备00000000号", "error_report": ""},
    "hidden": [{"url": "https://b.example/", "text": "彩", "how": "position", "page": "p"}],
    "doubtful": [
        {
            "url": "https://q.example/1",
            "title": "通知",
            "printed": "2026-07-31T16:00:00+00:00",
            "evidence": "网页生成时间",
            "contradicted_by": "2026-11-20T02:00:00+00:00",
        }
    ],
}


def rows(facts: dict[str, object]) -> list[tuple[str, object]]:
    return [(row.name, row.value) for row in seen_rows(facts)]


def test_a_look_at_a_site_is_told_part_by_part() -> None:
    assert rows({"posts": [], "site": SITE}) == [
        ("查看的内容", ["栏目", "发布日期", "暗链", "网站标识", "能否打开"]),
        ("首页", "打不开 HTTP 502"),
        ("栏目", "要闻 （要闻动态） 2026-11-20 https://q.example/y/，8 条"),
        ("栏目", "公示 （其他栏目） 日期不详 https://q.example/g/"),
        ("ICP备案号", "滇ICP备00000000号"),
        ("“找错”入口", "有"),
        ("隐藏的链接", "彩 https://b.example/ （以位置隐藏） p"),
        ("发布日期存疑", "通知 2026-08-01 https://q.example/1 网页生成时间 2026-11-20 10:00"),
    ]


def test_a_sample_that_opened_says_just_that() -> None:
    assert rows({"site": {"looked_at": ["reach"], "opened": True, "why": ""}}) == [
        ("查看的内容", ["能否打开"]),
        ("首页", "能打开"),
    ]


def test_ids_and_hints_are_told_and_posts_alone_are_not() -> None:
    hint = {"kind": "id_card", "masked": "110***********7475", "where": "标题", "snippet": "…"}
    assert rows({"identifiers": {"uid": "1900000001"}, "hints": [hint]}) == [
        ("显示的平台ID", "uid:1900000001"),
        ("提示内容", "身份证号 110***********7475 标题 …"),
        ("请注意", "机器提示，须由人判断。"),
    ]
    assert rows({"posts": [{}], "counters": {}, "identifiers": {}, "note": ""}) == []


def test_sources_are_told_in_the_order_in_which_they_were_tried() -> None:
    refused = {"source": "freepublish", "outcome": "inconclusive", "reason": "permission"}
    first = {**refused, "detail": "48001 api unauthorized"}
    second = {"source": "api", "outcome": "read", "reason": None, "detail": ""}
    assert rows({"sources": [first, second]}) == [
        ("试过的来源", "freepublish 接口权限不足 48001 api unauthorized"),
        ("试过的来源", "api 已读取"),
    ]
    assert rows({"sources": [first]}) == []
