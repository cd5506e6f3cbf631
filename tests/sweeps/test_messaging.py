"""Messages reach robots, webhooks and mail; addresses are nowhere to be seen."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import traceback

import pytest
import responses

from registry.errors import BadConfig
from sweeps import messaging
from sweeps.messaging import ENVIRONMENT, Delivery, Messenger, Undelivered, variable
from sweeps.network.credentials import MARK
from tests.sweeps.loopback import Said, serve
from tests.sweeps.post_office import post_office

KEY = "693a91f6-7aoc-4bc4-97a0-canarykey01"
WECOM = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=canary0token0dingtalk"
FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/canary-hook-feishu"


def office(*addresses: str, **units: str) -> Messenger:
    """A messenger of these addresses, without a keyring."""
    return Messenger({ENVIRONMENT: "\n".join(addresses), **units})


def test_a_webhook_gets_title_and_text() -> None:
    with serve() as server:
        server.answers["/hook"] = Said("ok")
        told = office(f"json://{server.host}/hook").send("巡查", "青石发布 <b>等 2 个</b>")
    assert told == Delivery(1)
    said = json.loads(server.asked[0].body)
    assert (said["title"], said["message"]) == ("巡查", "青石发布 <b>等 2 个</b>")


def test_mail_is_sent_as_text_that_a_reader_sees() -> None:
    with post_office() as letters:
        address = f"mailto://127.0.0.1:{letters.port}?from=a@qingshi.example&to=b@qingshi.example"
        assert office(address).send("更新提醒", "青石发布 <11月8日>").taken == 1
        subject, text = letters.letter()
    assert subject == "更新提醒"
    assert "青石发布 <11月8日>" in text


@pytest.mark.parametrize(
    ("address", "asked", "good", "bad"),
    [
        (WECOM, WECOM, {"errcode": 0}, {"errcode": 93000, "errmsg": "invalid webhook url"}),
        (DINGTALK, DINGTALK, {"errcode": 0}, {"errcode": 310000, "errmsg": "keywords not in"}),
        (FEISHU, FEISHU + "/", {"code": 0}, {"code": 19024, "msg": "Key Words Not Found"}),
    ],
)
def test_a_robot_that_says_no_under_200_did_not_take_the_message(
    address: str, asked: str, good: dict[str, object], bad: dict[str, object]
) -> None:
    for answer, taken in ((good, 1), (bad, 0)):
        with responses.RequestsMock() as net:
            net.post(asked, json=answer)
            told = office(address).send("巡查", "正文")
        assert told.taken == taken
        names = {WECOM: "企业微信", DINGTALK: "钉钉", FEISHU: "飞书"}
        assert [each.service for each in told.undelivered] == ([] if taken else [names[address]])
        whys = [each.why for each in told.undelivered]
        assert whys == ([] if taken else [f"对方拒收，代码 {[*bad.values()][0]}"])


def test_requests_is_as_before_once_a_message_is_sent() -> None:
    import requests

    before = requests.api.request
    with responses.RequestsMock() as net:
        net.post(WECOM, json={"errcode": 45009})
        office(WECOM).send("巡查", "正文")
    assert requests.api.request is before


def test_a_long_message_is_split_and_a_robot_given_time(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("apprise.url.time.sleep", waited.append)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as net:
        net.post(WECOM, json={"errcode": 0})
        assert office(WECOM).send("巡查", "青石县人民政府办公室\n" * 400).taken == 1
        sent = [json.loads(call.request.body or b"{}") for call in net.calls]
    assert len(sent) > 1
    assert all(len(each["text"]["content"]) <= 2048 for each in sent)
    assert len(waited) == len(sent) - 1
    assert all(0 < seconds <= messaging.ROBOT_GAP for seconds in waited)


def test_what_was_taken_by_one_is_delivered_and_the_other_is_named() -> None:
    with serve() as server:
        server.answers["/good"] = Said("ok")
        server.answers["/bad"] = Said("no", status=500)
        told = office(f"json://{server.host}/good", f"json://{server.host}/bad").send("题", "文")
    assert told.taken == 1
    assert told.undelivered == (Undelivered("JSON", "连不上或被拒绝"),)


def test_a_unit_s_own_addresses_go_before_the_office_s() -> None:
    with serve() as server:
        server.answers["*"] = Said("ok")
        own = {variable("530921"): f"json://{server.host}/unit"}
        messenger = office(f"json://{server.host}/office", **own)
        messenger.send("甲", "文", ["青石县公安局", "530921"])
        messenger.send("乙", "文", ["青石县教育局"])
    assert [asked.path for asked in server.asked] == ["/unit", "/office"]
    assert messenger.reaches(["530921"])
    assert not messenger.reaches(["青石县教育局"])


def test_addresses_are_taken_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    held = {"notify:青石县公安局": "json://127.0.0.1:1/x"}
    monkeypatch.setattr(messaging, "keyring_secret", lambda name: held.get(name, ""))
    messenger = Messenger({}, use_keyring=True)
    assert messenger.reaches(["青石县公安局"])
    assert not messenger.reaches()


def test_without_any_address_it_says_what_to_do() -> None:
    with pytest.raises(BadConfig) as told:
        office().send("题", "文")
    assert "TAIZHANG_NOTIFY" in told.value.hint


@pytest.mark.parametrize("address", [f"nonsense://{KEY}", KEY, f"https://example.cn/?key={KEY}"])
def test_an_address_that_is_none_is_told_without_being_shown(address: str) -> None:
    messenger = office("json://127.0.0.1:1/x", address)
    with pytest.raises(BadConfig) as told:
        messenger.send("题", "文")
    said = f"{told.value.message} {told.value.hint}"
    assert "TAIZHANG_NOTIFY" in said and "第 2 个" in said
    assert KEY not in said


def test_no_key_is_logged_shown_or_raised(
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    messenger = office(WECOM, DINGTALK, FEISHU)

    def fails(*_args: object, **_options: object) -> None:
        raise RuntimeError(f"cannot reach {WECOM}")

    with responses.RequestsMock() as net:
        net.post(WECOM, body=ConnectionError(WECOM))
        net.post(DINGTALK, status=500, body=DINGTALK)
        net.post(FEISHU + "/", json={"code": 1, "msg": FEISHU})
        told = messenger.send("题", "文")
    monkeypatch.setattr("apprise.plugins.wecombot.NotifyWeComBot.notify", fails)
    again = messenger.send("题", "文")
    out, err = capfd.readouterr()
    everything = f"{caplog.text} {out} {err} {told} {again} {messenger!r} {messenger._opened}"
    assert len(told.undelivered) == 3
    assert again.undelivered[0].why == "RuntimeError"
    for secret in (KEY, "canary0token0dingtalk", "canary-hook-feishu"):
        assert secret not in everything
        assert messenger.redactor.text(f"x {secret} y") == f"x {MARK} y"


def test_a_failure_on_the_way_leaves_no_key_in_its_traceback() -> None:
    try:
        office(KEY).send("题", "文")
    except BadConfig as error:
        told = "".join(traceback.format_exception(error))
    assert KEY not in told


def test_variables_are_named_after_codes_and_short_names() -> None:
    assert variable("530921-01") == "TAIZHANG_NOTIFY_530921_01"
    assert variable("县公安局") == "TAIZHANG_NOTIFY_县公安局"


def test_the_library_is_imported_by_the_first_address_only() -> None:
    code = (
        "import sys; import commands.notifying, commands.remind; "
        "from sweeps.messaging import Messenger; Messenger({}).reaches(); "
        "print('apprise' in sys.modules); "
        "Messenger({'TAIZHANG_NOTIFY': 'json://127.0.0.1:1/x'}).reaches(); "
        "print('apprise' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_a_letter_that_no_server_takes_is_told_as_mail() -> None:
    told = office("mailto://127.0.0.1:1?from=a@qingshi.example&to=b@qingshi.example").send(
        "巡查", ""
    )
    assert [each.service for each in told.undelivered] == ["邮件"]
