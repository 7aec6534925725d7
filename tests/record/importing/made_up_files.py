"""Files as people have them. All films, people and companies in them are made up, and say so by the word "Specimen"."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import xlsxwriter

#: The columns of the submissions that FilmFreeway exports, as festivals publish them in their own tools.
FILMFREEWAY = """
First Name|Last Name|Birthdate|Gender|Email|Phone|Address|Address 2|City|State|Postal Code|Country|Tracking Number|
Project Title|Project Title (Original Language)|Synopsis|Synopsis (Original Language)|Lyrics|Duration|Country of Origin|
Language|Trailer URL|Country of Filming|Project Website|Twitter|Facebook|Project Type|Genres|Student Project|
Completion Date|Production Budget|Shooting Format|Aspect Ratio|Film Color|Camera|Lens|Focal Length|Shutter Speed|
Aperture|ISO / Film|First-time Filmmaker|Directors|Writers|Producers|Key Cast|Other Credits|Submitter Statement|
Submitter Biography|Rating|Flag|Submission Date|Submission Status|Judging Status|Submission Deadlines|
Submission Categories|Submission Fee|Discount Code|Submission Link|Submission Password|Assigned Judges|
Screenings / Awards|Distributor Information|Submission ID|Submission Notes
""".replace("\n", "").split("|")

_COUNTRIES = ["United States", "Korea, Republic of", "Poland", "Japan", "China", "United Kingdom, France"]
_LANGUAGES = ["English", "Korean", "Polish", "Japanese", "Chinese", "English, French"]
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"


def csv_file(
    rows: Iterable[Sequence[Any]], *, separator: str = ",", encoding: str = "utf-8", end: str = "\r\n"
) -> bytes:
    """Write rows as a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_file(rows: Iterable[Sequence[Any]], *, sheet: str = "Films", merged: Sequence[str] = ()) -> bytes:
    """Write rows as an XLSX file. `merged` is the ranges to merge, such as "A1:C1"."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        formats = {
            datetime: workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: workbook.add_format({"num_format": "yyyy-mm-dd"}),
            time: workbook.add_format({"num_format": "hh:mm:ss"}),
            timedelta: workbook.add_format({"num_format": "[h]:mm:ss"}),
        }
        page = workbook.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                page.write(number, column, value, formats.get(type(value)))
        for cells in merged:
            page.merge_range(cells, "")
            row, column = int(cells.split(":")[0][1:]) - 1, ord(cells[0]) - ord("A")
            page.write(row, column, list(rows)[row][column])
    return content.getvalue()


def ods_file(body: str, *, sheet: str = "Films") -> bytes:
    """Write an ODS file by hand. `body` is the XML of the rows of its sheet."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{_OFFICE}" '
            f'xmlns:table="{_TABLE}" xmlns:text="{_TEXT}" xmlns:calcext="{_CALC}"><office:body><office:spreadsheet>'
            f'<table:table table:name="{sheet}">{body}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
    return content.getvalue()


def ods_row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def ods_text(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


def filmfreeway(films: int = 3) -> bytes:
    """FilmFreeway's export of submissions, with all its columns."""
    rows = [FILMFREEWAY]
    for number in range(1, films + 1):
        kind = number % len(_COUNTRIES)
        facts = {
            "First Name": "Ada",
            "Last Name": f"Specimen{number}",
            "Email": f"specimen{number}@example.org",
            "Country": _COUNTRIES[kind].split(",")[0],
            "Tracking Number": f"SPEC{number:04}",
            "Project Title": f"Specimen Film {number}",
            "Synopsis": f"A made-up film, number {number}.\nIts second line says “nothing”, and has a comma.",
            "Duration": f"00:{number % 60:02}:45",
            "Country of Origin": _COUNTRIES[kind],
            "Language": _LANGUAGES[kind],
            "Trailer URL": f"https://example.org/trailers/{number}",
            "Country of Filming": _COUNTRIES[kind],
            "Project Type": "Short, Animation",
            "Genres": "Drama, Fantasy",
            "Student Project": "No",
            "Completion Date": f"2026-{number % 12 + 1:02}-05",
            "Production Budget": "3,800 USD",
            "First-time Filmmaker": "Yes" if number % 2 else "No",
            "Directors": f"Ada Specimen{number}" if number % 2 else f"Ada Specimen{number}, Ben Specimen{number}",
            "Writers": f"Cem Specimen{number}",
            "Producers": "Specimen & Daughters Ltd",
            "Key Cast": f"Dee Specimen{number} (Captain), Eve Specimen{number} (Cook)",
            "Submission Date": "2026-06-01 09:41:21 -0700",
            "Submission Status": "In Consideration",
            "Judging Status": "Selected" if number % 3 == 0 else "Undecided",
            "Submission Categories": "Specimen Shorts",
            "Submission Fee": "0 USD",
            "Submission Link": f"https://example.org/films/{number}",
            "Submission ID": str(9_000_000 + number),
        }
        rows.append([facts.get(column, "") for column in FILMFREEWAY])
    return csv_file(rows)


def windows_1252_with_semicolons() -> bytes:
    rows = [["Titel", "Regisseurin", "Preisgeld"], ["Specimen – Über den Flüssen", "Zoë Specimen", "1.234,50 €"]]
    return csv_file(rows, separator=";", encoding="cp1252")


def utf_16_from_excel() -> bytes:
    """Excel's "Unicode text": UTF-16 with a byte order mark, separated by tabs."""
    return csv_file([["題名", "国"], ["見本の海", "日本"], ["견본", "한국"]], separator="\t", encoding="utf-16")


def merged_header_rows() -> bytes:
    """A title, a blank row, groups of columns and their columns."""
    rows = [
        ["Specimen Festival 2026", "", "", "", ""],
        ["", "", "", "", ""],
        ["Title", "Director", "", "Producer", ""],
        ["", "Name", "Country", "Name", "Country"],
        ["Specimen One", "Ada Specimen", "PL", "Ben Specimen", "JP"],
    ]
    return xlsx_file(rows, merged=["A1:E1", "A3:A4", "B3:C3", "D3:E3"])


def dates_in_three_ways() -> bytes:
    rows = [
        ["Title", "Slashes", "ISO", "Number", "Cell"],
        ["Specimen One", "3/4/2026", "2026-04-03", 46115, date(2026, 4, 3)],
        ["Specimen Two", "16/4/2026", "2026-04", 46128, date(2026, 4, 16)],
    ]
    return xlsx_file(rows)


def runtimes() -> bytes:
    cells = ["6:45", "6m45s", 405, "6 min 45 s", time(0, 6, 45), timedelta(minutes=6, seconds=45), "00:06:45", "6′45″"]
    return xlsx_file([["Runtime"], *([cell] for cell in cells)])


def countries() -> bytes:
    names = [
        "UK",
        "Czech Rep.",
        "韩国",
        "일본",
        "Stany Zjednoczone",
        "ポーランド",
        "KOR",
        "cn",
        "Bosnia and Herzegovina, UK",
    ]
    return csv_file([["Title", "Country"], *((f"Specimen {n}", name) for n, name in enumerate(names))])


def last_first_names() -> bytes:
    return csv_file([["Title", "Director"], ["Specimen One", "Specimen, Ada"], ["Two", "van den Specimen, Ben Cem"]])


def several_people() -> bytes:
    cells = ["Ada Specimen & Ben Specimen", "Ada Specimen; Ben Specimen", "Specimen, Ada; Specimen, Ben"]
    return csv_file([["Title", "Director"], *(("Specimen", cell) for cell in cells)])


def trailing_blank_rows() -> bytes:
    blank = ["", " ", "\xa0", ""]
    return csv_file(
        [["Title", "Year", "", ""], ["Specimen One", "1994", "", ""], blank, ["Two", "1995"], *[blank] * 500]
    )


def long_cell() -> bytes:
    return csv_file([["Title", "Synopsis"], ["Specimen", "ab " * 13_333 + "c"]])


def ods_by_hand() -> bytes:
    """An ODS file with repeated rows, cells and spaces, an error, and blank rows to the end of the sheet."""
    blank = '<table:table-cell table:number-columns-repeated="16381"/>'
    return ods_file(
        ods_row(ods_text("Title"), ods_text("Year"), ods_text("Runtime"), blank)
        + ods_row(
            ods_text('Specimen<text:s text:c="2"/>One'),
            '<table:table-cell office:value-type="float" office:value="1994"><text:p>1994</text:p></table:table-cell>',
            '<table:table-cell office:value-type="time" office:time-value="PT00H06M45S"/>',
        )
        + '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        + ods_row(
            ods_text("Specimen Two"),
            ods_text("#REF!", ' office:string-value="" calcext:value-type="error"'),
            '<table:table-cell office:value-type="time" office:time-value="PT30H00M00S"/>',
        )
        + f'<table:table-row table:number-rows-repeated="1048570">{blank}</table:table-row>'
    )


#: The files that an import must take in rightly, or say at the cell why not.
AS_PEOPLE_HAVE_THEM = {
    "filmfreeway.csv": filmfreeway,
    "windows-1252.csv": windows_1252_with_semicolons,
    "utf-16.txt": utf_16_from_excel,
    "merged.xlsx": merged_header_rows,
    "dates.xlsx": dates_in_three_ways,
    "runtimes.xlsx": runtimes,
    "countries.csv": countries,
    "last-first.csv": last_first_names,
    "several.csv": several_people,
    "blank-rows.csv": trailing_blank_rows,
    "long-cell.csv": long_cell,
    "by-hand.ods": ods_by_hand,
}
