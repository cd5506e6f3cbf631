"""Filing sheets: many filings in one workbook or CSV, and the empty sheet to fill in.

A row is one filing; rows that change one thing each of the same account become one filing. It
reads and refuses, and looks nothing up: `registry.filings.batch` does the filing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from registry.accounts.making import ContactGiven
from registry.errors import BadInput, Fault
from registry.exchange.cells import (
    CellFault,
    contact_of,
    count_of,
    identifier_of,
    join_contacts,
    span_of,
    text_of,
)
from registry.exchange.filing_titles import KIND_WORDS, changed_field, kind_of, part_of
from registry.exchange.readers import read_workbook
from registry.exchange.sheets import Cell, Row, Sheet, cell_text
from registry.exchange.titles import CONTACT_FIELDS, NAMED_SCHEMES, scale_of
from registry.filings.batch import FilingRequest
from registry.filings.form import FIELDS, field_label
from registry.messages import _, language
from registry.platforms import PlatformCatalogue
from registry.text import quoted
from registry.vocab import CancelCause, FilingKind, Lang, label

_HEADER_WITHIN = 20
_IDS = frozenset({"native_id", "new_id"} | NAMED_SCHEMES)
_DAYS = frozenset({"opened_on", "stop_on", "cancelled_on", "effective_on"})


@dataclass(frozen=True, slots=True)
class _Column:
    index: int
    part: str
    title: str
    scale: int = 1


@dataclass(slots=True)
class _Filing:
    """One filing while its row is read."""

    place: Fault
    kind: FilingKind | None = None
    values: dict[str, Any] = field(default_factory=dict)
    contacts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    items: dict[str, Any] = field(default_factory=dict)
    """Field → new value, from 变更事项 and 变更后."""


def read_requests(
    path: Path,
    kind: FilingKind | None = None,
    *,
    today: date,
    catalogue: PlatformCatalogue,
) -> list[FilingRequest]:
    """The filings of a sheet, in its order. `kind` is that of rows which name none.

    Raises UnreadableFile, and BadInput with every fault of every row: a kind unknown or other than
    `kind`, a cell that cannot be read, a change of something unknown.
    """
    book = read_workbook(path)
    faults: list[Fault] = []
    filings: list[_Filing] = []
    for sheet in book.sheets:
        found = _header(sheet)
        if found is None:
            continue
        position, columns = found
        for row in sheet.rows[position + 1 :]:
            place = Fault("", file=path.name, sheet=sheet.name, row=row.number)
            reader = _RowReader(place, today, book.format == "csv", faults)
            filing = reader.read(row, columns, kind)
            if filing is not None:
                filings.append(filing)
    if not filings and not faults:
        text = _("{file} holds no filings.").format(file=path.name)
        hint = _("A filing sheet has a column 账号 and one row for each filing; see the template.")
        raise BadInput(text, (), hint)
    requests = [_request(filing, catalogue) for filing in _joined(filings, faults)]
    if faults:
        raise BadInput(_("The filing sheet has faults."), faults)
    return requests


def _header(sheet: Sheet) -> tuple[int, list[_Column]] | None:
    """The first row with a column of accounts and another one we know."""
    for position, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        columns: list[_Column] = []
        for index, cell in enumerate(row.cells):
            part = part_of(cell) if isinstance(cell, str) else ""
            if part and (part in CONTACT_FIELDS or part not in {c.part for c in columns}):
                columns.append(_Column(index, part, str(cell).strip(), scale_of(str(cell))))
        if len(columns) > 1 and any(column.part == "account" for column in columns):
            return position, columns
    return None


@dataclass(slots=True)
class _RowReader:
    place: Fault
    today: date
    is_text: bool
    """The file is a CSV, where nothing tells a number from a text."""
    faults: list[Fault]

    def read(self, row: Row, columns: Sequence[_Column], kind: FilingKind | None) -> _Filing | None:
        """The row as a filing; None for a row without an account (a note, a total)."""
        filing = _Filing(self.place, kind)
        for column in columns:
            try:
                self._take(filing, column, row.at(column.index))
            except CellFault as error:
                self.fault(error.message, error.remedy, column.title)
        if not filing.values.get("account"):
            self._check_note(filing)
            return None
        self._settle_kind(filing, kind)
        self._settle_item(filing)
        return filing

    def fault(self, message: str, remedy: str = "", column: str = "") -> None:
        place = self.place
        self.faults.append(Fault(message, remedy, place.file, place.sheet, place.row, column))

    def _take(self, filing: _Filing, column: _Column, cell: Cell) -> None:
        part = column.part
        if part in CONTACT_FIELDS:
            duty = part.rsplit("_", 1)[0]
            filing.contacts.setdefault(duty, []).append(contact_of(cell))
            return
        value: Any
        if part in _IDS:
            value = identifier_of(cell, from_text_file=self.is_text)
        elif part in _DAYS:
            value = self._day(cell)
        elif part == "followers":
            value = count_of(cell, column.scale)
        elif part == "value":
            value = cell if cell_text(cell) else None
        else:
            value = text_of(cell)
        if value not in (None, ""):
            filing.values[part] = value

    def _day(self, cell: Cell) -> date | None:
        span = span_of(cell, year=None, today=self.today)
        if span is not None and span.first != span.last:
            raise CellFault(
                _("{value} is not one day.").format(value=quoted(str(cell))),
                _("Write it as 2024-07-16."),
            )
        return span.first if span else None

    def _check_note(self, filing: _Filing) -> None:
        """A row that says a kind of filing is meant as one; anything else is a note."""
        if kind_of(filing.values.get("kind", "")) is not None:
            self.fault(_("The row names no account."), _("Fill in the column 账号."))

    def _settle_kind(self, filing: _Filing, kind: FilingKind | None) -> None:
        word = filing.values.get("kind", "")
        found = kind_of(word) if word else kind
        names = _(", ").join(label(each, language()) for each in KIND_WORDS)
        if found is None:
            text = _("{word} is no kind of filing.") if word else _("The row names no kind.")
            self.fault(text.format(word=quoted(word)), _("Possible: {names}.").format(names=names))
        elif kind is not None and found is not kind:
            text = _("The row is a filing {found}, the command files {kind}.")
            self.fault(
                text.format(found=label(found, language()), kind=label(kind, language())),
                _("File each kind by its own command, or put it in a sheet of its own."),
            )
        filing.kind = found

    def _settle_item(self, filing: _Filing) -> None:
        word = filing.values.get("item", "")
        if not word:
            return
        name = changed_field(word)
        if filing.kind is not FilingKind.CHANGE or name in {"", "platform"}:
            self.fault(
                _("{word} is nothing that this filing can change.").format(word=quoted(word)),
                _("Possible: {names}.").format(names=_changeable()),
            )
            return
        value = filing.values.get("value")
        if value is None:
            self.fault(_("The new value is missing."), _("Fill in the column 变更后."))
            return
        try:
            filing.items[name] = self._item_value(name, value)
        except CellFault as error:
            self.fault(error.message, error.remedy)

    def _item_value(self, name: str, value: Any) -> Any:
        if name in _IDS:
            return identifier_of(value, from_text_file=self.is_text)
        if name in CONTACT_FIELDS:
            return contact_of(value)
        # a word such as 无 empties the field
        return value if isinstance(value, date) else text_of(value)


def _changeable() -> str:
    names = [name for name in FIELDS[FilingKind.CHANGE] if name != "details"]
    return _(", ").join(field_label(name) for name in names)


def _joined(filings: Sequence[_Filing], faults: list[Fault]) -> list[_Filing]:
    """Rows that each change one thing of the same account, as one filing where the first stood."""
    first: dict[tuple[Any, ...], _Filing] = {}
    kept = []
    for filing in filings:
        same = ("account", "platform", "native_id", "effective_on")
        key = tuple(filing.values.get(name) for name in same)
        if filing.items and key in first:
            _join(first[key], filing, faults)
            continue
        kept.append(filing)
        if filing.items:
            first[key] = filing
    return kept


def _join(filing: _Filing, other: _Filing, faults: list[Fault]) -> None:
    for name, value in other.items.items():
        if name in filing.items and filing.items[name] != value:
            place = other.place
            text = _("{field} of this account is changed twice in the sheet.")
            faults.append(
                Fault(
                    text.format(field=field_label(name)),
                    _("Leave one of the rows out."),
                    place.file,
                    place.sheet,
                    place.row,
                )
            )
        filing.items[name] = value
    filing.values = {**other.values, **filing.values}
    for duty, pairs in other.contacts.items():
        filing.contacts.setdefault(duty, []).extend(pairs)


def _request(filing: _Filing, catalogue: PlatformCatalogue) -> FilingRequest:
    kind = filing.kind or FilingKind.CHANGE
    opens = kind is FilingKind.OPEN
    return FilingRequest(
        kind=kind,
        account=None if opens else _named(filing, catalogue),
        fields=_fields(filing, kind),
        effective_on=filing.values.get("effective_on"),
        reason=filing.values.get("reason", ""),
        notice_url=filing.values.get("notice_url", ""),
        contacts=_contacts(filing),
        place=filing.place,
    )


def _named(filing: _Filing, catalogue: PlatformCatalogue) -> str:
    """How the account is to be found: by its id if the row gives one, else platform and name."""
    for name in ("native_id", *sorted(NAMED_SCHEMES)):
        if filing.values.get(name):
            return str(filing.values[name])
    name, platform = str(filing.values["account"]), str(filing.values.get("platform", ""))
    return f"{platform}:{name}" if catalogue.recognise(platform) else name


def _fields(filing: _Filing, kind: FilingKind) -> dict[str, Any]:
    """The form: for an opening all that the row says, else what this kind of filing takes."""
    values = filing.values
    fields = {name: values[name] for name in FIELDS[kind] if name in values}
    identifiers: dict[str, Any] | str = {}
    if kind is FilingKind.OPEN:
        fields["name"] = values["account"]
        identifiers = _identifiers(values)
    if values.get("new_id"):
        identifiers = values["new_id"]
    if filing.items:  # the other columns only say which account is meant
        fields = {
            name: value for name, value in filing.items.items() if name not in _IDS | CONTACT_FIELDS
        }
        identifiers = _identifiers(filing.items) or identifiers
    if identifiers:
        fields["identifiers"] = identifiers
    return fields


def _identifiers(values: Mapping[str, Any]) -> dict[str, Any] | str:
    found = {scheme: values[scheme] for scheme in sorted(NAMED_SCHEMES) if values.get(scheme)}
    return found or str(values.get("native_id", ""))


def _contacts(filing: _Filing) -> list[ContactGiven]:
    pairs = dict(filing.contacts)
    for name, pair in filing.items.items():
        if name in CONTACT_FIELDS:
            pairs.setdefault(name.rsplit("_", 1)[0], []).append(pair)
    return [ContactGiven(entry.name, entry.phone, entry.duty) for entry in join_contacts(pairs)]


# --- the empty sheet ------------------------------------------------------------------------------

_TEMPLATE = (
    ("备案类型", 10),
    ("账号", 22),
    ("平台", 12),
    ("平台ID", 18),
    ("主办单位", 24),
    ("变更事项", 12),
    ("变更前", 18),
    ("变更后", 18),
    ("账号形式", 10),
    ("认证主体", 22),
    ("账号链接", 28),
    ("功能定位", 24),
    ("开设日期", 12),
    ("更新频率", 12),
    ("主管单位", 22),
    ("承办单位", 22),
    ("原因", 24),
    ("停更日期", 12),
    ("公告链接", 28),
    ("原因类别", 16),
    ("平台注销日期", 14),
    ("新平台ID", 18),
    ("划转至", 22),
    ("生效日期", 12),
    ("联系人", 10),
    ("联系电话", 14),
)
_HELP = (
    "一行一件备案。“备案类型”填：开设、变更、关停、注销、重新启用、划转。",
    "“账号”填台账中的账号名称；开设填拟用名称。同名账号请一并填写“平台”或“平台ID”。",
    "变更：每行一项，“变更事项”如账号名称、主办单位、认证主体、链接、平台ID；“变更后”填新值。"
    "同一账号变更多项，分行填写，合并为一件备案。",
    "变更主办单位，办结时须提供公告链接（国办发〔2018〕123号）。",
    "关停：必填“原因”“停更日期”；办结时补“公告链接”。",
    "注销：办结时附平台注销凭证；平台停止服务或账号被收回的，填“原因类别”。",
    "重新启用：在“新平台ID”填写启用后的平台ID。划转：“划转至”填接收单位。",
    "“生效日期”为空，按办结当日。联系人信息单独保存，可以删除。",
)
_LAST_ROW = 1000


def write_template(path: Path) -> None:
    """Write an empty filing sheet, always in Chinese, with drop-downs and a page of explanations."""
    import xlsxwriter  # slow to load, and reading does not need it

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("备案")
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        text = book.add_format({"num_format": "@"})
        for index, (title, width) in enumerate(_TEMPLATE):
            sheet.set_column(index, index, width, text)
            sheet.write_string(0, index, title, head)
        for title, words in _choices().items():
            index = [name for name, _width in _TEMPLATE].index(title)
            rule = {"validate": "list", "source": list(words)}
            sheet.data_validation(1, index, _LAST_ROW, index, rule)
        sheet.freeze_panes(1, 2)
        pages = book.add_worksheet("填写说明")
        pages.set_column(0, 0, 100, book.add_format({"text_wrap": True}))
        for number, line in enumerate(_HELP):
            pages.write_string(number, 0, line)


def _choices() -> dict[str, tuple[str, ...]]:
    """Title → what its drop-down offers."""
    return {
        "备案类型": tuple(label(kind, Lang.ZH) for kind in KIND_WORDS),
        "变更事项": (
            "账号名称",
            "主办单位",
            "认证主体",
            "账号链接",
            "平台ID",
            "承办单位",
            "联系人",
        ),
        "原因类别": tuple(label(cause, Lang.ZH) for cause in CancelCause),
    }
