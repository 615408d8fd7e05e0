"""Policy `canary-first`: a rollout has a canary, and its first stage bakes.

`Policy` at the end is what the contract asks for. A fact that nobody knows is `None`: ask with `is None`, because 0, ""
and `False` are facts.
"""

import wit_world.exports
from componentize_py_types import Err
from wit_world.imports.change_types import Change, Stage
from wit_world.imports.finding_types import (
    Evidence,
    Failure_BadSettings,
    Failure_Internal,
    Finding,
    Location,
    Manifest,
    Needs,
    Rule,
    Verdict,
)

import settings
from settings import Limits

NO_CANARY = Rule(
    id="no-canary",
    title="the first stage is a canary",
    help="without a small first stage, everybody is the canary",
    remedy="begin `rollout.stages` with a small stage, before the others",
    origin=None,
    strictest=Verdict.BLOCK,
)

BAKE_TOO_SHORT = Rule(
    id="bake-too-short",
    title="the first stage is watched long enough",
    help="a fault that shows after the caches have run out is not seen in a few minutes",
    remedy="state a longer `bake-s` for the first stage",
    origin=None,
    strictest=Verdict.WARN,
)


def judge(change: Change, limits: Limits) -> list[Finding]:
    stages = change.rollout.stages if change.rollout is not None else None
    match stages:
        case None:
            return [no_stages("no stages are known, so none is known to be a canary", "unknown")]
        case []:
            return [no_stages("the plan has no stages, so it has no canary", "0")]
        case [_]:
            return [no_stages("the plan has one stage, and nothing comes after it", "1")]
        case [first, *_]:
            return traffic(first, limits) + bake(first, limits)


def no_stages(message: str, count: str) -> Finding:
    return finding(NO_CANARY, Verdict.BLOCK, message, "/rollout/stages", {"stages": count})


def traffic(first: Stage, limits: Limits) -> list[Finding]:
    """An unknown share may be all of it."""
    share, most = first.traffic_bp, limits.canary_traffic_bp_max
    if share is None:
        message = (
            f"{name_of(first)} does not say how much traffic it takes; a canary takes at most {most} basis points"
        )
    elif share > most:
        message = f"{name_of(first)} takes {share} basis points of the traffic; a canary takes at most {most}"
    else:
        return []
    facts = {"traffic-bp": told(share), "canary-traffic-bp-max": told(most)}
    return [finding(NO_CANARY, Verdict.BLOCK, message, "/rollout/stages/0/traffic-bp", facts)]


def bake(first: Stage, limits: Limits) -> list[Finding]:
    """An unknown time may be none."""
    time, least = first.bake_s, limits.bake_s_min
    if time is None and least > 0:
        message = f"{name_of(first)} does not say how long it is watched; at least {least} s are asked for"
    elif time is not None and time < least:
        message = f"{name_of(first)} is watched for {time} s; at least {least} s are asked for"
    else:
        return []
    facts = {"bake-s": told(time), "bake-s-min": told(least)}
    return [finding(BAKE_TOO_SHORT, Verdict.WARN, message, "/rollout/stages/0/bake-s", facts)]


def finding(rule: Rule, verdict: Verdict, message: str, pointer: str, facts: dict[str, str]) -> Finding:
    evidence = [Evidence(key, value) for key, value in facts.items()]
    return Finding(rule.id, verdict, message, None, [Location(None, pointer)], evidence)


def name_of(stage: Stage) -> str:
    return "the first stage" if stage.name is None else f"stage `{stage.name}`"


def told(fact: int | None) -> str:
    return "unknown" if fact is None else str(fact)


class Policy(wit_world.exports.Policy):
    def describe(self):
        return Manifest(
            id="canary-first",
            version="0.1.0",
            title="a rollout has a canary, and its first stage bakes",
            rules=[NO_CANARY, BAKE_TOO_SHORT],
            settings=settings.described(),
            # It reads no files, so it asks for none.
            needs=Needs(paths=[], edits=False, text=False),
        )

    def check_settings(self, given):
        _, errors = settings.read(given)
        return errors

    def evaluate(self, request):
        limits, errors = settings.read(request.settings)
        if errors:
            each = (f"{error.pointer}: {error.message}" for error in errors)
            raise Err(Failure_BadSettings("; ".join(each)))
        try:
            return judge(request.change, limits)
        except Exception as error:
            # Whatever else is raised ends the policy without a word of why.
            raise Err(Failure_Internal(f"{type(error).__name__}: {error}, at {place_of(error)}"))


def place_of(error: Exception) -> str:
    """By hand: `traceback` reads the source, and there are no files when a policy runs."""
    frame = error.__traceback__
    while frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}"
