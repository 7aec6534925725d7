"""The admin pages for importing tables: upload, columns, preview, result and undo. The admin class is in pages.py."""
