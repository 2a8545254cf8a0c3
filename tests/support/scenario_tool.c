// SPDX-License-Identifier: GPL-3.0-or-later
// For scripts: scenario_tool schema | check FILE [PATH=VALUE]... | effective FILE [PATH=VALUE]...
#include <qonys/input.h>
#include <qonys/memory.h>
#include <stdio.h>
#include <string.h>

enum { OVERRIDES_MAX = 64 };

int main(int argc, char **argv) {
    static struct qon_faults faults;
    struct qon_scenario scenario;
    struct qon_override overrides[OVERRIDES_MAX];
    int count = 0;
    if (argc == 2 && strcmp(argv[1], "schema") == 0) {
        char *schema = qon_scenario_schema();
        if (schema == NULL) {
            return QON_MACHINE;
        }
        puts(schema);
        qon_free(schema);
        return 0;
    }
    if (argc < 3) {
        fprintf(stderr, "scenario_tool schema | check FILE [PATH=VALUE]... | effective FILE [PATH=VALUE]...\n");
        return 2;
    }
    for (int i = 3; i < argc && count < OVERRIDES_MAX; i++) {
        char *equals = strchr(argv[i], '=');
        if (equals != NULL) {
            *equals = '\0';
            overrides[count++] = (struct qon_override){argv[i], equals + 1};
        }
    }
    qon_faults_init(&faults);
    enum qon_status status = qon_scenario_load(&scenario, argv[2], overrides, count, &faults);
    for (int i = 0; i < faults.kept; i++) {
        fprintf(stderr, "%s\n", faults.text[i]);
    }
    if (status == QON_OK && strcmp(argv[1], "effective") == 0) {
        puts(scenario.effective);
        fprintf(stderr, "unused: %s\n", scenario.unused);
    }
    if (status == QON_OK) {
        qon_scenario_free(&scenario);
    }
    return (int)status;
}
