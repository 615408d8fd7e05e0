// The settings of this policy: what they are, and reading them from what the policy set gives.
#ifndef SETTINGS_H
#define SETTINGS_H

#include "contract/names.h"

// Shares are basis points of all traffic, times are seconds.
typedef struct {
    int32_t canary_traffic_bp_max;
    int32_t bake_s_min;
} Settings;

// Each setting, for `describe`.
void describe_settings(Manifest *manifest);
// Reads them, and says everything that is wrong with them.
Settings read_settings(const SettingValues *given, SettingErrors *errors);

#endif
