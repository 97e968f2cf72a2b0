"""The file of the calendar: what is read from it, and in which words it is refused."""

from datetime import date

import pytest

from suyuan.core.calendar import NO_CALENDAR, CalendarYear, SpecialDay
from suyuan.core.calendar_file import CalendarError, merge_calendars, parse_calendar, write_calendar

HEADING = "day,status,name,source,verified\n"
FILE = (
    HEADING
    + """2027,year,2027,invented,yes
2027-01-01,rest,New Year,invented,yes
2027-02-06,work,Spring Festival,"invented, for this test",yes
2028,year,二〇二八年,invented,no
2028-01-03,rest,元旦,invented,no
"""
)


def problems_of(text):
    with pytest.raises(CalendarError) as raised:
        parse_calendar(text)
    return raised.value


# -- what is read


def test_years_and_their_days_are_read_with_name_and_source():
    read = parse_calendar(FILE)
    assert list(read.years.values()) == [
        CalendarYear(2027, "2027", "invented", is_verified=True),
        CalendarYear(2028, "二〇二八年", "invented", is_verified=False),
    ]
    assert list(read.days.values()) == [
        SpecialDay(date(2027, 1, 1), False, "New Year", "invented"),
        SpecialDay(date(2027, 2, 6), True, "Spring Festival", "invented, for this test"),
        SpecialDay(date(2028, 1, 3), False, "元旦", "invented"),
    ]


def test_what_was_read_is_written_as_it_stood():
    assert write_calendar(parse_calendar(FILE)) == FILE


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\ufeff" + FILE, id="with the mark that spreadsheets put first"),
        pytest.param(FILE.replace(HEADING, "Day, STATUS ,name,source,verified\n"), id="heading in other letters"),
        pytest.param(FILE.replace(",year,", " , year ,"), id="blanks around"),
        pytest.param(FILE.replace("2028,", "\n,,,,\n2028,"), id="empty rows between"),
        pytest.param(FILE.replace("\n", "\r\n"), id="line ends of Windows"),
    ],
)
def test_the_spelling_of_a_file_does_not_matter(text):
    assert parse_calendar(text).version == parse_calendar(FILE).version


def test_neither_does_the_order_of_its_rows_but_everything_that_it_says():
    heading, *rows = FILE.splitlines()
    assert parse_calendar("\n".join([heading, *rows[::-1]])).version == parse_calendar(FILE).version
    others = {
        parse_calendar(FILE.replace(*change)).version
        for change in (
            ("New Year", "Old Year"),
            ("八年,invented", "八年,found"),
            ("2027,invented,yes", "2027,invented,no"),
        )
    }
    assert len(others | {parse_calendar(FILE).version}) == 4


@pytest.mark.parametrize("year", [2000, 2100])
def test_a_year_of_this_century_can_be_told(year):
    assert list(parse_calendar(f"{HEADING}{year},year,x,y,yes\n").years) == [year]


def test_a_calendar_put_in_place_of_none_is_itself():
    read = parse_calendar(FILE)
    assert merge_calendars(NO_CALENDAR, newer=read).version == read.version


def test_the_version_of_merged_calendars_follows_from_what_they_say_together():
    first, second = (
        parse_calendar(HEADING + "".join(FILE.splitlines(keepends=True)[part])) for part in (slice(1, 4), slice(4, 6))
    )
    merged = merge_calendars(first, newer=second)
    assert (merged.version, write_calendar(merged)) == (parse_calendar(FILE).version, FILE)


# -- what is refused


@pytest.mark.parametrize(
    ("line", "column", "value", "wanted", "wanted_zh"),
    [
        ("2027-02-07,rest,x,y,yes", "day", "2027-02-07", "a weekday; weekends rest anyway", "工作日日期（周末本就休息）"),
        ("2027-02-06,rest,x,y,yes", "day", "2027-02-06", "a weekday; weekends rest anyway", "工作日日期（周末本就休息）"),
        ("2027-02-08,work,x,y,yes", "day", "2027-02-08", "a weekend day, which alone needs to be told as worked",
         "周末日期（仅周末上班需要列出）"),
        ("2027-01-01,rest,x,y,yes", "day", "2027-01-01", "told once: row 3 tells it already", "唯一的日期：第 3 行已列出"),
        ("2029-01-03,rest,x,y,yes", "day", "2029-01-03", 'in a year that the file names with a row "2029,year,…"',
         "文件已列明年份的日期（须有“2029,year,…”一行）"),
        ("2027-13-01,rest,x,y,yes", "day", "2027-13-01", "a day like 2026-10-01", "日期（如 2026-10-01）"),
        ("2027,year,x,y,yes", "day", "2027", "told once: this year stands above", "唯一的年份：上文已列出该年"),
        ("1999,year,x,y,yes", "day", "1999", "a year like 2027", "年份（如 2027）"),
        ("2101,year,x,y,yes", "day", "2101", "a year like 2027", "年份（如 2027）"),
        ("next,year,x,y,yes", "day", "next", "a year like 2027", "年份（如 2027）"),
        ("２０２９,year,x,y,yes", "day", "２０２９", "a year like 2027", "年份（如 2027）"),
        ("2029,year,,y,yes", "name", "", "a text", "文字"),
        ("2029,year,x,,yes", "source", "", "a text", "文字"),
        ("2029,year,x,y,perhaps", "verified", "perhaps", "yes or no", " yes 或 no"),
        ("2027-02-08,holiday,x,y,yes", "status", "holiday", "year, rest or work", " year、rest 或 work"),
        ("2027-02-08,rest,x,y", "row", "2027-02-08,rest,x,y", "5 cells", " 5 列"),
        ("2027-02-08,rest,x,y,yes,z", "row", "2027-02-08,rest,x,y,yes,z", "5 cells", " 5 列"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_told_in_both_languages_with_what_to_write(line, column, value, wanted, wanted_zh):
    refused = problems_of(FILE + line + "\n")
    ((row, one),) = [problem for problem in refused.problems if problem[1].value == value][:1]
    assert (row, one.code, one.field) == (7, "calendar_malformed", column)
    assert one.message == f'{column}: "{value}" is not {wanted}. Correct it and import the file again.'
    assert one.message_zh == f"{column}：“{value}”不是{wanted_zh}。请更正后重新导入。"


def test_the_refusal_of_a_file_tells_its_rows_from_the_first_to_the_last():
    refused = problems_of(FILE + "2029-01-03,rest,x,y,yes\n2027-13-01,rest,x,y,yes\n")
    assert [row for row, _ in refused.problems] == [7, 8]
    assert refused.message == str(refused) == "\n".join(f"row {row}: {one.message}" for row, one in refused.problems)
    assert refused.message_zh == "\n".join(f"第 {row} 行：{one.message_zh}" for row, one in refused.problems)


def test_a_year_whose_row_is_wrong_stays_open_and_so_are_its_days():
    refused = problems_of(FILE + "2029,year,x,y,perhaps\n2029-01-03,rest,x,y,yes\n")
    assert [(row, one.field) for row, one in refused.problems] == [(7, "verified"), (8, "day")]


@pytest.mark.parametrize("text", ["", "date,holiday\n"])
def test_another_heading_is_refused_before_any_row(text):
    (problem,) = problems_of(text + "x\n" if text else text).problems
    told = text.strip()
    assert problem[0] == 1
    assert problem[1].field == "heading"
    assert problem[1].message == (
        f'heading: "{told}" is not the row day,status,name,source,verified. Correct it and import the file again.'
    )
    assert problem[1].message_zh == f"heading：“{told}”不是标题行 day,status,name,source,verified。请更正后重新导入。"
