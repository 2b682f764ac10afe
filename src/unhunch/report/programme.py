"""What was told, decided and chosen, in sentences; the terminal and the page say the same."""

from collections.abc import Mapping, Sequence

from unhunch.core.week.choice import TAKEN
from unhunch.core.week.figures import Chosen, Option, Plan, Symptom
from unhunch.report import written
from unhunch.words.translate import N_, _, ngettext
from unhunch.words.week import option_reason, option_text, outcome, why

SYMPTOMS = {
    # safety
    "pain": N_("a session stopped because of pain or dizziness"),
    # safety
    "discomfort": N_("discomfort of {number} out of 10"),
    # safety
    "tingling": N_("tingling that stayed"),
    # safety
    "cleared": N_("tingling that went away"),
    # safety
    "red-flag": N_("a safety question answered with yes"),
    # safety
    "still": N_("still there before the next session"),
    # safety
    "worse": N_("worse before the next session"),
    # safety
    "morning": N_("the morning felt worse"),
    # safety
    "slip": N_("a stop taken back: it was a slip"),
}
"""What was told of pain, tingling and mornings."""


def told_by_day(symptoms: Sequence[Symptom]) -> list[tuple[str, str]]:
    """Each day on which something was told, and what."""
    days: dict[str, list[str]] = {}
    for one in symptoms:
        text = _(SYMPTOMS[one.what]).format(number=one.number)
        days.setdefault(one.date, []).append(text)
    return [(written.day_name(day), ", ".join(dict.fromkeys(texts))) for day, texts in days.items()]


def told_counted(symptoms: Sequence[Symptom]) -> list[str]:
    """Each thing that was told, once, with how often where it was more than once."""
    kinds: dict[str, list[Symptom]] = {}
    for one in symptoms:
        kinds.setdefault(one.what, []).append(one)
    found = []
    for what, same in kinds.items():
        text, count = _(SYMPTOMS[what]).format(number=max(one.number or 0 for one in same)), len(same)
        often = ngettext("{what} (once)", "{what} ({count} times)", count)
        found.append(often.format(what=text, count=count) if count > 1 else text)
    return found


DECISIONS = {
    "gap": N_("A fresh start"),
    # safety
    "stop": N_("Stop and ask a clinician"),
    "step up": N_("One more a day"),
    "step down": N_("One fewer a day"),
    "easy mode": N_("Easy mode"),
    "hold": N_("Hold"),
    "as usual": N_("As usual"),
}
"""What the programme decided."""

CHANGES = {
    "gap": N_("A fresh start with {goal} a day"),
    "step up": N_("Up to {goal} a day"),
    "step down": N_("Down to {goal} a day"),
}
"""The same where it changes the goal."""


def named(names: Mapping[str, str], machine: str) -> str:
    """A machine's word as people say it; as it is when it is none of ours."""
    return _(names[machine]) if machine in names else machine[:1].upper() + machine[1:]


def plan_line(plan: Plan) -> str:
    """The decision and its reason."""
    return f"{decision_line(plan)} {why(plan)}".rstrip()


def decision_line(plan: Plan) -> str:
    """The decision alone: a sentence."""
    if plan.goal_to is not None and plan.goal_to != plan.goal_from:
        text = _(CHANGES[plan.decision]) if plan.decision in CHANGES else _("{decision} to {goal} a day")
        decision = text.format(decision=named(DECISIONS, plan.decision), goal=plan.goal_to)
    else:
        decision = named(DECISIONS, plan.decision)
    if plan.decision == "step up" and plan.answer != "accept":
        answered = _("{decision} (declined)") if plan.answer == "decline" else _("{decision} (offered)")
        decision = answered.format(decision=decision)
    return f"{decision}."


CHOICES = {
    "accept": N_("one session a day more"),
    "decline": N_("one more a day declined"),
    "hours": N_("other hours"),
    "roller": N_("the roller by the desk"),
    "nothing": N_("no change"),
}
"""What can be chosen for a week, by the names of core/week/choice.py."""


def chosen_line(chosen: Chosen) -> str:
    """What was chosen and what came of it."""
    name = _(CHOICES[chosen.choice]) if chosen.choice in CHOICES else chosen.choice
    if chosen.choice not in ("nothing", "decline"):
        name = (_("{choice} (tried)") if chosen.answer == TAKEN else _("{choice} (turned down)")).format(choice=name)
    return f"{name}. {outcome(chosen)}".rstrip()


def choose_command(which: str) -> str:
    """What to type for a choice; `which` names the week, with a space behind it."""
    return f"unhunch week {which}--choose N"


def option_line(option: Option) -> str:
    return f"{option_text(option)} {option_reason(option)}"
