"""Facts of websites and hints, in the words that a clerk reads."""

from __future__ import annotations

from typing import Any

import pytest

from registry.findings.facts import FactRow, fact_rows
from registry.findings.rows import describe
from registry.findings.words import leads_to
from registry.messages import set_language
from registry.vocab import Lang

NEWS = {
    "name": "青石动态",
    "kind": "news",
    "newest_day": "2026-10-01",
    "url": "https://www.qingshi.example/news/",
}
POLICY = {"name": "政策文件", "kind": "notice", "newest_day": None, "url": ""}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            {"samples": 140, "failed": 7, "failed_percent": 5.0, "sample_days": 7},
            "7 天内访问 140 次，7 次打不开（5%）",
        ),
        (
            {"samples": 168, "failed": 13, "failed_percent": 7.7, "sample_days": 7},
            "7 天内访问 168 次，13 次打不开（7.7%）",
        ),
        ({"columns": [NEWS] * 3}, "3 个栏目未更新：" + "、".join(["青石动态 2026-10-01"] * 3)),
        (
            {"columns": [NEWS] * 5},
            "5 个栏目未更新：" + "、".join(["青石动态 2026-10-01"] * 3) + " 等",
        ),
        ({"empty_columns": [POLICY]}, "1 个空白栏目：政策文件"),
        (
            {"hosts": ["bet.example"], "count": 7, "hidden": []},
            "7 条隐藏链接，指向 bet.example；须人工确认",
        ),
        ({"missing": ["icp", "error_report"]}, "缺少：ICP备案号、“找错”入口"),
        (
            {"articles": [{"title": "通知", "printed_day": "2026-08-01", "url": "x"}], "count": 1},
            "1 篇的发布日期与其他信息矛盾：通知 2026-08-01",
        ),
        (
            {"hints": [{"kind": "mobile", "masked": "138****5678"}], "where": "https://q.example/"},
            "手机号码 138****5678；https://q.example/",
        ),
        ({"columns": [], "what": "打不开"}, "打不开"),
    ],
)
def test_a_finding_of_a_site_is_told_in_one_line(facts: dict[str, Any], words: str) -> None:
    assert describe(facts) == words


@pytest.mark.parametrize(
    ("facts", "rows"),
    [
        (
            {"columns": [NEWS, POLICY]},
            [
                FactRow(
                    "",
                    "未更新的栏目",
                    [
                        "青石动态 （要闻动态） 2026-10-01 https://www.qingshi.example/news/",
                        "政策文件 （通知公告、政策文件）",
                    ],
                )
            ],
        ),
        (
            {"hidden": [{"url": "https://b.example/", "text": "彩", "how": "size", "page": "p"}]},
            [FactRow("", "隐藏的链接", ["彩 https://b.example/ （以尺寸隐藏） p"])],
        ),
        (
            {"evidence": [{"text": "生成时间", "at": "2026-11-20T02:00:00+00:00"}]},
            [FactRow("", "矛盾的依据", ["生成时间 2026-11-20 10:00"])],
        ),
        ({"missing": ["police"]}, [FactRow("", "缺少的标识", ["公安备案号"])]),
        (
            {"hints": [{"kind": "mobile", "masked": "138****5678"}]},
            [
                FactRow("", "提示内容", ["手机号码 138****5678"]),
                FactRow(
                    "",
                    "请注意",
                    "机器提示，须由人判断。单位自行公布的值班、服务电话属正常情况，不是问题。",
                ),
            ],
        ),
        (
            {"hints": [{"kind": "misprint", "masked": "帐号 → 账号"}]},
            [
                FactRow("", "提示内容", ["疑似错别字 帐号 → 账号"]),
                FactRow("", "请注意", "机器提示，须由人判断。"),
            ],
        ),
        ({"samples": 140}, [FactRow("", "访问次数", 140)]),
        (
            {"reasons": ["timeout 15 s", "HTTP 502", "dns"]},
            [FactRow("", "打不开的原因", ["超时 15 s", "HTTP 502", "域名无法解析"])],
        ),
    ],
)
def test_the_facts_of_a_site_are_told_line_by_line(
    facts: dict[str, Any], rows: list[FactRow]
) -> None:
    assert fact_rows(facts) == rows


def test_the_same_in_english() -> None:
    set_language(Lang.EN)
    assert describe({"missing": ["icp", "police"]}) == "missing: ICP number, public security number"
    assert describe({"empty_columns": [POLICY] * 4}) == (
        "4 empty columns: 政策文件, 政策文件, 政策文件 …"
    )


@pytest.mark.parametrize(
    ("url", "appid", "page", "shown"),
    [
        ("https://www.qingshi.gov.cn/", "", "", "https://www.qingshi.gov.cn/"),
        (
            "https://www.qingshi.gov.cn/",
            "wx00112233445566aa",
            "pages/a",
            "wx00112233445566aa pages/a",
        ),
        ("https://wxaurl.cn/a", "wx00112233445566aa", "", "https://wxaurl.cn/a"),
        ("", "wx00112233445566aa", "", "wx00112233445566aa"),
        ("https://www.qingshi.gov.cn/", "", "pages/a", "https://www.qingshi.gov.cn/"),
        ("", "", "", ""),
    ],
)
def test_a_link_into_a_mini_program_is_told_by_its_page(
    url: str, appid: str, page: str, shown: str
) -> None:
    assert leads_to(url, appid, page) == shown
    facts = {"label": "预约", "url": url, "appid": appid, "page": page}
    assert describe(facts) == f"预约 {shown}".strip()
