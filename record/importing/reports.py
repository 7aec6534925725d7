"""The report of an import: what the pages and the command show of a plan, as JSON."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from record.importing.planning import Plan
from record.importing.reading import Table, Value, cell_name

#: How messages quote a name, in the languages of the interface.
QUOTES = ("“%s”", "„%s”", "「%s」")


def report_of(plan: Plan, table: Table, names: Sequence[str]) -> dict[str, Any]:
    """Return what the preview shows, as JSON: counts, problems with their cells, questions and the lines."""
    places = {name: place for place, name in enumerate(names) if name}
    values = {line.number: line.values for line in table.lines}
    problems = [
        [
            problem.line,
            str(plan.columns[problem.column].label) if problem.column in plan.columns else "",
            cell_name(places[problem.column], problem.line) if problem.column in places else "",
            _shown(value_at(values.get(problem.line, ()), places[problem.column])) if problem.column in places else "",
            problem.message,
        ]
        for problem in sorted(plan.problems, key=lambda problem: problem.line)
    ]
    rows = [
        [
            number,
            "bad" if number in plan.bad else outcome.state,
            outcome.label,
            [list(change) for change in outcome.changes],
            list(dict.fromkeys(outcome.also)),
        ]
        for number, outcome in sorted(plan.outcomes.items())
    ]
    created = {
        str(model._meta.verbose_name_plural): sum(bool(plan.lines_of[id(row)] - plan.bad) for row in new)
        for model, new in plan.new.items()
    }
    return {
        "told": table.told,
        "counts": plan.counts,
        "asked": lines_to_decide(plan),
        "problems": problems,
        "questions": [
            [question.id, question.name, question.candidates, question.lines[:20], len(question.lines)]
            for question in plan.questions.values()
        ],
        "unlisted": {question.id: question.unlisted for question in plan.questions.values() if question.unlisted},
        "rows": rows,
        "new": {name: number for name, number in created.items() if number},
        "digest": hashlib.sha256(json.dumps([rows, problems], sort_keys=True).encode()).hexdigest(),
    }


def lines_to_decide(plan: Plan) -> list[int]:
    """Return the numbers of the bad lines with no other problem than a question that nobody has answered."""
    asked: dict[int, list[str]] = {}
    for question in plan.questions.values():
        for number in question.lines:
            asked.setdefault(number, []).extend(quotes % question.name for quotes in QUOTES)
    # The problem of a question quotes its name.
    others = {
        problem.line
        for problem in plan.problems
        if not any(name in problem.message for name in asked.get(problem.line, ()))
    }
    return sorted(asked.keys() - others)


def _shown(value: Value) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def value_at(values: Sequence[Value], place: int) -> Value:
    return values[place] if place < len(values) else None
