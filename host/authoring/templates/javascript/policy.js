// Policy `canary-first`: a rollout has a canary, and its first stage bakes.
//
// `policy` at the end is what the contract asks for. A fact that nobody knows is `null` or `undefined`, depending on the
// engine: ask with `== null`, which takes both and neither 0 nor "" nor false.

import { readSettings, settings } from "./settings.js";

const rules = [
  {
    id: "no-canary",
    title: "the first stage is a canary",
    help: "without a small first stage, everybody is the canary",
    remedy: "begin `rollout.stages` with a small stage, before the others",
    strictest: "block",
  },
  {
    id: "bake-too-short",
    title: "the first stage is watched long enough",
    help: "a fault that shows after the caches have run out is not seen in a few minutes",
    remedy: "state a longer `bake-s` for the first stage",
    strictest: "warn",
  },
];

function judge(change, limits) {
  const stages = change.rollout?.stages;
  if (stages == null) {
    return [noStages("no stages are known, so none is known to be a canary", "unknown")];
  }
  if (stages.length === 0) {
    return [noStages("the plan has no stages, so it has no canary", "0")];
  }
  if (stages.length === 1) {
    return [noStages("the plan has one stage, and nothing comes after it", "1")];
  }
  return [...traffic(stages[0], limits), ...bake(stages[0], limits)];
}

function noStages(message, count) {
  return finding("no-canary", "block", message, "/rollout/stages", [["stages", count]]);
}

// An unknown share may be all of it.
function traffic(first, limits) {
  const share = unsigned(first.trafficBp);
  const most = limits["canary-traffic-bp-max"];
  if (share != null && share <= most) {
    return [];
  }
  const message =
    share == null
      ? `${nameOf(first)} does not say how much traffic it takes; a canary takes at most ${most} basis points`
      : `${nameOf(first)} takes ${share} basis points of the traffic; a canary takes at most ${most}`;
  const facts = [["traffic-bp", told(share)], ["canary-traffic-bp-max", told(most)]];
  return [finding("no-canary", "block", message, "/rollout/stages/0/traffic-bp", facts)];
}

// An unknown time may be none.
function bake(first, limits) {
  const time = unsigned(first.bakeS);
  const least = limits["bake-s-min"];
  if ((time ?? 0) >= least) {
    return [];
  }
  const message =
    time == null
      ? `${nameOf(first)} does not say how long it is watched; at least ${least} s are asked for`
      : `${nameOf(first)} is watched for ${time} s; at least ${least} s are asked for`;
  const facts = [["bake-s", told(time)], ["bake-s-min", told(least)]];
  return [finding("bake-too-short", "warn", message, "/rollout/stages/0/bake-s", facts)];
}

function finding(rule, verdict, message, pointer, facts) {
  const evidence = facts.map(([key, value]) => ({ key, value }));
  return { rule, verdict, message, locations: [{ pointer }], evidence };
}

function nameOf(stage) {
  return stage.name == null ? "the first stage" : `stage \`${stage.name}\``;
}

// The engine hands whole numbers above 2147483647 over as negative ones.
function unsigned(fact) {
  return fact == null ? fact : fact >>> 0;
}

function told(fact) {
  return fact == null ? "unknown" : String(fact);
}

export const policy = {
  describe() {
    return {
      id: "canary-first",
      version: "0.1.0",
      title: "a rollout has a canary, and its first stage bakes",
      rules,
      settings,
      // It reads no files, so it asks for none.
      needs: { paths: [], edits: false, text: false },
    };
  },

  checkSettings(given) {
    return readSettings(given).errors;
  },

  evaluate({ change, settings: given }) {
    const { limits, errors } = readSettings(given);
    if (errors.length > 0) {
      const each = errors.map(({ pointer, message }) => `${pointer}: ${message}`);
      throw failure("bad-settings", each.join("; "));
    }
    try {
      return judge(change, limits);
    } catch (error) {
      // Whatever else is thrown ends the policy without a word of why.
      throw failure("internal", `${error} ${error.stack ?? ""}`.trim());
    }
  },
};

// What is thrown is the `failure` of the contract.
function failure(tag, val) {
  return { tag, val };
}
