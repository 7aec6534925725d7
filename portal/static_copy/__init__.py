"""
A copy of the public site as plain files: `manage.py export_site`.

The pages of the portal are requested in this process, as an anonymous visitor sees them, all at one viewpoint
(`visitor`). Each link in a page is made relative, so that the copy works from any file server and by double-click
(`pages`, `styles`). `crawl` goes from link to link, `scope` says which pages belong to the copy, `addresses` names the
files, and `folder` writes those that have changed.
"""
