"""The limits of files that editors bring. They keep one import within the memory and the time of a small server."""

#: The size of the file in bytes.
MOST_BYTES = 50_000_000
#: The size of a workbook in bytes when its parts are unpacked.
MOST_UNPACKED = 250_000_000
#: The rows of a table below its header, and its columns.
MOST_ROWS = 50_000
MOST_COLUMNS = 300
#: The cells of the rectangle with all filled cells.
MOST_CELLS = 3_000_000
#: The characters in all cells together.
MOST_CHARACTERS = 150_000_000
#: The characters of one cell. Python's CSV reader has the same limit.
MOST_IN_CELL = 131_072
