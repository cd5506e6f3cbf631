"""The menu of a WeChat account: every type of button is what it is, and none is dead by its type."""

from __future__ import annotations

import json
from typing import Any

import pytest

from checkers._wechat.menu import kind_of
from checkers.base import Facts, Link, Response
from checkers.wechat import Wechat
from registry.vocab import Existence, LinkKind, Reason
from tests.checkers.driving import answer, read, refused, run
from tests.checkers.wechat_answers import error, menu, menu_target, no_variants

ARTICLE = "https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMQ==&mid=2247480001&idx=1&sn=ab"


def facts(body: Any, *more: Response, variants: Response | None = None) -> Facts:
    """The facts of a menu; `variants`: what menu/get answers, `more`: what ids are resolved to."""
    answers = [answer(body), variants or no_variants(), *more]
    return read(Wechat().check(menu_target(), "menu"), answers)


def only(button: dict[str, Any], *more: Response) -> Link:
    (link,) = facts(menu(button), *more).links
    return link


def test_a_page_is_a_link_with_its_label_and_its_place() -> None:
    sub = {"name": "办事大厅", "type": "view", "url": "https://www.qingshi.gov.cn/"}
    tree = {"name": "政务服务", "sub_button": {"list": [sub]}}
    (link,) = facts(menu(tree)).links
    assert link == Link(
        "办事大厅", LinkKind.URL, "https://www.qingshi.gov.cn/", ("政务服务", "办事大厅")
    )


def test_a_button_that_leads_to_an_article_says_so() -> None:
    assert only({"name": "简介", "type": "view", "url": ARTICLE}).kind is LinkKind.ARTICLE


def test_a_page_button_without_an_address_is_unknown_and_not_dead() -> None:
    link = only({"name": "办事大厅", "type": "view"})
    assert (link.kind, link.url) == (LinkKind.UNKNOWN, "")


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://www.qingshi.gov.cn", LinkKind.URL),
        ("https://mp.weixin.qq.com/s/AbCd", LinkKind.ARTICLE),
        ("https://mp.weixin.qq.com/mp/homepage?__biz=x", LinkKind.URL),
        ("https://wxaurl.cn/AbCd", LinkKind.MINIPROGRAM),
        ("https://a.wxaurl.cn/AbCd", LinkKind.MINIPROGRAM),
        ("https://notwxaurl.cn/AbCd", LinkKind.URL),
        ("weixin://dl/business/?t=AbCd", LinkKind.MINIPROGRAM),
        ("alipays://platformapi/startapp?appId=2021000000000001", LinkKind.MINIPROGRAM),
        ("#小程序://青石政务/AbCd12", LinkKind.MINIPROGRAM),
        ("#pages", LinkKind.UNKNOWN),
        ("tel:08701234567", LinkKind.UNKNOWN),
        ("http://[broken", LinkKind.UNKNOWN),
        ("www.qingshi.gov.cn", LinkKind.UNKNOWN),
    ],
)
def test_an_address_decides_what_a_page_button_is(url: str, kind: LinkKind) -> None:
    assert only({"name": "入口", "type": "view", "url": url}).kind is kind


def test_a_mini_program_keeps_its_ids_and_its_fallback() -> None:
    link = only(
        {
            "name": "预约",
            "type": "miniprogram",
            "appid": "wxffeeddccbbaa0099",
            "pagepath": "pages/book",
            "url": "https://www.qingshi.gov.cn/old",
        }
    )
    assert link == Link(
        "预约",
        LinkKind.MINIPROGRAM,
        "https://www.qingshi.gov.cn/old",
        ("预约",),
        "wxffeeddccbbaa0099",
        "pages/book",
    )


@pytest.mark.parametrize(
    "kind",
    [
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    ],
)
def test_an_event_has_nothing_to_check(kind: str) -> None:
    assert only({"name": "互动", "type": kind, "key": "k1"}).kind is LinkKind.EVENT


@pytest.mark.parametrize("kind", ["text", "img", "voice", "video"])
def test_a_content_has_nothing_to_check(kind: str) -> None:
    link = only({"name": "内容", "type": kind, "value": "http://192.0.2.1/a.mp4"})
    assert (link.kind, link.url) == (LinkKind.CONTENT, "")


@pytest.mark.parametrize("kind", ["finder", "channels", "", None, 7, "VIEW "])
def test_a_type_nobody_documented_is_unknown_and_never_dead(kind: Any) -> None:
    assert only({"name": "视频号", "type": kind}).kind is LinkKind.UNKNOWN


def test_each_article_of_a_news_button_is_a_link_of_its_own() -> None:
    rows = [
        {"title": "一", "content_url": ARTICLE, "source_url": ""},
        {"title": "二", "content_url": ARTICLE + "2", "source_url": "https://www.qingshi.gov.cn/"},
    ]
    button = {"name": "要闻", "type": "news", "value": "m1", "news_info": {"list": rows}}
    links = facts(menu(button)).links
    assert [(link.label, link.kind, link.url, link.path) for link in links] == [
        ("一", LinkKind.ARTICLE, ARTICLE, ("要闻", "一")),
        ("二", LinkKind.ARTICLE, ARTICLE + "2", ("要闻", "二")),
        ("二", LinkKind.URL, "https://www.qingshi.gov.cn/", ("要闻", "二", "阅读原文")),
    ]


@pytest.mark.parametrize("info", [None, {}, {"list": []}, {"list": 7}, []])
def test_a_news_button_without_articles_is_unknown(info: Any) -> None:
    assert only({"name": "要闻", "type": "news", "news_info": info}).kind is LinkKind.UNKNOWN


@pytest.mark.parametrize(
    "button",
    [
        {"type": "view", "url": "https://www.qingshi.gov.cn/"},
        {"type": "miniprogram", "appid": "wxffeeddccbbaa0099", "pagepath": "pages/a"},
        {"type": "click", "key": "k"},
        {"type": "text", "value": "您好"},
        {"type": "media_id"},
        {"type": "finder"},
        {"type": "news", "news_info": {"list": []}},
    ],
)
def test_an_entry_of_a_sub_menu_is_called_by_its_own_name(button: dict[str, Any]) -> None:
    tree = {"name": "政务服务", "sub_button": {"list": [{"name": "办事", **button}]}}
    (link,) = facts(menu(tree)).links
    assert (link.label, link.path) == ("办事", ("政务服务", "办事"))


def test_an_article_without_a_title_is_called_by_its_entry() -> None:
    news = {"name": "要闻", "type": "news", "news_info": {"list": [{"content_url": ARTICLE}]}}
    (link,) = facts(menu({"name": "资讯", "sub_button": {"list": [news]}})).links
    assert (link.label, link.path) == ("要闻", ("资讯", "要闻", "要闻"))


# --- ids that stand for articles ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["article_id", "article_view_limited"])
def test_an_article_id_is_resolved_to_its_article(kind: str) -> None:
    held = {"news_item": [{"title": "简介", "url": ARTICLE, "is_deleted": False}]}
    button = {"name": "简介", "type": kind, "article_id": "a-1"}
    answers = [answer(menu(button)), no_variants(), answer(held)]
    driven = run(Wechat().check(menu_target(), "menu"), answers)
    assert [(request.method, request.url) for request in driven.asked] == [
        ("GET", "https://api.weixin.qq.com/cgi-bin/get_current_selfmenu_info"),
        ("GET", "https://api.weixin.qq.com/cgi-bin/menu/get"),
        ("POST", "https://api.weixin.qq.com/cgi-bin/freepublish/getarticle"),
    ]
    assert json.loads(driven.asked[2].body or b"") == {"article_id": "a-1"}
    assert isinstance(driven.outcome, Facts)
    (link,) = driven.outcome.links
    assert (link.kind, link.url, link.page) == (LinkKind.ARTICLE, ARTICLE, "a-1")


@pytest.mark.parametrize("kind", ["media_id", "view_limited"])
def test_a_material_is_resolved_to_its_articles(kind: str) -> None:
    held = {"news_item": [{"title": "一", "url": ARTICLE}, {"title": "二", "url": ARTICLE + "2"}]}
    button = {"name": "简介", "type": kind, "media_id": "m-1"}
    links = facts(menu(button), answer(held)).links
    assert [link.url for link in links] == [ARTICLE, ARTICLE + "2"]


@pytest.mark.parametrize(
    "body",
    [error(53600), error(40007), error(48001), error(50002), {}, b"", b"<html>", {"title": "视频"}],
)
def test_an_id_that_is_not_resolved_stays_a_material(body: Any) -> None:
    button = {"name": "简介", "type": "media_id", "media_id": "m-1"}
    link = only(button, answer(body))
    assert (link.kind, link.page) == (LinkKind.MATERIAL, "m-1")


def test_an_id_that_is_missing_is_not_asked_for() -> None:
    assert only({"name": "简介", "type": "media_id"}).kind is LinkKind.MATERIAL


def test_links_keep_the_order_of_the_menu() -> None:
    buttons = (
        {"name": "一", "type": "media_id", "media_id": "m-1"},
        {"name": "二", "type": "view", "url": "https://www.qingshi.gov.cn/"},
        {"name": "三", "type": "article_id", "article_id": "a-3"},
    )
    held = answer({"news_item": [{"url": ARTICLE}]})
    links = facts(menu(*buttons), held, answer(error(53600))).links
    assert [link.label for link in links] == ["一", "二", "三"]
    assert [link.kind for link in links] == [
        LinkKind.ARTICLE,
        LinkKind.URL,
        LinkKind.MATERIAL,
    ]


# --- the menu as a whole ---------------------------------------------------------------------------


def test_a_menu_proves_that_the_account_exists_and_is_open() -> None:
    found = facts(menu({"name": "一", "type": "click"}))
    assert found.existence is Existence.EXISTS
    assert found.counters["menu_open"] == 1
    assert found.posts == ()


def test_a_menu_switched_off_has_no_links_and_says_so() -> None:
    body = menu({"name": "一", "type": "view", "url": ARTICLE}) | {"is_menu_open": 0}
    found = facts(body)
    assert found.links == ()
    assert found.counters["menu_open"] == 0
    assert found.note == "the menu is switched off"


VIEW = {"name": "一", "type": "view", "url": "https://www.qingshi.gov.cn/", "sub_button": []}
CLICK = {"name": "二", "type": "click", "key": "k", "sub_button": []}


def variants_of(*menus: Any) -> Response:
    """An answer of menu/get with these variants."""
    return answer({"menu": {"button": [VIEW], "menuid": 1}, "conditionalmenu": list(menus)})


def test_what_only_some_readers_see_stands_behind_its_variant() -> None:
    variant = {"button": [VIEW, {"name": "三", "sub_button": [CLICK]}], "menuid": 208396993}
    found = facts(menu(VIEW), variants=variants_of(variant))
    assert [(link.kind, link.path) for link in found.links] == [
        (LinkKind.URL, ("一",)),
        (LinkKind.EVENT, ("个性化菜单 208396993", "三", "二")),
    ]
    assert found.note == ""


def test_a_variant_without_a_number_is_a_variant() -> None:
    found = facts(menu(VIEW), variants=variants_of({"button": [CLICK]}))
    assert found.links[1].path == ("个性化菜单", "二")


def test_the_same_entry_with_another_target_is_kept_for_the_variant() -> None:
    other = VIEW | {"url": "https://www.qingshi.gov.cn/other/"}
    found = facts(menu(VIEW), variants=variants_of({"button": [other], "menuid": 2}))
    assert [link.url for link in found.links] == [VIEW["url"], other["url"]]


def test_ids_in_a_variant_are_resolved_too() -> None:
    button = {"name": "简介", "type": "media_id", "media_id": "m-1"}
    held = answer({"news_item": [{"url": ARTICLE}]})
    found = facts(menu(VIEW), held, variants=variants_of({"button": [button], "menuid": 2}))
    assert found.links[1] == Link(
        "简介", LinkKind.ARTICLE, ARTICLE, ("个性化菜单 2", "简介"), page="m-1"
    )


@pytest.mark.parametrize(
    ("said", "note"),
    [
        (answer(error(48001, "no")), "permission: 48001 no"),
        (answer(error(50002, "no")), "50002 no"),
        (answer(b"<html>"), "bad_json: Expecting value: line 1 column 1 (char 0)"),
        (answer({"conditionalmenu": 7}), "changed_layout: variants of another kind"),
        (answer("", 502), "server_error: HTTP 502"),
    ],
)
def test_variants_that_could_not_be_read_leave_the_menu_and_a_note(
    said: Response, note: str
) -> None:
    found = facts(menu(VIEW), variants=said)
    assert [link.url for link in found.links] == [VIEW["url"]]
    assert found.note == f"variants of the menu are not read: {note}"


def test_a_menu_made_by_an_api_without_variants_has_none() -> None:
    only_menu = answer({"menu": {"button": [VIEW], "menuid": 1}})
    found = facts(menu(VIEW), variants=only_menu)
    assert (len(found.links), found.note) == (1, "")


@pytest.mark.parametrize("variant", [7, None, {}, {"button": 7}, {"button": [7]}])
def test_a_variant_of_another_shape_is_a_changed_layout(variant: Any) -> None:
    answers = [answer(menu(VIEW)), variants_of(variant)]
    assert refused(Wechat().check(menu_target(), "menu"), answers).reason is Reason.CHANGED_LAYOUT


def test_an_account_without_a_menu_has_no_links() -> None:
    assert facts(menu()).links == ()


def test_a_menu_deeper_than_menus_are_is_a_changed_layout() -> None:
    button: dict[str, Any] = {"name": "底", "type": "click"}
    for _ in range(50):
        button = {"name": "层", "sub_button": {"list": [button]}}
    answers = [answer(menu(button)), no_variants()]
    outcome = refused(Wechat().check(menu_target(), "menu"), answers)
    assert (outcome.reason, outcome.detail) == (
        Reason.CHANGED_LAYOUT,
        "no menu of two levels",
    )


def test_a_menu_as_deep_as_menus_may_be_is_read() -> None:
    leaf = {"name": "底", "type": "click"}
    two = {"name": "层", "sub_button": {"list": [{"name": "层", "sub_button": [leaf]}]}}
    assert facts(menu(two)).links[0].path == ("层", "层", "底")


@pytest.mark.parametrize("path", ["/tools/x", "/z/1", "/mp/profile_ext"])
def test_other_pages_of_the_articles_host_are_no_articles(path: str) -> None:
    assert kind_of(f"https://mp.weixin.qq.com{path}") is LinkKind.URL
