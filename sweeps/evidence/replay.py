"""Answers out of evidence: the same requests get the responses that were recorded for them.

Nothing is asked of any network. A request that is not in the evidence is answered NOT_RECORDED,
never guessed.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from checkers.base import Failure, Request, Response
from checkers.loading import Catalogue
from registry.dates import to_the_minute
from registry.errors import BadInput, Fault, UnreadableFile
from registry.messages import _
from registry.vocab import Reason
from sweeps.clock import Clock
from sweeps.evidence.store import CREDENTIAL, KEY, Record, records, request_key, segment_info
from sweeps.network.credentials import Credentials, Insertion


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """What a WARC file says about the run that wrote it."""

    run_uid: str
    time_point: datetime
    """T, in UTC."""
    as_of: datetime
    """The moment given to checkers; a replay must give the same, or it would ask other things."""
    window_days: int
    fresh_days: int


def recorded_run(path: Path) -> RecordedRun:
    """The run behind a segment. Raises UnreadableFile when it is none that we wrote."""
    try:
        info = segment_info(path)
        return RecordedRun(
            info["run"],
            datetime.fromisoformat(info["time-point"]),
            datetime.fromisoformat(info["as-of"]),
            int(info["window-days"]),
            int(info["fresh-days"]),
        )
    except (KeyError, ValueError, OSError):
        raise UnreadableFile(
            _("{file} is no evidence of a sweep.").format(file=path.name),
            _("Name a .warc.gz file from the evidence folder."),
        ) from None


def opened(files: Collection[Path]) -> tuple[list[RecordedRun], Recording]:
    """What these files say of their runs, which are of one sweep, and their exchanges.

    Raises BadInput for files that are not as they were written, each named with what is wrong, for
    nothing is judged from those; and for files of several sweeps. Raises UnreadableFile for one that
    is no evidence."""
    from sweeps.evidence.intact import altered  # a sweep that asks does without its tables

    told = [recorded_run(file) for file in files]
    if problems := altered(files):
        raise BadInput(
            _("Nothing can be judged from evidence that was altered."),
            [Fault(problem) for problem in problems],
            _("Put the files back from a backup, then run the same command again."),
        )
    if len(points := {each.time_point for each in told}) > 1:
        raise BadInput(
            _("These files are of sweeps for several time points: {points}.").format(
                points=", ".join(to_the_minute(point) for point in sorted(points))
            ),
            hint=_("Name the files of one sweep at a time."),
        )
    return told, Recording(files)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an answer stands."""

    path: Path
    offset: int
    record_id: str
    url: str = ""
    """Of the exchange, where another request than the one answered was sent."""


class Recording:
    """The exchanges of one or more segments, found by request and ordinal."""

    def __init__(self, paths: Iterable[Path], until: Mapping[Path, int] | None = None) -> None:
        """Reads the index; bodies stay on disk. `until`: of a file whose end is missing, how many bytes
        can be relied on. Raises OSError."""
        self._answers: dict[str, list[_Place]] = defaultdict(list)
        self._by_id: dict[str, _Place] = {}
        self.credentials: set[str] = set()
        """Names of the credentials with which something was asked."""
        self.read = Counter[Path]()
        """How many records of each file are judged from."""
        for path in paths:
            self._index(path, (until or {}).get(path))

    def __len__(self) -> int:
        return sum(len(places) for places in self._answers.values())

    def response(self, request: Request, ordinal: int) -> tuple[Response, str] | None:
        """The recorded answer to the request, asked for the `ordinal`-th time, and its record.

        Asked more often than was recorded (two accounts with one feed, in another order), it gets
        the last answer again; never asked, None.
        """
        places = self._answers.get(request_key(request), [])
        if not places:
            return None
        place = places[min(ordinal, len(places) - 1)]
        return _read(place, request), place.record_id

    def _index(self, path: Path, until: int | None) -> None:
        keys: dict[str, str] = {}
        with path.open("rb") as whole:
            file = whole if until is None else BytesIO(whole.read(until))
            for record in records(file):
                self.read[path] += 1
                key = record.fields.get(KEY, "")
                self.credentials |= {record.fields.get(CREDENTIAL, "")} - {""}
                asked = keys.get(record.fields.get("WARC-Concurrent-To", ""))
                place = _Place(path, record.offset, record.record_id)
                if record.kind == "request":
                    keys[record.record_id] = key
                elif asked:
                    asked_of = record.fields.get("WARC-Target-URI", "")
                    self._by_id[place.record_id] = replace(place, url=asked_of)
                    self._answers[asked].append(place)
                elif key and record.kind == "metadata":
                    self._stand_in(key, record)

    def _stand_in(self, key: str, record: Record) -> None:
        place = self._by_id.get(str(json.loads(record.body).get("answered_by")))
        if place:
            self._answers[key].append(place)


def _read(place: _Place, request: Request) -> Response:
    with place.path.open("rb") as file:
        file.seek(place.offset)
        record = next(records(file))
    at = datetime.fromisoformat(record.fields["WARC-Date"])
    url = place.url or request.url
    if record.kind == "metadata":
        return Response(url, 0, fetched_at=at, failure=_failure(json.loads(record.body)))
    headers: dict[str, str] = {}
    for name, value in record.headers:
        headers[name] = f"{headers[name]}\n{value}" if name in headers else value
    status = int(record.status.split(" ", 1)[0])
    return Response(url, status, headers, record.body, at)


def _failure(note: Mapping[str, Any]) -> Failure:
    expires = note.get("expires_at")
    return Failure(
        Reason(note["failure"]),
        str(note.get("detail", "")),
        datetime.fromisoformat(expires) if expires else None,
    )


class ReplayWorkers:
    """Stands where the network would: answers at once, out of the recording."""

    room = 1_000_000

    def __init__(self, recording: Recording, clock: Clock) -> None:
        self._recording = recording
        self._clock = clock
        self._asked: Counter[str] = Counter()
        self._answers: deque[tuple[int, Response]] = deque()
        self._records: dict[int, str] = {}

    def submit(self, ticket: int, request: Request, insertion: Insertion | None = None) -> None:
        """Look the request up."""
        key = request_key(request)
        found = self._recording.response(request, self._asked[key])
        self._asked[key] += 1
        if found is None:
            failure = Failure(Reason.NOT_RECORDED)
            found = Response(request.url, 0, fetched_at=self._clock.now(), failure=failure), ""
        self._records[ticket] = found[1]
        self._answers.append((ticket, found[0]))

    def collect(self, seconds: float) -> list[tuple[int, Response]]:
        """All answers there are; without any, `seconds` pass."""
        if not self._answers:
            self._clock.wait(seconds)
        answers = list(self._answers)
        self._answers.clear()
        return answers

    def sent(self) -> list[tuple[int, float]]:
        """Nothing goes out."""
        return []

    def record_of(self, ticket: int) -> str:
        """The record that the ticket's answer was taken from; empty when there is none."""
        return self._records.pop(ticket, "")

    def close(self) -> None:
        """Nothing is open."""


class ReplayRecorder:
    """Records nothing anew: an answer's record is the one it was taken from."""

    def __init__(self, workers: ReplayWorkers) -> None:
        self._workers = workers

    def redacted(self, response: Response) -> Response:
        """Evidence holds no secret."""
        return response

    def record(self, ticket: int, _request: Request, _response: Response) -> str:
        """The id of the record the answer came from."""
        return self._workers.record_of(ticket)

    def stand_in(self, request: Request, record: str, at: datetime) -> None:
        """Noted already."""


class RecordedCredentials(Credentials):
    """For planning a replay: what the recorded run had a secret for counts as had."""

    def __init__(self, catalogue: Catalogue, recording: Recording) -> None:
        checkers = (*catalogue.platforms.values(), *catalogue.shared.values())
        super().__init__({}, [spec for checker in checkers for spec in checker.credentials])
        self._names = recording.credentials

    def has(self, name: str) -> bool:
        return name in self._names
