"""The settings of this policy: what they are, and reading them from what the policy set gives."""

from dataclasses import dataclass
from itertools import groupby

from wit_world.imports.finding_types import (
    Setting,
    SettingError,
    SettingKind,
    SettingScalar_WholeNumber,
    SettingValue,
)


@dataclass
class Number:
    key: str
    initial: int
    least: int
    most: int
    help: str

    def read(self, found: list) -> tuple[int, str | None]:
        """The value, and what was expected where it is not that."""
        match found:
            case []:
                return self.initial, None
            case [SettingScalar_WholeNumber(value)] if self.least <= value <= self.most:
                return value, None
            case [SettingScalar_WholeNumber(value)]:
                return value, f"a whole number from {self.least} to {self.most}, found {value}"
            case _:
                return self.initial, "a whole number"


CANARY_TRAFFIC_BP_MAX = Number(
    key="canary-traffic-bp-max",
    initial=1000,
    least=1,
    most=10_000,
    help="Most traffic the first stage may take, in basis points. Default 1000: a tenth.",
)
BAKE_S_MIN = Number(
    key="bake-s-min",
    initial=3600,
    least=0,
    most=604_800,
    help="Shortest time to watch the first stage, in seconds. Default 3600: an hour.",
)
NUMBERS = [CANARY_TRAFFIC_BP_MAX, BAKE_S_MIN]


@dataclass
class Limits:
    """Shares are basis points of all traffic, times are seconds."""

    canary_traffic_bp_max: int
    bake_s_min: int


def described() -> list[Setting]:
    """Each setting, for `describe`."""
    return [
        Setting(number.key, SettingKind.WHOLE_NUMBER, str(number.initial), number.help) for number in NUMBERS
    ]


def read(given: list[SettingValue]) -> tuple[Limits, list[SettingError]]:
    """Reads them, and says everything that is wrong with them."""
    values = [(key_of(value.pointer), value.value) for value in given]
    numbers, errors = [], []
    for number in NUMBERS:
        value, expected = number.read([value for key, value in values if key == number.key])
        numbers.append(value)
        if expected is not None:
            errors.append(SettingError(f"/{number.key}", f"expected {expected}"))
    ours = {number.key for number in NUMBERS}
    # The items of a list stand one after the other, and are refused once.
    others = (key for key, _ in groupby(key for key, _ in values if key not in ours))
    errors += [SettingError(f"/{key}", "this policy has no such setting") for key in others]
    return Limits(*numbers), errors


def key_of(pointer: str) -> str:
    """`/key` and `/key/0` are both of `key`."""
    return pointer.lstrip("/").split("/")[0]
