"""
Break what a portal depends on while it serves real requests, and check that nothing is lost (docs/faults.md).

`python -m tests.faults [NAME,...]` runs the scenarios. They are no tests of pytest: together they take minutes.
"""
