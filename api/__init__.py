"""
The public, read-only JSON API under `/api/v1/`.

`endpoints` defines the URLs. `params` defines the query parameters and `schemas` the JSON of the responses. `queries`
selects the rows, always with `public(request.viewpoint)`. `serializers` turns the rows into JSON. `middleware` adds
headers, rate limits and error responses.
"""
