"""Why a rule of the cleaner takes a line out, in words."""

from __future__ import annotations

from collections.abc import Mapping

from ..boilerplate import rules
from ..errors import UsageError

_RULES = {
    "context.before-article": "it stands above the article and does not look like a part of it",
    "context.in-article": "it stands among the lines of the article and does not look like one of them",
    "context.after-article": "it stands below the article and does not look like a part of it",
    "context.after-comments": "it stands below the heading of the comments",
    "context.unlike-article": "the trained model is sure that it is no part of the article",
    "context.adjacent-repeat": "the line right above it says the same",
    "context.byline-name": "it is a name, and stands below a line such as 'Written by'",
    "context.after-heading": "it stands below a heading such as 'Related posts', with nothing but titles to the end",
    "template.site": "many documents of the site print this line",
    "decision": "a person decided so",
}


def because(name: str, known: rules.Rules) -> str:
    """The end of a sentence that begins with "because". ``name``: of the rule, as a removal has it."""
    rule = next((rule for rule in known.rules if rule.id == name), None)
    if rule is not None:
        kind = "is one of the phrases" if rule.phrases else "fits a pattern"
        return f"the line {kind} of the rule {name}, as does “{(rule.hit or ('',))[0]}”"
    if name.startswith("markup."):
        return f"its element, or one that it lies in, has the tag, class or id “{name.removeprefix('markup.')}”"
    return _RULES.get(name, name)


def rules_of(settings: Mapping[str, object]) -> rules.Rules:
    """The rules of a run by its settings; the shipped ones alone where its own are no more."""
    try:
        return rules.load(str(settings.get("rules") or ""))
    except UsageError:
        return rules.load()
