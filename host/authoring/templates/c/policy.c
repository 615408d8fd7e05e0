// Policy `canary-first`: a rollout has a canary, and its first stage bakes.
//
// The three functions at the end are what the contract asks for. An optional fact has `is_some`; where that is false
// nobody knows the fact, and `val` must not be read.
#include "settings.h"
#include "text.h"

static const char NO_CANARY[] = "no-canary";
static const char BAKE_TOO_SHORT[] = "bake-too-short";

static Text told(bool is_known, uint32_t fact) {
    return is_known ? digits(fact) : text("unknown");
}

static Text name_of(const Stage *stage) {
    if (!stage->name.is_some) {
        return text("the first stage");
    }
    return JOINED(text("stage `"), stage->name.val, text("`"));
}

static Finding finding(const char *rule, uint8_t verdict, Text message, const char *pointer) {
    Location *location = taken(sizeof(Location));
    *location = (Location){.path = {.is_some = false}, .pointer = text(pointer)};
    return (Finding){
        .rule = text(rule),
        .verdict = verdict,
        .message = message,
        .remedy = {.is_some = false},
        .locations = {location, 1},
        // At most two facts.
        .evidence = {taken(2 * sizeof(Evidence)), 0},
    };
}

static void because(Finding *finding, const char *key, Text value) {
    finding->evidence.ptr[finding->evidence.len++] = (Evidence){text(key), value};
}

static void no_stages(Findings *findings, const char *message, const char *count) {
    Finding *added = &findings->ptr[findings->len++];
    *added = finding(NO_CANARY, BLOCK, text(message), "/rollout/stages");
    because(added, "stages", text(count));
}

// An unknown share may be all of it.
static void judge_traffic(Findings *findings, const Stage *first, const Settings *settings) {
    OptionalU16 share = first->traffic_bp;
    Text name = name_of(first), most = digits(settings->canary_traffic_bp_max), message;
    if (!share.is_some) {
        message = JOINED(name, text(" does not say how much traffic it takes; a canary takes at most "), most,
                         text(" basis points"));
    } else if ((int32_t)share.val > settings->canary_traffic_bp_max) {
        message = JOINED(name, text(" takes "), digits(share.val),
                         text(" basis points of the traffic; a canary takes at most "), most);
    } else {
        return;
    }
    Finding *added = &findings->ptr[findings->len++];
    *added = finding(NO_CANARY, BLOCK, message, "/rollout/stages/0/traffic-bp");
    because(added, "traffic-bp", told(share.is_some, share.val));
    because(added, "canary-traffic-bp-max", most);
}

// An unknown time may be none.
static void judge_bake(Findings *findings, const Stage *first, const Settings *settings) {
    OptionalU32 time = first->bake_s;
    Text name = name_of(first), least = digits(settings->bake_s_min), message;
    if (!time.is_some && settings->bake_s_min > 0) {
        message = JOINED(name, text(" does not say how long it is watched; at least "), least,
                         text(" s are asked for"));
    } else if (time.is_some && (int64_t)time.val < settings->bake_s_min) {
        message = JOINED(name, text(" is watched for "), digits(time.val), text(" s; at least "), least,
                         text(" s are asked for"));
    } else {
        return;
    }
    Finding *added = &findings->ptr[findings->len++];
    *added = finding(BAKE_TOO_SHORT, WARN, message, "/rollout/stages/0/bake-s");
    because(added, "bake-s", told(time.is_some, time.val));
    because(added, "bake-s-min", least);
}

static void judge(Findings *findings, const Change *change, const Settings *settings) {
    if (!change->rollout.is_some || !change->rollout.val.stages.is_some) {
        no_stages(findings, "no stages are known, so none is known to be a canary", "unknown");
        return;
    }
    Stages stages = change->rollout.val.stages.val;
    if (stages.len == 0) {
        no_stages(findings, "the plan has no stages, so it has no canary", "0");
    } else if (stages.len == 1) {
        no_stages(findings, "the plan has one stage, and nothing comes after it", "1");
    } else {
        judge_traffic(findings, &stages.ptr[0], settings);
        judge_bake(findings, &stages.ptr[0], settings);
    }
}

void describe(Manifest *manifest) {
    Rule *rules = taken(2 * sizeof(Rule));
    rules[0] = (Rule){
        .id = text(NO_CANARY),
        .title = text("the first stage is a canary"),
        .help = text("without a small first stage, everybody is the canary"),
        .remedy = text("begin `rollout.stages` with a small stage, before the others"),
        .strictest = BLOCK,
    };
    rules[1] = (Rule){
        .id = text(BAKE_TOO_SHORT),
        .title = text("the first stage is watched long enough"),
        .help = text("a fault that shows after the caches have run out is not seen in a few minutes"),
        .remedy = text("state a longer `bake-s` for the first stage"),
        .strictest = WARN,
    };
    // It reads no files, so it asks for none.
    *manifest = (Manifest){
        .id = text("canary-first"),
        .version = text("0.1.0"),
        .title = text("a rollout has a canary, and its first stage bakes"),
        .rules = {rules, 2},
    };
    describe_settings(manifest);
}

void check_settings(SettingValues *given, SettingErrors *errors) {
    read_settings(given, errors);
}

static Text told_errors(const SettingErrors *errors) {
    Text told = text("");
    for (size_t at = 0; at < errors->len; at++) {
        const SettingError *error = &errors->ptr[at];
        told = JOINED(told, text(at > 0 ? "; " : ""), error->pointer, text(": "), error->message);
    }
    return told;
}

// True: it could judge. False: it could not, and `failure` says why.
bool evaluate(Request *request, Findings *findings, Failure *failure) {
    SettingErrors errors;
    Settings settings = read_settings(&request->settings, &errors);
    if (errors.len > 0) {
        failure->tag = BAD_SETTINGS;
        failure->val.bad_settings = told_errors(&errors);
        return false;
    }
    // Each rule speaks once at most.
    findings->ptr = taken(2 * sizeof(Finding));
    findings->len = 0;
    judge(findings, &request->change, &settings);
    return true;
}
