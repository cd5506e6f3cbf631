"""What people must see, the form they fill in, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.actors import get_actor, system
from registry.errors import BadInput, MissingField, NotFound
from registry.models import (
    Account,
    Attachment,
    LinkResult,
    Observation,
    Run,
)
from registry.platforms import PlatformCatalogue
from registry.vocab import (
    CheckKind,
    CoverageKind,
    Existence,
    LinkKind,
    Outcome,
    Precision,
    Reason,
    RunMethod,
)
from sweeps.people.answers import take_answers
from sweeps.people.hand import Seen, SeenEntry, observe, observe_menu
from sweeps.people.imported import Listed, keep_listed
from sweeps.people.todo import Risk, TodoRow, todo, todo_list
from sweeps.people.todo_form import TodoForm
from sweeps.people.todo_layout import GONE, OPENS, UNSEEN, UPDATED
from sweeps.people.todo_sheet import read_todo, write_todo
from sweeps.planning.plan import Filters, sweep_key
from tests.conftest import NOW
from tests.sweeps.play import add_account, add_unit

DAY = timedelta(days=1)
PLATFORMS = PlatformCatalogue.with_known(())


def machine_run(session: Session, at: datetime = NOW, filters: Filters | None = None) -> Run:
    """A finished run of the engine for `at`, over the whole ledger unless told otherwise."""
    run = Run(
        sweep_id=sweep_key(session, at, at),
        method=RunMethod.ENGINE,
        as_of=at,
        started_at=at,
        finished_at=at,
        actor_id=system(session).id,
        evidence=[],
        options={"window_days": 14, "fresh_days": 14, **(filters or Filters()).stored()},
    )
    session.add(run)
    session.flush()
    return run


def looked(session: Session, account: Account, run: Run, **columns: Any) -> Observation:
    """An observation of the machine; not read, unless told otherwise."""
    given: dict[str, Any] = {
        "kind": CheckKind.FRESHNESS,
        "observed_at": NOW,
        "outcome": Outcome.INCONCLUSIVE,
        "reason": Reason.LOGIN_WALL,
    }
    made = Observation(run_id=run.id, account_id=account.id, **{**given, **columns})
    session.add(made)
    session.flush()
    return made


def read(**columns: Any) -> dict[str, Any]:
    return {"outcome": Outcome.READ, "reason": None, "existence": Existence.EXISTS, **columns}


def names(rows: list[TodoRow]) -> list[tuple[str, str]]:
    return [(row.unit, row.name) for row in rows]


# --- what is listed ---------------------------------------------------------------------------


def test_what_was_read_well_enough_is_not_listed(session: Session) -> None:
    run = machine_run(session)
    looks: dict[str, dict[str, Any]] = {
        "有新帖": read(last_post_at=NOW - 3 * DAY, coverage=CoverageKind.PARTIAL),
        "读到底": read(last_post_at=NOW - 40 * DAY, coverage=CoverageKind.COMPLETE),
        "读得够远": read(coverage=CoverageKind.REACHES_BACK_TO, covered_since=NOW - 20 * DAY),
        "确认为空": read(coverage=CoverageKind.PROVEN_EMPTY),
        "已消失": read(existence=Existence.GONE_SIGNAL),
        "撞墙": {},
        "无接口": {"outcome": Outcome.UNSUPPORTED, "reason": Reason.BY_HAND},
        "只读到旧帖": read(last_post_at=NOW - 40 * DAY, coverage=CoverageKind.PARTIAL),
        "读得不够远": read(coverage=CoverageKind.REACHES_BACK_TO, covered_since=NOW - 10 * DAY),
        "早于时点": read(coverage=CoverageKind.COMPLETE, observed_at=NOW - DAY),
        "数据到昨天": read(coverage=CoverageKind.COMPLETE, covered_until=NOW - DAY),
    }
    for name, columns in looks.items():
        looked(session, add_account(session, name), run, **columns)
    listed = {row.name: row.reason for row in todo(session, at=NOW)}
    assert listed == {
        "撞墙": Reason.LOGIN_WALL,
        "无接口": Reason.BY_HAND,
        "只读到旧帖": None,
        "读得不够远": None,
        "早于时点": None,
        "数据到昨天": None,
    }


def test_the_likely_silent_come_first_and_then_by_unit(session: Session) -> None:
    run = machine_run(session)
    police, school = add_unit(session, "青石县公安局"), add_unit(session, "青石县教育局")
    history = Run(
        sweep_id=sweep_key(session, NOW - 7 * DAY, NOW),
        method=RunMethod.ENGINE,
        as_of=NOW,
        started_at=NOW,
        actor_id=system(session).id,
    )
    session.add(history)
    session.flush()
    for name, unit, days in [
        ("近期", police, 2),
        ("将到期", police, 11),
        ("从未", school, None),
        ("超期乙", school, 30),
        ("超期甲", police, 20),
    ]:
        account = add_account(session, name, host=unit)
        looked(session, account, run)
        if days is not None:
            at = NOW - timedelta(days=days)
            looked(session, account, history, **read(last_post_at=at, observed_at=NOW - 7 * DAY))
    rows = todo(session, at=NOW)
    assert [(row.name, row.risk) for row in rows] == [
        ("超期甲", Risk.OVERDUE),
        ("超期乙", Risk.OVERDUE),
        ("从未", Risk.NEVER_SEEN),
        ("将到期", Risk.SOON),
        ("近期", Risk.RECENT),
    ]
    assert names(todo(session, at=NOW, unit_id=school.id)) == [
        ("青石县教育局", "超期乙"),
        ("青石县教育局", "从未"),
    ]


def test_an_app_whose_stores_told_nothing_is_listed_until_a_person_has_seen_it(
    session: Session,
) -> None:
    run = machine_run(session)
    looks: dict[str, dict[str, Any]] = {
        "有商店": read(),
        "已下架": read(existence=Existence.GONE_SIGNAL),
        "撞墙": {"reason": Reason.BLOCKED},
        "无编号": {"outcome": Outcome.UNSUPPORTED, "reason": Reason.NO_ADDRESS},
    }
    apps = {name: add_account(session, name, platform="app") for name in looks}
    for name, columns in looks.items():
        looked(session, apps[name], run, kind=CheckKind.APP, **columns)
        fresh = read(last_post_at=NOW - DAY, coverage=CoverageKind.PARTIAL)
        looked(session, apps[name], run, **fresh)
    listed = {row.name: row.reason for row in todo(session, at=NOW)}
    assert listed == {"撞墙": Reason.BLOCKED, "无编号": Reason.NO_ADDRESS}
    for name, seen in (("撞墙", Seen(Existence.UNKNOWN)), ("无编号", Seen(never_posted=True))):
        actor = get_actor(session, "王芳")
        observe(session, apps[name], seen, at=NOW, now=NOW, actor=actor)
    assert [row.name for row in todo(session, at=NOW)] == ["撞墙"]


def test_why_a_store_was_not_read_says_more_than_that_posts_are_for_people(
    session: Session,
) -> None:
    run = machine_run(session)
    app = add_account(session, "青石通", platform="app")
    looked(session, app, run, outcome=Outcome.UNSUPPORTED, reason=Reason.BY_HAND)
    looked(session, app, run, kind=CheckKind.APP, reason=Reason.CAPTCHA)
    assert [row.reason for row in todo(session, at=NOW)] == [Reason.CAPTCHA]


LATER = NOW + timedelta(hours=3)


def unread_at(session: Session, at: datetime) -> list[str]:
    return sorted(row.name for row in todo(session, at=at))


@pytest.mark.parametrize("filters", [Filters(platforms=["bilibili"]), Filters(unit_id=7)])
def test_a_later_sweep_of_a_part_hides_nothing_of_the_rest(
    session: Session, filters: Filters
) -> None:
    whole, part = machine_run(session), machine_run(session, LATER, filters)
    walled, read_since, tried = (add_account(session, n) for n in ("撞墙", "后来读到", "又撞墙"))
    for account in (walled, read_since, tried):
        looked(session, account, whole)
    fresh = read(last_post_at=NOW - DAY, coverage=CoverageKind.PARTIAL, observed_at=LATER)
    looked(session, read_since, part, **fresh)
    looked(session, tried, part, reason=Reason.CAPTCHA, observed_at=LATER)
    rows = {row.name: row.reason for row in todo(session, at=LATER)}
    assert rows == {"撞墙": Reason.LOGIN_WALL, "又撞墙": Reason.CAPTCHA}


def test_what_our_own_limit_left_is_for_the_next_run_and_for_nobody_to_see(
    session: Session,
) -> None:
    run = machine_run(session)
    school = add_unit(session, "青石县教育局")
    for name, host in (("限量内", None), ("限量外", school), ("又一个", None)):
        account = add_account(session, name, host=host)
        reason = Reason.HOST_BLOCKED if name == "限量内" else Reason.OWN_LIMIT
        looked(session, account, run, reason=reason)
    by_people = {"outcome": Outcome.UNSUPPORTED, "reason": Reason.BY_HAND}
    app = add_account(session, "青石通", platform="app")
    looked(session, app, run, **by_people)
    looked(session, app, run, kind=CheckKind.APP, reason=Reason.OWN_LIMIT)
    assert unread_at(session, NOW) == ["限量内", "青石通"]
    assert todo_list(session, at=NOW).later == 2
    assert todo_list(session, at=NOW, unit_id=school.id).later == 1


def test_a_later_sweep_over_all_stands_for_itself(session: Session) -> None:
    looked(session, add_account(session, "上次撞墙"), machine_run(session))
    machine_run(session, LATER)
    assert (unread_at(session, LATER), unread_at(session, NOW)) == ([], ["上次撞墙"])


def test_what_an_earlier_sweep_has_settled_is_not_asked_of_people_again(session: Session) -> None:
    whole = machine_run(session)
    stale = read(last_post_at=NOW - 40 * DAY, coverage=CoverageKind.COMPLETE)
    looked(session, add_account(session, "久未更新"), whole, **stale)
    machine_run(session, LATER, Filters(platforms=["bilibili"]))
    assert unread_at(session, LATER) == []


def test_a_date_out_of_a_list_puts_nobody_on_the_form_and_hides_nobody(session: Session) -> None:
    walled, stale = add_account(session, "撞墙"), add_account(session, "久未更新")
    whole = machine_run(session)
    looked(session, walled, whole)
    looked(session, stale, whole, **read(coverage=CoverageKind.COMPLETE))
    machine_run(session, LATER, Filters(platforms=["bilibili"]))
    listed = [Listed(each.id, date(2026, 1, 5)) for each in (walled, stale)]
    actor = get_actor(session, "王芳")
    keep_listed(session, listed, now=LATER, actor=actor, options={})
    assert {row.name: row.reason for row in todo(session, at=LATER)} == {"撞墙": Reason.LOGIN_WALL}


def test_a_menu_read_by_an_earlier_sweep_is_still_to_be_tried(session: Session) -> None:
    account = with_menu(session)
    machine_run(session, LATER, Filters(platforms=["bilibili"]))
    tried = SeenEntry("服务 / 预约", "预约", True, appid="wx0123456789abcdef", page="pages/index")
    actor = get_actor(session, "张三")
    observe_menu(session, account, [tried], at=LATER, now=LATER, actor=actor)
    entries = [row.entry.path for row in todo(session, at=LATER) if row.entry]
    assert entries == ["互动", "登录"]


def test_without_a_sweep_there_is_nothing_to_list(session: Session) -> None:
    with pytest.raises(NotFound):
        todo(session, at=NOW)


def with_menu(session: Session) -> Account:
    """An account whose menu holds what a machine can try and what it cannot."""
    run = machine_run(session)
    account = add_account(session, "青石公安", platform="wechat", host=add_unit(session))
    look = looked(session, account, run, kind=CheckKind.MENU, **read())
    look.link_results = [
        LinkResult(path="服务 / 办事", label="办事", kind=LinkKind.URL, url="https://a.example/", status=200),
        LinkResult(path="服务 / 预约", label="预约", kind=LinkKind.MINIPROGRAM, appid="wx0123456789abcdef", page="pages/index"),
        LinkResult(path="互动", label="互动", kind=LinkKind.EVENT),
        LinkResult(path="登录", label="登录", kind=LinkKind.URL, url="https://b.example/", failure=Reason.CAPTCHA),
    ]  # fmt: skip
    session.flush()
    return account


def test_menu_entries_that_http_cannot_try_are_listed(session: Session) -> None:
    with_menu(session)
    entries = [row.entry for row in todo(session, at=NOW)]
    assert [(e.path, e.kind, e.appid, e.page, e.reason) for e in entries if e] == [
        ("服务 / 预约", LinkKind.MINIPROGRAM, "wx0123456789abcdef", "pages/index", None),
        ("互动", LinkKind.EVENT, "", "", None),
        ("登录", LinkKind.URL, "", "", Reason.CAPTCHA),
    ]


def test_what_a_machine_saw_and_could_not_weigh_is_listed(session: Session) -> None:
    account = add_account(session, "青石发布")
    look = looked(session, account, machine_run(session), **read(kind=CheckKind.MENU))
    shown: dict[str, dict[str, Any]] = {
        "小程序": {"signal": "qr_unreadable", "status": 200},
        "抖音": {"signal": "qr_text", "status": 200, "detail": "青石发布"},
        "旧页": {"signal": "sent_home", "status": 200, "kind": LinkKind.URL},
        "墙": {"failure": Reason.CAPTCHA, "status": 200},
        "未试": {},
        "微博": {"status": 200},
        "坏图": {"signal": "image_broken", "status": 200},
        "缺图": {"status": 404},
    }
    for label, columns in shown.items():
        given: dict[str, Any] = {"kind": LinkKind.QR, "url": "https://a.example/q.png", **columns}
        session.add(LinkResult(observation_id=look.id, path=label, label=label, **given))
    session.flush()
    listed = [row.entry.label for row in todo(session, at=NOW) if row.entry]
    assert listed == ["小程序", "抖音", "旧页", "墙", "未试"]


def test_an_entry_that_our_own_limit_left_untried_is_for_the_next_run_and_not_for_people(
    session: Session,
) -> None:
    account = add_account(session, "青石公安", platform="wechat", host=add_unit(session))
    look = looked(session, account, machine_run(session), **read(kind=CheckKind.MENU))
    look.link_results = [
        LinkResult(path="办事", kind=LinkKind.URL, url="https://a.example/", failure=Reason.OWN_LIMIT),
        LinkResult(path="二维码", kind=LinkKind.QR, url="https://a.example/q", failure=Reason.OWN_LIMIT),
        LinkResult(path="地图", kind=LinkKind.URL, url="https://b.example/", failure=Reason.HOST_BLOCKED),
    ]  # fmt: skip
    session.flush()
    assert [row.entry.path for row in todo(session, at=NOW) if row.entry] == ["地图"]
    assert todo_list(session, at=NOW).later == 1
    again = looked(session, account, machine_run(session), **read(kind=CheckKind.MENU))
    again.link_results = [
        LinkResult(path="办事", kind=LinkKind.URL, url="https://a.example/", status=200)
    ]
    session.flush()
    assert todo_list(session, at=NOW).later == 0


def test_an_entry_that_somebody_has_tried_is_not_listed_again(session: Session) -> None:
    account = with_menu(session)
    tried = SeenEntry("服务 / 预约", "预约", True, appid="wx0123456789abcdef", page="pages/index")
    actor = get_actor(session, "张三")
    observe_menu(session, account, [tried], at=NOW, now=NOW, actor=actor)
    assert [row.entry.path for row in todo(session, at=NOW) if row.entry] == ["互动", "登录"]


# --- what is noted ----------------------------------------------------------------------------


def noted(session: Session, seen: Seen, **changes: Any) -> Observation:
    account = add_account(session, "青石公安")
    actor = get_actor(session, "张三")
    return observe(session, account, seen, at=NOW, now=NOW, actor=actor, **changes)


def test_who_saw_the_newest_post_has_seen_the_list_since_then(session: Session) -> None:
    last = datetime(2026, 10, 31, 16, tzinfo=UTC)
    made = noted(session, Seen(last_post=last))
    assert (made.outcome, made.existence) == (Outcome.READ, Existence.EXISTS)
    assert (made.last_post_at, made.last_post_precision) == (last, Precision.DAY)
    assert (made.coverage, made.covered_since) == (CoverageKind.REACHES_BACK_TO, last)
    assert made.facts["posts"][0]["at"] == "2026-10-31T16:00:00+00:00"
    assert (made.run.method, made.run.finished_at) == (RunMethod.HAND, NOW)
    assert made.actor_id == get_actor(session, "张三").id


def test_other_things_a_person_may_see(session: Session) -> None:
    empty = noted(session, Seen(never_posted=True))
    assert (empty.existence, empty.coverage) == (Existence.EXISTS, CoverageKind.PROVEN_EMPTY)
    gone = noted(session, Seen(Existence.GONE_SIGNAL, note="搜索无此账号"))
    assert (gone.existence, gone.signal, gone.coverage) == (
        Existence.GONE_SIGNAL,
        "搜索无此账号",
        CoverageKind.UNREAD,
    )
    renamed = noted(session, Seen(display_name="平安青石", last_post=NOW - DAY))
    assert renamed.display_name == "平安青石"
    unseen = noted(session, Seen(Existence.UNKNOWN, note="手机不在"))
    assert (unseen.outcome, unseen.reason, unseen.detail) == (
        Outcome.INCONCLUSIVE,
        Reason.BY_HAND,
        "手机不在",
    )


def test_a_units_own_report_is_marked_as_one(session: Session) -> None:
    made = noted(session, Seen(last_post=NOW - DAY), method=RunMethod.SELF_REPORT)
    assert made.run.method is RunMethod.SELF_REPORT


def test_a_paper_is_linked_to_what_it_shows(session: Session) -> None:
    paper = Attachment(
        sha256="0" * 64,
        file_name="截图.png",
        size=1,
        added_at=NOW,
        actor_id=get_actor(session, "张三").id,
    )
    session.add(paper)
    made = noted(session, Seen(last_post=NOW - DAY), evidence=paper)
    assert paper.observation_uid == made.uid


@pytest.mark.parametrize(
    "seen",
    [
        Seen(last_post=NOW + DAY),
        Seen(last_post=NOW - DAY, never_posted=True),
        Seen(Existence.GONE_SIGNAL, never_posted=True),
        Seen(Existence.GONE_SIGNAL, last_post=NOW - DAY),
    ],
)
def test_what_cannot_be_is_refused(session: Session, seen: Seen) -> None:
    with pytest.raises(BadInput):
        noted(session, seen)
    assert session.scalars(select(Run)).all() == []


def test_a_look_that_lies_ahead_is_refused(session: Session) -> None:
    with pytest.raises(BadInput):
        noted(session, Seen(last_post=NOW - DAY), looked_at=NOW + DAY)


# --- the form ---------------------------------------------------------------------------------


def filled(
    session: Session, path: Path, fill: Callable[[Any], None], *, now: datetime = NOW
) -> TodoForm:
    """The form for NOW as `fill` leaves it (given the openpyxl workbook), read back."""
    write_todo(path, todo(session, at=NOW), at=NOW, platforms=PLATFORMS)
    book = openpyxl.load_workbook(path)
    fill(book)
    book.save(path)
    return read_todo(path, now=now)


def into(sheet: str, row: int, **values: Any) -> Callable[[Any], None]:
    """Write values into a row (from 1, the first below the header) by column title's beginning."""

    def fill(book: Any) -> None:
        cells = book[sheet]
        titles = {cell.value: cell.column for cell in cells[3]}
        for title, value in values.items():
            column = next(place for text, place in titles.items() if text.startswith(title))
            cells.cell(3 + row, column, value)

    return fill


def two_unread(session: Session) -> list[Account]:
    run = machine_run(session)
    accounts = [
        add_account(session, name, host=add_unit(session, unit), uid=uid, url=f"https://weibo.com/u/{uid}")
        for name, unit, uid in [
            ("=青石公安", "青石县公安局", "1234567890"),
            ("青石教育", "青石县教育局", "1234567891"),
        ]
    ]  # fmt: skip
    for account in accounts:
        looked(session, account, run)
    return accounts


def test_cells_of_the_form_hold_text_as_it_is_and_those_to_fill_in_have_their_look(
    session: Session, tmp_path: Path
) -> None:
    run = machine_run(session)
    names = ("<青石> & 白塔", "1234567", "=1+1")
    for name in names:
        looked(session, add_account(session, name), run)
    write_todo(tmp_path / "todo.xlsx", todo(session, at=NOW), at=NOW, platforms=PLATFORMS)
    sheet = openpyxl.load_workbook(tmp_path / "todo.xlsx")["账号"]
    assert {str(sheet.cell(row, 3).value) for row in (4, 5, 6)} == set(names)
    unit, result = sheet.cell(4, 1), sheet["I4"]
    assert (result.value, result.number_format, result.fill.fgColor.rgb) == (None, "@", "FFFFF8DC")
    assert unit.alignment.wrap_text and unit.fill.fill_type is None
    assert sheet.row_dimensions[4].height is None


def test_the_form_shows_who_and_why_and_where_to_choose(session: Session, tmp_path: Path) -> None:
    accounts = two_unread(session)
    write_todo(tmp_path / "todo.xlsx", todo(session, at=NOW), at=NOW, platforms=PLATFORMS)
    sheet = openpyxl.load_workbook(tmp_path / "todo.xlsx")["账号"]
    assert sheet.freeze_panes == "D4"
    assert [cell.value for cell in sheet[4]][:8] == [
        "青石县公安局",
        "新浪微博",
        "=青石公安",
        "1234567890",
        "https://weibo.com/u/1234567890",
        "从未读到",
        "需要登录",
        None,
    ]
    assert sheet["C4"].data_type == "s"
    assert sheet["O4"].value == accounts[0].uid
    (choice,) = sheet.data_validations.dataValidation
    assert UPDATED in choice.formula1 and str(choice.sqref) == "I4:I5"
    assert sheet.print_title_rows == "$3:$3"


def test_an_untouched_form_says_nothing(session: Session, tmp_path: Path) -> None:
    two_unread(session)
    form = filled(session, tmp_path / "todo.xlsx", lambda book: None)
    assert (form.at, form.answers) == (NOW, ())
    assert take_answers(session, form, now=NOW, actor=get_actor(session, "张三")).run_uid == ""


def test_a_form_taken_in_twice_is_one_look(session: Session, tmp_path: Path) -> None:
    accounts = two_unread(session)
    actor = get_actor(session, "张三")
    form = filled(session, tmp_path / "todo.xlsx", into("账号", 2, 查看结果=GONE, 备注="搜不到"))
    assert take_answers(session, form, now=NOW, actor=actor).accounts == 1
    two_days_on = read_todo(tmp_path / "todo.xlsx", now=NOW + 2 * DAY)
    again = take_answers(session, two_days_on, now=NOW + 2 * DAY, actor=actor)
    assert (again.run_uid, again.accounts, again.repeated) == ("", 0, 1)
    signals = session.scalars(
        select(Observation.account_id).where(Observation.existence == Existence.GONE_SIGNAL)
    )
    assert signals.all() == [accounts[1].id]


def test_a_second_look_is_told_by_its_day(session: Session, tmp_path: Path) -> None:
    two_unread(session)
    actor = get_actor(session, "张三")
    path = tmp_path / "todo.xlsx"
    form = filled(session, path, into("账号", 2, 查看结果=GONE))
    take_answers(session, form, now=NOW, actor=actor)
    book = openpyxl.load_workbook(path)
    into("账号", 2, 查看日期="2026-11-24")(book)
    into("账号", 1, 查看结果="存在，从未发布")(book)
    book.save(path)
    later = read_todo(path, now=NOW + 3 * DAY)
    taken = take_answers(session, later, now=NOW + 3 * DAY, actor=actor)
    assert (taken.accounts, taken.repeated) == (2, 0)
    assert take_answers(session, later, now=NOW + 3 * DAY, actor=actor).repeated == 2


def test_menu_entries_tried_once_are_taken_in_once(session: Session, tmp_path: Path) -> None:
    with_menu(session)
    actor = get_actor(session, "张三")
    form = filled(session, tmp_path / "todo.xlsx", into("菜单", 1, 查看结果="打不开"))
    assert take_answers(session, form, now=NOW, actor=actor).entries == 1
    again = take_answers(session, form, now=NOW + 2 * DAY, actor=actor)
    assert (again.entries, again.repeated) == (0, 1)


def test_a_filled_form_becomes_one_run_of_observations(session: Session, tmp_path: Path) -> None:
    accounts = two_unread(session)

    def fill(book: Any) -> None:
        into("账号", 1, 查看结果=UPDATED, 最近发布日期="2026-11-20", 备注="张三看的")(book)
        into("账号", 2, 查看结果=GONE, 备注="搜索无此账号")(book)

    form = filled(session, tmp_path / "todo.xlsx", fill)
    taken = take_answers(session, form, now=NOW, actor=get_actor(session, "张三"))
    assert (taken.time_point, taken.accounts, taken.entries) == (NOW, 2, 0)
    run = session.scalars(select(Run).where(Run.uid == taken.run_uid)).one()
    rows = session.scalars(select(Observation).where(Observation.run_id == run.id)).all()
    told = {row.account_id: (row.existence, row.last_post_at) for row in rows}
    assert told == {
        accounts[0].id: (Existence.EXISTS, datetime(2026, 11, 19, 16, tzinfo=UTC)),
        accounts[1].id: (Existence.GONE_SIGNAL, None),
    }
    assert todo(session, at=NOW) == []


@pytest.mark.parametrize(
    ("given", "at", "precision"),
    [
        ("2026-11-20", datetime(2026, 11, 19, 16, tzinfo=UTC), Precision.DAY),
        ("11月20日", datetime(2026, 11, 19, 16, tzinfo=UTC), Precision.DAY),
        (datetime(2026, 11, 20), datetime(2026, 11, 19, 16, tzinfo=UTC), Precision.DAY),
        (datetime(2026, 11, 20, 8, 30), datetime(2026, 11, 20, 0, 30, tzinfo=UTC), Precision.MINUTE),
        ("2026-11-20 08:30", datetime(2026, 11, 20, 0, 30, tzinfo=UTC), Precision.MINUTE),
        (46346, datetime(2026, 11, 19, 16, tzinfo=UTC), Precision.DAY),
    ],
)  # fmt: skip
def test_a_day_may_be_written_in_any_usual_way(
    session: Session, tmp_path: Path, given: Any, at: datetime, precision: Precision
) -> None:
    two_unread(session)
    form = filled(session, tmp_path / "todo.xlsx", into("账号", 1, 最近发布日期=given))
    (answer,) = form.answers
    assert answer.seen is not None
    assert (answer.seen.last_post, answer.seen.precision) == (at, precision)
    assert answer.seen.existence is Existence.EXISTS


def test_the_day_of_looking_counts_to_its_end(session: Session, tmp_path: Path) -> None:
    two_unread(session)
    later = NOW + 3 * DAY

    def fill(book: Any) -> None:
        into("账号", 1, 最近发布日期="2026-11-22", 查看日期="2026-11-23")(book)
        into("账号", 2, 最近发布日期="2026-11-22")(book)

    form = filled(session, tmp_path / "todo.xlsx", fill, now=later)
    assert [answer.looked_at for answer in form.answers] == [
        datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC),
        later,
    ]


def test_all_faults_are_told_at_once_in_the_sheets_own_rows(
    session: Session, tmp_path: Path
) -> None:
    run = machine_run(session)
    for number in range(6):
        looked(session, add_account(session, f"青石{number}"), run)

    def fill(book: Any) -> None:
        into("账号", 1, 查看结果="看过了")(book)
        into("账号", 2, 查看结果=UPDATED)(book)
        into("账号", 3, 最近发布日期="前几天吧")(book)
        into("账号", 4, 最近发布日期="2027-01-01")(book)
        into("账号", 5, 查看结果=GONE, 最近发布日期="2026-11-20")(book)
        into("账号", 6, 查看结果=UNSEEN, 编号="")(book)

    with pytest.raises(BadInput) as refused:
        filled(session, tmp_path / "todo.xlsx", fill)
    faults = refused.value.faults
    assert [(f.sheet, f.row, f.column) for f in faults] == [
        ("账号", 4, "查看结果"),
        ("账号", 5, "最近发布日期"),
        ("账号", 6, "最近发布日期"),
        ("账号", 7, "最近发布日期"),
        ("账号", 8, "最近发布日期"),
        ("账号", 9, "编号（勿改）"),
    ]
    assert all(fault.message and fault.remedy for fault in faults)
    assert all(fault.file == "todo.xlsx" for fault in faults)


def test_another_workbook_is_refused(session: Session, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["账号名称", "平台"])  # type: ignore[union-attr]
    book.save(tmp_path / "ledger.xlsx")
    with pytest.raises(BadInput) as refused:
        read_todo(tmp_path / "ledger.xlsx", now=NOW)
    assert "sweep todo" in refused.value.faults[0].remedy


def test_a_number_that_nobody_has_refuses_the_whole_form(session: Session, tmp_path: Path) -> None:
    two_unread(session)

    def fill(book: Any) -> None:
        into("账号", 1, 最近发布日期="2026-11-20", 编号="no-such-account")(book)
        into("账号", 2, 最近发布日期="2026-11-20")(book)

    form = filled(session, tmp_path / "todo.xlsx", fill)
    before = len(session.scalars(select(Run)).all())
    with pytest.raises(BadInput) as refused:
        take_answers(session, form, now=NOW, actor=get_actor(session, "张三"))
    assert [fault.row for fault in refused.value.faults] == [4]
    assert len(session.scalars(select(Run)).all()) == before


def test_menu_entries_come_back_with_their_place(session: Session, tmp_path: Path) -> None:
    account = with_menu(session)
    form = filled(session, tmp_path / "todo.xlsx", into("菜单", 1, 查看结果=OPENS))
    (answer,) = form.answers
    assert answer.entry == SeenEntry(
        "服务 / 预约",
        "预约",
        True,
        LinkKind.MINIPROGRAM,
        "",
        "wx0123456789abcdef",
        "pages/index",
    )
    taken = take_answers(session, form, now=NOW, actor=get_actor(session, "张三"))
    assert (taken.accounts, taken.entries) == (0, 1)
    rows = session.scalars(select(LinkResult).where(LinkResult.signal != "")).all()
    assert [(row.signal, row.observation.account_id) for row in rows] == [
        ("seen_working", account.id)
    ]


def test_a_form_without_its_time_point_needs_one(session: Session, tmp_path: Path) -> None:
    two_unread(session)

    def fill(book: Any) -> None:
        book["账号"]["D1"] = None
        into("账号", 1, 最近发布日期="2026-11-20")(book)

    form = filled(session, tmp_path / "todo.xlsx", fill)
    actor = get_actor(session, "张三")
    with pytest.raises(MissingField):
        take_answers(session, form, now=NOW, actor=actor)
    assert take_answers(session, form, now=NOW, actor=actor, at=NOW).accounts == 1
