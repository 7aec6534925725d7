"""
The public API, `/api/v1/`: the record as JSON, read only.

`endpoints` lists the URLs, `params` and `schemas` the shape of requests and answers, `queries` the rows (always
`public(request.at)`), `serializers` turns rows into answers. `middleware` handles what all answers have in common.
"""
