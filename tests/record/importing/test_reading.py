import io
import struct
import zipfile
import zlib
from datetime import date, time, timedelta

import pytest
import xlsxwriter

from record.importing import limits
from record.importing.reading import UnreadableFile, cell_name, read_table

from . import made_up_files as files


def _lines(table):
    return [(line.number, line.values) for line in table.lines]


def _message(content, **options):
    with pytest.raises(UnreadableFile) as error:
        read_table(content, "specimen", **options)
    return str(error.value)


@pytest.mark.parametrize("name", files.AS_PEOPLE_HAVE_THEM)
def test_each_file_has_its_columns_and_lines(name):
    table = read_table(files.AS_PEOPLE_HAVE_THEM[name](), name)
    assert table.header[0]
    assert table.lines
    assert all(len(line.values) == len(table.header) for line in table.lines)


def test_filmfreeway_export_is_read_with_line_breaks_in_its_cells():
    table = read_table(files.filmfreeway(), "filmfreeway.csv")
    assert table.told == "CSV, UTF-8, separated by commas"
    assert list(table.header) == files.FILMFREEWAY
    assert [line.number for line in table.lines] == [2, 3, 4]
    first = dict(zip(table.header, table.lines[0].values, strict=True))
    assert first["Tracking Number"] == "SPEC0001"
    assert first["Synopsis"].split("\n")[1] == "Its second line says “nothing”, and has a comma."
    assert first["Lyrics"] is None


def test_windows_1252_with_semicolons():
    table = read_table(files.windows_1252_with_semicolons(), "a.csv")
    assert table.told == "CSV, Windows-1252, separated by semicolons"
    assert table.lines[0].values == ("Specimen – Über den Flüssen", "Zoë Specimen", "1.234,50 €")


def test_utf_16_of_excel_with_and_without_byte_order_mark():
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        table = read_table(files.utf_16_from_excel().decode("utf-16").encode(encoding), "a.txt")
        assert table.told == "CSV, UTF-16, separated by tabs"
        assert _lines(table) == [(2, ("見本の海", "日本")), (3, ("견본", "한국"))]


@pytest.mark.parametrize(
    ("encoding", "name", "text"),
    [
        ("cp1252", "Windows-1252", "Título;País\nEl niño;España"),
        ("cp1252", "Windows-1252", "Titre;Pays\nÉté à Nîmes;Curaçao"),
        ("cp1250", "Windows-1250", "Tytuł;Kraj\nŻółta łódź;Węgry"),
        ("cp1250", "Windows-1250", "Název;Země\nŽluťoučký kůň;Česko"),
        ("cp1250", "Windows-1250", "Cím;Rendező\nŐszi erdő;Tőrös"),
        ("cp1252", "Windows-1252", "Título;País\nCorações;Camões"),
        ("cp1251", "Windows-1251", "Название;Страна\nМоре;Россия"),
        ("cp932", "Shift_JIS", "題名;国\n夜の海;日本"),
        ("gb18030", "GB18030", "标题;国家\n夜海;中国"),
        ("cp949", "EUC-KR", "제목;국가\n밤 바다;한국"),
        ("big5", "Big5", "標題;國家\n夜海;臺灣"),
        ("utf-8-sig", "UTF-8", "Tytuł;Kraj\nŻółta łódź;Węgry"),
    ],
)
def test_encoding_of_a_short_file_is_found(encoding, name, text):
    table = read_table(text.encode(encoding), "a.csv")
    assert (table.encoding, table.separator) == (name, ";")
    assert [table.header, table.lines[0].values] == [tuple(line.split(";")) for line in text.split("\n")]


def test_encoding_that_the_editor_chose_is_used():
    content = "Cím;Rendező\nErdő;Tőrös".encode("cp1250")
    assert read_table(content, "a.csv", encoding="Windows-1250").lines[0].values == ("Erdő", "Tőrös")
    assert "Line 1" in _message(content, encoding="UTF-8")
    assert _message(content, encoding="rot13").startswith("“rot13” is not a known encoding.")


def test_damaged_utf_8_is_not_read_as_another_encoding():
    content = ("Tytuł,Kraj\n" + "Żółta łódź,Węgry\n" * 20).encode()
    assert _message(content.replace(b"\xc5\x82\xc3", b"\xc5\xc3", 1)).startswith(
        "Line 2 of the file is not valid in UTF-8"
    )


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator, end):
    rows = [["Title", "Note"], ["Specimen, one; two", "a|b\tc"], [f"Two{end}lines", ""], ["Three", "x"]]
    table = read_table(files.csv_file(rows, separator=separator, end=end), "a.csv")
    assert table.separator == separator
    assert _lines(table) == [(2, ("Specimen, one; two", "a|b\tc")), (3, ("Two\nlines", None)), (4, ("Three", "x"))]


def test_first_line_of_excel_names_the_separator():
    table = read_table(b"sep=;\r\nTitle,s;Year\r\nA,b;1994\r\n", "a.csv")
    assert (table.header, table.header_number) == (("Title,s", "Year"), 1)
    assert _lines(table) == [(2, ("A,b", "1994"))]


def test_single_column_of_names_with_commas():
    table = read_table(b"Name\nSpecimen, Ada\nSpecimen, Ben\n", "a.csv")
    assert table.told == "CSV, UTF-8, a single column"
    assert _lines(table) == [(2, ("Specimen, Ada",)), (3, ("Specimen, Ben",))]


def test_texts_are_trimmed_and_normalised_and_zeros_stay():
    table = read_table("Title,Code\n\xa0Cafe\u0301 \x00,007\n".encode(), "a.csv")
    assert table.lines[0].values == ("Café", "007")


def test_blank_rows_are_dropped_and_numbers_stay_true():
    table = read_table(files.trailing_blank_rows(), "a.csv")
    assert table.header == ("Title", "Year")
    assert _lines(table) == [(2, ("Specimen One", "1994")), (4, ("Two", "1995"))]


def test_blank_column_between_stays_so_that_cell_names_are_true():
    table = read_table(b"Title,,Year\nOne,,1994\nTwo,,1995\n", "a.csv")
    assert table.header == ("Title", "", "Year")
    assert cell_name(table.header.index("Year"), table.lines[1].number) == "C3"


def test_duplicate_names_of_columns_stay():
    assert read_table(b"Name,Name\nA,B\n", "a.csv").header == ("Name", "Name")


def test_titles_and_merged_header_rows():
    table = read_table(files.merged_header_rows(), "a.xlsx")
    names = ("Title", "Director: Name", "Director: Country", "Producer: Name", "Producer: Country")
    assert (table.header, table.header_number) == (names, 4)
    assert _lines(table) == [(5, ("Specimen One", "Ada Specimen", "PL", "Ben Specimen", "JP"))]


def test_merged_header_rows_saved_as_csv():
    content = b"Specimen Festival,,,,\n,,,,\nTitle,Director,,Producer,\n,Name,Country,Name,Country\nOne,A,PL,B,JP\n"
    table = read_table(content, "a.csv")
    names = ("Title", "Director: Name", "Director: Country", "Producer: Name", "Producer: Country")
    assert (table.header, table.header_number) == (names, 4)


def test_first_row_of_texts_is_not_taken_for_a_second_header():
    table = read_table(b"Title,Director,,\nSpecimen One,Ada Specimen,short,drama\nTwo,Ben,long,comedy\n", "a.csv")
    assert table.header == ("Title", "Director", "", "")
    assert len(table.lines) == 2


def test_title_above_the_header_with_a_year_beside_it():
    table = read_table(b"Specimen Festival,,,,2026\nTitle,Director,Country,Year,Note\nOne,Ada,PL,1994,x\n", "a.csv")
    assert table.header == ("Title", "Director", "Country", "Year", "Note")


def test_values_of_a_workbook():
    rows = [["Text", "Whole", "Part", "Day", "Time", "Long", "Yes"]]
    rows += [[" a\xa0", 1994, 6.5, date(2026, 4, 3), time(0, 6, 45), timedelta(hours=30), True]]
    table = read_table(files.xlsx_file(rows), "a.csv")  # the format is found by the content, not by the name
    assert table.told == "XLSX, sheet “Films”"
    values = table.lines[0].values
    assert values == ("a", 1994, 6.5, date(2026, 4, 3), time(0, 6, 45), timedelta(hours=30), True)
    assert type(values[1]) is int


def test_first_sheet_with_values_is_read_unless_another_is_chosen():
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        workbook.add_worksheet("Blank")
        workbook.add_worksheet("Hidden").hide()
        workbook.get_worksheet_by_name("Hidden").write_column("A1", ["Secret", "x"])
        workbook.add_worksheet("Films").write_column("B3", ["Title", "Specimen"])
        workbook.add_worksheet("People").write_column("A1", ["Name", "Ada"])
        workbook.get_worksheet_by_name("Films").write_formula("B5", "=1/0", None, "#DIV/0!")
    table = read_table(content.getvalue(), "a.xlsx")
    assert (table.sheet, table.sheets) == ("Films", ("Blank", "Hidden", "Films", "People"))
    assert (table.header, _lines(table)) == (("", "Title"), [(4, (None, "Specimen")), (5, (None, "#DIV/0!"))])
    assert read_table(content.getvalue(), "a.xlsx", sheet="People").header == ("Name",)
    assert "Its sheets are: Blank, Hidden, Films, People." in _message(content.getvalue(), sheet="Nobody")


def test_ods_with_repeated_rows_and_cells():
    table = read_table(files.ods_by_hand(), "a.ods")
    assert table.told == "ODS, sheet “Films”"
    assert _lines(table) == [
        (2, ("Specimen  One", 1994, time(0, 6, 45))),
        (5, ("Specimen Two", "#REF!", timedelta(hours=30))),
    ]


def test_name_of_a_cell():
    assert [cell_name(*place) for place in [(0, 1), (2, 7), (25, 1), (26, 1), (702, 3)]] == [
        "A1",
        "C7",
        "Z1",
        "AA1",
        "AAA3",
    ]


def test_title_with_a_year_above_a_small_table():
    table = read_table(b"Specimen Festival,2026\nTitle,Director,Country\nOne,Ada,PL\n", "a.csv")
    assert (table.header, table.header_number) == (("Title", "Director", "Country"), 2)


def test_text_written_as_a_formula_is_read_as_the_text():
    assert read_table(b'Title,Code\nOne,"=""007"""\nTwo,="008"\n', "a.csv").lines[0].values == ("One", "007")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b" \r\n", "The file is empty."),
        (b",,\n,,\n", "There are no values in the file."),
        (b"\xef\xbb\xbf <html><table><tr><td>Title", "The file is a web page or XML."),
        (b"%PDF-1.7", "The file is a PDF."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "The file is an old Excel workbook (.xls)."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "The workbook has a password."),
        (b"PK\x03\x04 nothing", "The workbook is damaged."),
        (bytes(range(32)) * 100, "The file is not a table."),
        (b'Title,Note\n"' + b"x" * 140_000, "Row 2 has a cell with more than 131072 characters."),
    ],
)
def test_file_that_is_no_table_is_refused_with_the_reason(content, message):
    assert _message(content).startswith(message)


def test_zip_file_without_a_workbook_is_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("notes.txt", "x")
    assert _message(content.getvalue()).startswith("The ZIP file has no workbook in it.")


def test_limits(monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 100)
    assert "The most is 0 MB" in _message(b"a" * 101)
    monkeypatch.setattr(limits, "MOST_BYTES", 50_000_000)
    assert "values in 301 columns. The most is 300." in _message(files.csv_file([["a"] * 301]))
    monkeypatch.setattr(limits, "MOST_ROWS", 5)
    assert "more than 5 rows" in _message(b"Title\n" + b"a\n" * 6)
    assert len(read_table(b"Title\n" + b"a\n" * 5, "a.csv").lines) == 5


def _with_parts(content, **parts):
    """Return a ZIP file with some parts replaced. The names have "__" for "/"."""
    new = io.BytesIO()
    replaced = {name.replace("__", "/") + ".xml": part for name, part in parts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            archive.writestr(name, replaced.get(name, old.read(name)))
    return new.getvalue()


def test_cell_far_away_is_refused_before_memory_is_taken_for_all_cells_between():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
    assert "reach XFD1048576" in _message(_with_parts(files.xlsx_file([["a"]]), xl__worksheets__sheet1=sheet))


def test_repeated_cells_with_values_are_refused():
    cell = files.ods_text("x", ' table:number-columns-repeated="16384"')
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    assert "reach XFD1048576" in _message(files.ods_file(row))
    spaces = files.ods_text('x<text:s text:c="100000"/>', ' table:number-columns-repeated="300"')
    row = f'<table:table-row table:number-rows-repeated="9000">{spaces}</table:table-row>'
    assert "too much text" in _message(files.ods_file(row))


def test_long_text_in_many_cells_is_refused():
    content = files.xlsx_file([["Title"], *[["x" * 30_000]] * 6_000])
    assert len(content) < 200_000
    assert "too much text" in _message(content)


def test_zip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(limits, "MOST_UNPACKED", 1_000_000)
    content = _with_parts(files.xlsx_file([["a"]]), docProps__app=b" " * 1_000_000)
    assert "more than 1 MB when it is unpacked" in _message(content)


def test_part_that_lies_about_its_size_is_refused():
    content = bytearray(_with_parts(files.xlsx_file([["a"]]), xl__styles=b"<a>" + b" " * 3_000_000 + b"</a>"))
    # The directory says that the part has ten bytes, with the check sum of these.
    place = content.rindex(b"xl/styles.xml") - 46
    content[place + 16 : place + 20] = struct.pack("<L", zlib.crc32(b"<a>       "))
    content[place + 24 : place + 28] = struct.pack("<L", 10)
    assert _message(bytes(content)).startswith("The workbook is damaged.")


def test_entities_are_refused():
    bomb = '<!DOCTYPE a [<!ENTITY b "b">]><worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>'
    content = _with_parts(files.xlsx_file([["a"]]), xl__worksheets__sheet1=bomb)
    assert _message(content).startswith("The workbook is damaged.")
