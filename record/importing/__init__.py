"""Imports of spreadsheets: reading files, understanding cells, planning changes, writing and undoing them."""
