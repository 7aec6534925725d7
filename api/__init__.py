"""
The public API, `/api/v1/`: the record as JSON, read-only.

`endpoints` defines the URLs, `params` and `schemas` the shape of requests and responses. `queries` selects the rows
(always `public(request.viewpoint)`), `serializers` turns them into responses. `middleware` handles what all responses
have in common.
"""
