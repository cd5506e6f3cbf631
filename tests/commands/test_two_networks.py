"""`sweep export`, `sweep run --from`, `sweep import`: three commands, two machines."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import cli
from commands import judging
from registry.db import Registry
from registry.models import AccountSource, Finding, Observation, Run
from registry.vocab import RunMethod
from sweeps.driving.engine import Engine
from sweeps.evidence.store import EvidenceWriter, segment_info
from sweeps.network.credentials import Redactor
from sweeps.parcels import leaving
from tests.conftest import NOW
from tests.sweeps.loopback import Said, Server, serve
from tests.sweeps.play import add_account

ITEM = "<item><title>通知</title><link>{link}</link><pubDate>{at:%a, %d %b %Y %H:%M:%S GMT}</pubDate></item>"


def feed(server: Server, *days_ago: int) -> Said:
    """An RSS list with posts that many days old."""
    items = "".join(
        ITEM.format(link=server.url(f"/post/{days}"), at=NOW - timedelta(days=days))
        for days in days_ago
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>青石</title>{items}</channel></rss>'
    return Said(body, 200, (("content-type", "application/rss+xml"),))


class Office:
    """The words of both machines."""

    def __init__(self, registry: Registry, location: str, folder: Path) -> None:
        self.inner = ["--db", location, "--data", str(registry.data), "--actor", "王芳"]
        self.away = folder / "away"
        self.away.mkdir()
        self.config = self.away / "taizhang.toml"
        self.config.write_text('[sweep]\nallow_private = ["127.0.0.1"]\n', encoding="utf-8")
        self.targets, self.result = self.away / "目标.zip", self.away / "结果.zip"

    def here(self, *words: str, now: str = "2026-11-22T09:00", lang: str = "en") -> int:
        return cli.main([*self.inner, "--now", now, "--lang", lang, *words])

    def there(self, *words: str) -> int:
        where = ["--db", str(self.away / "none.db"), "--config", str(self.config)]
        given = ["--from", str(self.targets), "--out", str(self.result)]
        now = ["--now", "2026-11-22T10:00", "--lang", "en"]
        return cli.main([*where, *now, "sweep", "run", *given, *words])


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        running.answers["/fresh"] = feed(running, 2, 20)
        running.answers["/stale"] = feed(running, 40, 50)
        yield running


@pytest.fixture
def office(registry: Registry, location: str, server: Server, tmp_path: Path) -> Office:
    with registry.write() as session:
        for name in ("fresh", "stale"):
            account = add_account(session, f"青石{name}", platform="weibo")
            account.opened_on = (NOW - timedelta(days=900)).date()
            account.sources.append(AccountSource(source="feed", address=server.url(f"/{name}")))
    return Office(registry, location, tmp_path)


def test_the_result_is_judged_and_told_as_after_a_run_here(
    office: Office, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert office.here("sweep", "export", str(office.targets)) == 0
    assert "2 checks of the sweep of 2026-11-22 09:00" in capsys.readouterr().out
    assert office.there() == 0
    assert "2 of 2 checks done, 2 read" in capsys.readouterr().out
    assert office.here("sweep", "import", str(office.result), now="2026-11-22T11:00") == 0
    said = capsys.readouterr().out
    assert "Taken in: 2 looks; 0 were there already." in said
    assert "Coverage: 2 of 2 accounts read (100%)." in said
    with registry.read() as session:
        (finding,) = session.scalars(select(Finding))
        assert finding.code == "ST101"
        (uid,) = finding.observation_uids
    assert office.here("sweep", "show", finding.uid, "--format", "json") == 0
    card = json.loads(capsys.readouterr().out)
    assert (card["uid"], card["method"]) == (uid, "away")
    (segment,) = card["evidence"]
    assert (registry.data / "evidence" / segment).exists() and card["records"]


def test_imported_evidence_is_judged_again_by_replay(
    office: Office, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    office.here("sweep", "export", str(office.targets))
    office.there()
    office.here("sweep", "import", str(office.result), now="2026-11-22T11:00")
    (segment,) = (registry.data / "evidence").glob("*.warc.gz")
    capsys.readouterr()
    words = ["sweep", "run", "--replay", str(segment), "--format", "json"]
    assert office.here(*words, now="2026-11-22T12:00") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["done"], told["outcomes"]) == (2, {"read": 2})
    with registry.read() as session:
        looks = session.scalars(select(Observation).order_by(Observation.id)).all()
    assert [look.last_post_at for look in looks[:2]] == [look.last_post_at for look in looks[2:]]
    copy = office.targets.parent / "别处的副本.warc.gz"
    copy.write_bytes(segment.read_bytes())
    assert office.here("sweep", "run", "--replay", str(copy), now="2026-11-22T12:00") == 0
    printed = capsys.readouterr()
    assert "Replay of the sweep of 2026-11-22 09:00: 2 of 2 checks judged again, 2 read." in (
        printed.out
    )
    assert printed.err == ""
    assert [*(registry.data / "evidence").iterdir()] == [segment]


def test_nothing_is_judged_again_from_evidence_that_was_altered(
    office: Office, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    office.here("sweep", "export", str(office.targets))
    office.there()
    office.here("sweep", "import", str(office.result), now="2026-11-22T11:00")
    (segment,) = (registry.data / "evidence").glob("*.warc.gz")
    whole = segment.read_bytes()
    segment.write_bytes(whole[: len(whole) // 2] + b"XXXX" + whole[len(whole) // 2 + 4 :])
    capsys.readouterr()
    assert office.here("sweep", "run", "--replay", str(segment), now="2026-11-22T12:00") == 2
    told = capsys.readouterr().err
    assert f"Evidence {segment.name}: the file was altered after record" in told
    assert "Put the files back from a backup" in told
    with registry.read() as session:
        assert session.scalars(select(Run.method)).all() == [RunMethod.AWAY]


def test_a_replay_names_the_evidence_of_its_run_that_was_not_given(
    office: Office, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    office.here("sweep", "export", str(office.targets))
    office.there()
    office.here("sweep", "import", str(office.result), now="2026-11-22T11:00")
    (segment,) = (registry.data / "evidence").glob("*.warc.gz")
    with registry.write() as session:
        session.scalars(select(Run)).one().evidence = [segment.name, "second-2.warc.gz"]
    capsys.readouterr()
    assert office.here("sweep", "run", "--replay", str(segment), now="2026-11-22T12:00") == 0
    told = capsys.readouterr().err
    assert "each with --replay: second-2.warc.gz" in told


def test_evidence_of_another_registry_is_judged_only_where_that_is_said(
    office: Office, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    office.here("sweep", "export", str(office.targets))
    office.there()
    office.here("sweep", "import", str(office.result), now="2026-11-22T11:00")
    (segment,) = (registry.data / "evidence").glob("*.warc.gz")
    with registry.write() as session:
        run = session.scalars(select(Run)).one()
        run.uid = "00000000-0000-7000-8000-000000000000"
    capsys.readouterr()
    replay = ("sweep", "run", "--replay", str(segment))
    assert office.here(*replay, now="2026-11-22T12:00") == 2
    told = capsys.readouterr().err
    assert f"not in this registry: {segment.name}" in told and "--other-registry" in told
    with registry.read() as session:
        assert session.scalars(select(Run.method)).all() == [RunMethod.AWAY]
    assert office.here(*replay, "--other-registry", now="2026-11-22T12:00") == 0
    assert "2 of 2 checks judged again" in capsys.readouterr().out


def test_evidence_of_another_registry_is_not_mixed_with_our_own(
    office: Office, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    office.here("sweep", "export", str(office.targets))
    office.there()
    office.here("sweep", "import", str(office.result), now="2026-11-22T11:00")
    (segment,) = (registry.data / "evidence").glob("*.warc.gz")
    said = {**segment_info(segment), "run": "00000000-0000-7000-8000-000000000000"}
    other = office.targets.parent / "other.warc.gz"
    EvidenceWriter(other, Redactor(), said, NOW).close()
    both = ("--replay", str(segment), "--replay", str(other), "--other-registry")
    assert office.here("sweep", "run", *both, now="2026-11-22T12:00") == 2
    assert "not in this registry: other.warc.gz" in capsys.readouterr().err


def test_one_object_for_programs(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.here("sweep", "export", str(office.targets))
    office.there()
    capsys.readouterr()
    words = ["sweep", "import", str(office.result), "--format", "json"]
    assert office.here(*words, now="2026-11-22T11:00") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["planned"], told["done"], told["findings"]["raised"]) == (2, 2, 1)


def test_a_time_point_that_lies_ahead_is_judged_when_it_has_passed(
    office: Office, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    office.here("sweep", "export", str(office.targets), "--at", "2026-11-23 09:00")
    office.there()
    capsys.readouterr()
    assert office.here("sweep", "import", str(office.result), now="2026-11-22T11:00") == 0
    assert "2026-11-23 09:00 lies ahead" in capsys.readouterr().out
    with registry.read() as session:
        assert session.scalars(select(Finding)).all() == []
        assert len(session.scalars(select(Observation)).all()) == 2
    assert office.here("sweep", "import", str(office.result), now="2026-11-23T10:00") == 0
    said = capsys.readouterr().out
    assert "0 looks; 2 were there already" in said and "Verdicts from all looks" in said


def test_a_run_that_was_exported_waits_and_is_not_resumed_here(
    office: Office, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    office.here("sweep", "export", str(office.targets))
    capsys.readouterr()
    assert office.here("sweep", "list", "--format", "json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["method"], row["left"], row["finished_at"]) == ("away", 2, None)
    assert office.here("sweep", "run", "--resume") == 2
    with registry.read() as session:
        assert session.scalars(select(Run.method)).all() == [RunMethod.AWAY]


def test_what_was_seen_so_far_is_written_without_asking(
    office: Office, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    office.here("sweep", "export", str(office.targets))
    assert office.there("--partial") == 0
    assert server.asked == []
    capsys.readouterr()
    assert office.here("sweep", "import", str(office.result), now="2026-11-22T11:00") == 0
    assert "0 of 2 checks done" in capsys.readouterr().out
    assert office.there() == 0
    assert office.here("sweep", "import", str(office.result), now="2026-11-22T12:00") == 0
    assert "2 of 2 checks done" in capsys.readouterr().out


def test_what_goes_on_where_the_ledger_is_is_told_so(
    office: Office, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answers["/fresh"] = server.answers["/stale"] = Said("x", 418)
    office.here("sweep", "export", str(office.targets))
    capsys.readouterr()
    assert office.there() == 0
    said = capsys.readouterr().out
    assert (
        "go on in some hours: `taizhang sweep export NEW-TARGETS.zip (where the ledger is)`" in said
    )
    assert "`taizhang sweep todo --out LOOK.xlsx (where the ledger is)`" in said


def test_the_options_that_belong_together_are_told(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.here("sweep", "export", str(office.targets))
    assert cli.main(["--lang", "en", "sweep", "run", "--from", str(office.targets)]) == 2
    assert "--from and --out belong together" in capsys.readouterr().err
    assert office.there("--all") == 2
    assert "chosen by `taizhang sweep export`" in capsys.readouterr().err
    for words in (["--resume"], ["--notify"], ["--format", "json"], ["--min-coverage", "0.9"]):
        assert office.there(*words) == 2
        assert "--from goes with --out and --partial alone" in capsys.readouterr().err


def test_a_result_that_may_not_be_written_is_told_before_anything_is_asked(
    office: Office, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    office.here("sweep", "export", str(office.targets))
    office.result.write_text("of somebody else", encoding="utf-8")
    assert office.there() == 2
    assert "is there already" in capsys.readouterr().err
    office.result = office.result / "below" / "结果.zip"
    assert office.there() == 2
    assert "cannot be written" in capsys.readouterr().err
    assert server.asked == []


def test_whoever_interrupts_it_is_told_how_to_go_on(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_ignored: object, **_too: object) -> None:
        raise KeyboardInterrupt

    office.here("sweep", "export", str(office.targets))
    with monkeypatch.context() as patched:
        patched.setattr(Engine, "run", interrupted)
        assert office.there() == 130
    assert f"sweep run --from {office.targets}" in capsys.readouterr().err
    assert office.there() == 0
    assert "2 of 2 checks done" in capsys.readouterr().out


def pressed(*_ignored: object, **_too: object) -> None:
    raise KeyboardInterrupt


def test_who_interrupts_an_export_is_left_with_nothing_of_it(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    with monkeypatch.context() as patched:
        patched.setattr(leaving, "to_line", pressed)
        assert office.here("sweep", "export", str(office.targets), lang="zh") == 130
    assert capsys.readouterr().err.lstrip() == "已中断；没有导出：既没有文件，也没有新的巡查。\n"
    assert [path.name for path in office.away.iterdir()] == ["taizhang.toml"]
    assert listed(office, capsys) == []


def test_ctrl_c_at_the_very_end_of_an_export_leaves_it_whole(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replace = os.replace

    def replaced(*paths: str | Path) -> None:
        signal.raise_signal(signal.SIGINT)
        replace(*paths)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", replaced)
        assert office.here("sweep", "export", str(office.targets), lang="zh") == 130
    said = capsys.readouterr().err
    assert f"已中断，但 {office.targets} 已经完整写出。" in said and "sweep close" in said
    assert listed(office, capsys) == [(None, 2, "")]
    assert office.there() == 0


def test_an_export_whose_run_cannot_be_stored_leaves_no_file(
    office: Office,
) -> None:
    def refused(_session: object) -> None:
        assert office.targets.exists()
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    event.listen(Session, "before_commit", refused)
    try:
        assert office.here("sweep", "export", str(office.targets)) == 70
    finally:
        event.remove(Session, "before_commit", refused)
    assert not office.targets.exists()


def test_who_interrupts_an_import_is_told_so_first_and_that_it_is_whole_or_not(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office.here("sweep", "export", str(office.targets))
    office.there()
    capsys.readouterr()
    later = "2026-11-22T11:00"
    with monkeypatch.context() as patched:
        patched.setattr(judging, "judge_within", pressed)
        code = office.here("sweep", "import", str(office.result), now=later, lang="zh")
    assert code == 130
    said = "已中断。结果只会整个收回，不会只收一部分。\n请再收一次；已收回的不会重复。\n"
    assert capsys.readouterr().err.lstrip() == said
    assert office.here("sweep", "import", str(office.result), now=later, lang="zh") == 0
    assert "收回 2 项检查；0 项早已收回。" in capsys.readouterr().out


def listed(office: Office, capsys: pytest.CaptureFixture[str]) -> list[tuple[object, int, str]]:
    """Of each run when it ended, what is left of it, and why it was closed."""
    capsys.readouterr()
    assert office.here("sweep", "list", "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)
    return [(row["finished_at"], row["left"], row["closed"]) for row in rows]


def test_an_export_that_nobody_used_can_be_closed_and_still_be_taken_back(
    office: Office, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    office.here("sweep", "export", str(office.targets))
    assert listed(office, capsys) == [(None, 2, "")]
    with registry.read() as session:
        uid = session.scalars(select(Run.uid)).one()
    later = "2026-11-22T10:30"
    words = ["sweep", "close", uid, "--reason", "外网机器送修"]
    assert office.here(*words, now=later, lang="zh") == 0
    assert f"巡查 {uid} 已停做；已看到的都保留。" in capsys.readouterr().out
    assert listed(office, capsys) == [("2026-11-22T10:30:00+08:00", 2, "外网机器送修")]
    assert office.here(*words, lang="zh") == 2
    assert f"巡查 {uid} 已经结束。" in capsys.readouterr().err
    office.there()
    assert office.here("sweep", "import", str(office.result), now="2026-11-22T11:00") == 0
    assert [left for _ended, left, _why in listed(office, capsys)] == [0]


def test_a_sweep_left_undone_is_not_gone_on_with_once_it_is_closed(
    office: Office, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    office.here("sweep", "export", str(office.targets))
    with registry.write() as session:
        run = session.scalars(select(Run)).one()
        run.method, uid = RunMethod.ENGINE, run.uid
    assert office.here("sweep", "close", uid[-8:], "--reason", " ") == 2
    assert office.here("sweep", "close", uid[-8:], "--reason", "不再需要") == 0
    capsys.readouterr()
    assert office.here("sweep", "run", "--resume", lang="zh") == 2
    assert "没有中断的巡查" in capsys.readouterr().err
