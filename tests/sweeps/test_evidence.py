"""Evidence: what is written, that any WARC reader reads it, and that it answers again."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from checkers.base import Failure, Request, Response
from registry.errors import UnreadableFile
from registry.vocab import Reason
from sweeps.evidence.replay import Recording, recorded_run
from sweeps.evidence.store import EvidenceWriter, Unwritten, request_key, segment_info, taken_apart
from sweeps.network.credentials import Redactor
from sweeps.network.wire import named
from tests.conftest import NOW

URL = "https://m.weibo.cn/api/container/getIndex?type=uid&value=1"
INFO = {
    "run": "run-uid",
    "time-point": NOW.isoformat(),
    "as-of": NOW.isoformat(),
    "window-days": "15",
    "fresh-days": "14",
}


def writer(path: Path, redactor: Redactor | None = None) -> EvidenceWriter:
    return EvidenceWriter(path, redactor or Redactor(), INFO, NOW)


def ok(body: str = "青石公安", url: str = URL, **headers: str) -> Response:
    return Response(url, 200, {"content-type": "text/html", **headers}, body.encode(), NOW)


def test_an_exchange_stands_as_request_and_response(tmp_path: Path) -> None:
    path = tmp_path / "run-1.warc.gz"
    evidence = writer(path)
    request = Request.json_post(URL, {"a": 1}, auth="weibo:1")
    record = evidence.record(0, request, ok())
    evidence.close()
    with path.open("rb") as file:
        kinds, bodies = [], []
        for found in ArchiveIterator(file, check_digests="raise"):
            kinds.append(found.rec_type)
            bodies.append(found.content_stream().read())
            last = found
    assert kinds == ["warcinfo", "request", "response"]
    assert bodies[1:] == [b'{"a": 1}', "青石公安".encode()]
    assert last.rec_headers.get_header("WARC-Record-ID") == record
    assert last.rec_headers.get_header("WARC-Target-URI") == URL
    assert last.rec_headers.get_header("WARC-Date") == "2026-11-22T01:00:00.000000Z"
    assert last.http_headers.get_statuscode() == "200"


def test_the_first_record_says_which_run_it_is(tmp_path: Path) -> None:
    path = tmp_path / "run-1.warc.gz"
    writer(path).close()
    assert segment_info(path)["run"] == "run-uid"
    told = recorded_run(path)
    assert (told.run_uid, told.time_point, told.as_of) == ("run-uid", NOW, NOW)
    assert (told.window_days, told.fresh_days) == (15, 14)


def test_a_file_that_is_no_evidence_is_refused_with_advice(tmp_path: Path) -> None:
    other = tmp_path / "other.warc.gz"
    for content in (
        b"",
        b"PK\x03\x04",
        gzip.compress(b"hello"),
        gzip.compress(b"WARC/1.0\r\n\r\n"),
    ):
        other.write_bytes(content)
        with pytest.raises(UnreadableFile) as refused:
            recorded_run(other)
        assert "other.warc.gz" in refused.value.message
    with pytest.raises(UnreadableFile):
        recorded_run(tmp_path / "none.warc.gz")


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    writer(tmp_path / "a.warc.gz").close()
    with pytest.raises(Unwritten):
        writer(tmp_path / "a.warc.gz")


def test_secrets_are_out_before_anything_is_hashed(tmp_path: Path) -> None:
    redactor = Redactor()
    redactor.add("canary-secret")
    path = tmp_path / "a.warc.gz"
    evidence = writer(path, redactor)
    request = Request(
        f"{URL}&key=canary-secret", headers=(("X-K", "canary-secret"),), body=b"canary-secret"
    )
    response = evidence.redacted(ok("you sent canary-secret", x_echo="canary-secret"))
    evidence.record(0, request, response)
    failed = Response(URL, 0, fetched_at=NOW, failure=Failure(Reason.TIMEOUT, "canary-secret"))
    evidence.record(1, request, failed)
    evidence.close()
    assert b"canary" not in gzip.decompress(path.read_bytes())
    with path.open("rb") as file:
        assert len(list(ArchiveIterator(file, check_digests="raise"))) == 5


def test_a_recorded_answer_comes_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    evidence = writer(path)
    request = Request(URL)
    given_back = Response(
        URL,
        302,
        {"location": "/b", "set-cookie": "a=1\nb=2", "content-type": "text/plain; charset=gbk"},
        "青石".encode("gbk"),
        datetime(2026, 11, 22, 1, 2, 3, 456789, UTC),
    )
    record = evidence.record(0, request, given_back)
    evidence.close()
    found = Recording([path]).response(request, 0)
    assert found is not None
    response, where = found
    assert where == record
    assert (response.url, response.status, response.body) == (URL, 302, "青石".encode("gbk"))
    assert response.fetched_at == given_back.fetched_at
    for name, value in given_back.headers.items():
        assert response.headers[name] == value


def test_a_recorded_failure_comes_back_too(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    evidence = writer(path)
    failure = Failure(Reason.TLS, "certificate has expired", datetime(2020, 1, 1, tzinfo=UTC))
    evidence.record(0, Request(URL), Response(URL, 0, fetched_at=NOW, failure=failure))
    evidence.close()
    found = Recording([path]).response(Request(URL), 0)
    assert found is not None and found[0].failure == failure


def test_the_same_request_asked_again_gets_the_next_answer(tmp_path: Path) -> None:
    paths = [tmp_path / "a.warc.gz", tmp_path / "b.warc.gz"]
    for number, path in enumerate(paths):
        evidence = writer(path)
        evidence.record(0, Request(URL), ok(f"answer {number}"))
        evidence.close()
    recording = Recording(paths)
    answers = [recording.response(Request(URL), n) for n in range(3)]
    assert [a[0].text() if a else None for a in answers] == ["answer 0", "answer 1", "answer 1"]
    assert recording.response(Request(URL + "1"), 0) is None
    assert len(recording) == 2


def test_requests_differ_by_method_address_headers_body_and_credential() -> None:
    requests = [
        Request(URL),
        Request(URL, "POST"),
        Request(URL + "1"),
        Request(URL, headers=(("Accept", "x"),)),
        Request(URL, body=b"x"),
        Request(URL, auth="weibo"),
    ]
    assert len({request_key(request) for request in requests}) == len(requests)
    assert request_key(Request(URL)) == request_key(Request(URL, redirects=False, max_bytes=1))


@given(
    st.from_regex(
        r"https?://[a-z0-9.@-]{1,9}(:[0-9]{1,5})?[/?]?[a-z0-9./?%&=~;,@:!$'()*+#é-]{0,20}",
        fullmatch=True,
    )
)
def test_an_address_that_travels_as_it_is_is_taken_apart_like_any_other(url: str) -> None:
    assert named(url) in (None, taken_apart(url))


def test_most_addresses_travel_as_they_are() -> None:
    assert named("https://a.example:81/x%E9?y=1&z=/") == ("a.example:81", "/x%E9?y=1&z=/")
    assert named("https://a.example") == ("a.example", "/")
    assert named("https://a.example/?") is named("https://a.example/x#y") is None


def test_a_file_cut_anywhere_reads_up_to_the_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    evidence = writer(path)
    sizes = []
    for number in range(4):
        evidence.record(0, Request(f"{URL}{number}"), ok("青石公安" * 50 + str(number)))
        sizes.append(path.stat().st_size)
    evidence.close()
    whole = path.read_bytes()
    for length in [*range(sizes[2] - 30, sizes[3], 7), sizes[3] - 1]:
        path.write_bytes(whole[:length])
        recording = Recording([path])
        complete = sum(size <= length for size in sizes)
        # Only the blank lines and the check sum after a record may be missing from its member.
        nearly = complete < 4 and sizes[complete] - length < 16
        assert len(recording) in {complete, complete + nearly}
        for number in range(len(recording)):
            found = recording.response(Request(f"{URL}{number}"), 0)
            assert found is not None and found[0].text().endswith(str(number))


@pytest.mark.parametrize("left", ["", "2", "24"])
def test_a_record_cut_within_its_length_is_not_whole(tmp_path: Path, left: str) -> None:
    path = tmp_path / "a.warc.gz"
    evidence = writer(path)
    evidence.record(0, Request(f"{URL}0"), ok("青石公安"))
    before = path.stat().st_size
    evidence.record(0, Request(f"{URL}1"), ok("青石公安" * 20))
    evidence.close()
    whole = path.read_bytes()
    plain = gzip.decompress(whole[before:])
    begins = plain.rindex(b"WARC/1.")
    ends = plain.index(b"Content-Length: ", begins) + 16
    cut = plain[begins:ends] + left.encode()
    path.write_bytes(whole[:before] + gzip.compress(plain[:begins]) + gzip.compress(cut)[:-8])
    assert len(Recording([path])) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=60),
    st.binary(max_size=200),
    st.dictionaries(
        st.from_regex(r"x-[a-z]{1,8}", fullmatch=True), st.text(max_size=20), max_size=3
    ),
    st.integers(200, 599),
)
def test_odd_addresses_headers_and_bodies_break_no_file(
    tmp_path: Path, tail: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    path = tmp_path / "odd.warc.gz"
    path.unlink(missing_ok=True)
    tail = tail.encode("utf-8", "replace").decode()
    clean = {n: v.encode("latin-1", "replace").decode("latin-1") for n, v in headers.items()}
    clean = {n: "".join(c for c in v if c.isprintable()).strip() for n, v in clean.items()}
    evidence = writer(path)
    request = Request(f"https://a.example/{tail}")
    evidence.record(0, request, Response(request.url, status, clean, body, NOW))
    evidence.record(0, Request(URL), ok("the next one"))
    evidence.close()
    recording = Recording([path])
    first, second = recording.response(request, 0), recording.response(Request(URL), 0)
    assert first is not None and (first[0].status, first[0].body) == (status, body)
    assert second is not None and second[0].text() == "the next one"
