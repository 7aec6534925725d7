"""
The public API, `/api/v1/`: the record as JSON, read only.

`endpoints` says what can be asked, `questions` and `schemas` in which shape, `rows` where it comes from (always
`public(request.at)`), `writing` how a row is written. `middleware` sees to what all answers have in common.
"""
