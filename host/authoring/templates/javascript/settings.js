// The settings of this policy: what they are, and reading them from what the policy set gives.

// Shares are basis points of all traffic, times are seconds.
const numbers = [
  {
    key: "canary-traffic-bp-max",
    initial: 1000,
    least: 1,
    most: 10000,
    help: "Most traffic the first stage may take, in basis points. Default 1000: a tenth.",
  },
  {
    key: "bake-s-min",
    initial: 3600,
    least: 0,
    most: 604800,
    help: "Shortest time to watch the first stage, in seconds. Default 3600: an hour.",
  },
];

// Each setting, for `describe`.
export const settings = numbers.map(({ key, initial, help }) => ({
  key,
  kind: "whole-number",
  default: String(initial),
  help,
}));

// Reads them, and says everything that is wrong with them.
export function readSettings(given) {
  const values = given.map(({ pointer, value }) => ({ key: keyOf(pointer), value }));
  const limits = {};
  const errors = [];
  for (const number of numbers) {
    const found = values.filter(({ key }) => key === number.key);
    const expected = found.length === 0 ? null : misfit(number, found);
    if (expected !== null) {
      errors.push({ pointer: `/${number.key}`, message: `expected ${expected}` });
    }
    limits[number.key] = found.length === 0 ? number.initial : found[0].value.val;
  }
  return { limits, errors: errors.concat(others(values)) };
}

function misfit({ least, most }, found) {
  const { tag, val } = found[0].value;
  if (found.length > 1 || tag !== "whole-number") {
    return "a whole number";
  }
  return val < least || val > most ? `a whole number from ${least} to ${most}, found ${val}` : null;
}

// The items of a list stand one after the other, and are refused once.
function others(values) {
  const keys = values.map(({ key }) => key).filter((key) => numbers.every((number) => number.key !== key));
  const once = keys.filter((key, at) => key !== keys[at - 1]);
  return once.map((key) => ({ pointer: `/${key}`, message: "this policy has no such setting" }));
}

// `/key` and `/key/0` are both of `key`.
function keyOf(pointer) {
  return pointer.replace(/^\/+/, "").split("/")[0];
}
