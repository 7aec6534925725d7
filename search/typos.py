"""The corrections of mistyped words."""

from search.models import Spelling
from search.query import Question
from search.tokenizer import is_one_typo, variants


def corrections(question: Question, parts: list[int]) -> dict[str, list[str]]:
    """
    Return a dict that maps words of the query to the words in `parts` of the index that are one typo away. Words of the
    query without such a correction are left out.
    """
    sought = {word.text for word in question.words if word.is_spellable}
    if not sought:
        return {}
    known = Spelling.objects.filter(part__in=parts, variant__in=set().union(*map(variants, sought))).order_by("word")
    words = list(known.values_list("word", flat=True).distinct())
    near = {one: [other for other in words if other != one and is_one_typo(one, other)] for one in sought}
    return {word: found for word, found in near.items() if found}
