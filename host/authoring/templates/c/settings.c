#include "settings.h"

#include "text.h"

typedef struct {
    const char *key;
    const char *help;
    int32_t initial, least, most;
} Number;

static const Number CANARY_TRAFFIC_BP_MAX = {
    "canary-traffic-bp-max",
    "Most traffic the first stage may take, in basis points. Default 1000: a tenth.",
    1000, 1, 10000,
};
static const Number BAKE_S_MIN = {
    "bake-s-min",
    "Shortest time to watch the first stage, in seconds. Default 3600: an hour.",
    3600, 0, 604800,
};

static Setting described(const Number *number) {
    return (Setting){text(number->key), WHOLE_NUMBER, digits(number->initial), text(number->help)};
}

void describe_settings(Manifest *manifest) {
    Setting *settings = taken(2 * sizeof(Setting));
    settings[0] = described(&CANARY_TRAFFIC_BP_MAX);
    settings[1] = described(&BAKE_S_MIN);
    manifest->settings.ptr = settings;
    manifest->settings.len = 2;
}

// `/key` and `/key/0` are both of `key`.
static Text key_of(Text pointer) {
    Text key = pointer;
    if (key.len > 0 && *key.ptr == '/') {
        key.ptr++;
        key.len--;
    }
    for (size_t at = 0; at < key.len; at++) {
        if (key.ptr[at] == '/') {
            key.len = at;
        }
    }
    return key;
}

static void refuse(SettingErrors *errors, Text key, Text message) {
    errors->ptr[errors->len++] = (SettingError){JOINED(text("/"), key), message};
}

static int32_t read_number(const Number *number, const SettingValues *given, SettingErrors *errors) {
    const SettingValue *found = NULL;
    size_t times = 0;
    for (size_t at = 0; at < given->len; at++) {
        if (is_same(key_of(given->ptr[at].pointer), text(number->key))) {
            found = &given->ptr[at];
            times++;
        }
    }
    if (found == NULL) {
        return number->initial;
    }
    if (times > 1 || found->value.tag != IS_WHOLE_NUMBER) {
        refuse(errors, text(number->key), text("expected a whole number"));
        return number->initial;
    }
    int32_t value = found->value.val.whole_number;
    if (value < number->least || value > number->most) {
        refuse(errors, text(number->key),
               JOINED(text("expected a whole number from "), digits(number->least), text(" to "),
                      digits(number->most), text(", found "), digits(value)));
    }
    return value;
}

static bool is_ours(Text key) {
    return is_same(key, text(CANARY_TRAFFIC_BP_MAX.key)) || is_same(key, text(BAKE_S_MIN.key));
}

// The items of a list stand one after the other, and are refused once.
static void refuse_others(const SettingValues *given, SettingErrors *errors) {
    Text before = {NULL, 0};
    for (size_t at = 0; at < given->len; at++) {
        Text key = key_of(given->ptr[at].pointer);
        if (is_ours(key)) {
            continue;
        }
        if (before.ptr == NULL || !is_same(before, key)) {
            refuse(errors, key, text("this policy has no such setting"));
        }
        before = key;
    }
}

Settings read_settings(const SettingValues *given, SettingErrors *errors) {
    // One for each value given, or for each setting: more errors there cannot be.
    errors->ptr = taken((given->len + 2) * sizeof(SettingError));
    errors->len = 0;
    Settings settings = {
        .canary_traffic_bp_max = read_number(&CANARY_TRAFFIC_BP_MAX, given, errors),
        .bake_s_min = read_number(&BAKE_S_MIN, given, errors),
    };
    refuse_others(given, errors);
    return settings;
}
