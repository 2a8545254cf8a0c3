// SPDX-License-Identifier: GPL-3.0-or-later
// qonys-view SCENARIO [SCENARIO2] [options]: the live window on one run, or on the difference of two.
#include "window.h"
#include "words.h"
#include <inttypes.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <string.h>

static const char usage[] =
    "usage: qonys view SCENARIO [SCENARIO2] [OPTION]...\n\n"
    "A window on a running simulation; with two scenarios, on their difference (second less first) in lockstep. Press h for help.\n\n"
    "  --seed N, --scale K, --months N, --set PATH=VALUE, --threads N    as of qonys run\n"
    "  --lang kk|ru|en      language of the window\n"
    "  --play               the run starts at once\n"
    "  --speed N            months a second at most (default: as fast as it goes)\n"
    "  --size WxH           of the window (default 1280x800)\n"
    "  --ui-scale N         all of it larger, 1 to 4 times (default 1; a display that says it is dense is heeded without it)\n"
    "  --dark               dark colours\n"
    "  --script FILE        events to carry out, one a line (viz/live/script.h)\n"
    "  --stats              shows sixty frames a second, changed or not; at the end prints what a frame takes\n"
    "\nWithout a display: SDL_VIDEODRIVER=dummy with --script, or xvfb-run. The last line printed is the digest of the state when the run "
    "has\n"
    "come to its end: the same as that of qonys run.\n";

struct options {
    struct live_plan plan;
    struct live_window_options window;
    const char *script;
    enum qon_language language;
    int threads;
    double speed;
    bool play, dark;
};

static enum qon_status whole_read(const char *name, const char *text, long low, long high, int *out, struct qon_faults *faults) {
    char *end;
    long value = strtol(text, &end, 10);
    if (*end || end == text || value < low || value > high) {
        return qon_fault_add(faults, (struct qon_place){.path = name}, "'%s' is no whole number from %ld to %ld", text, low, high);
    }
    *out = (int)value;
    return QON_OK;
}

static enum qon_status option_take(struct options *o, const char *name, char *value, struct qon_faults *faults) {
    static const char *const scenario_options[] = {"--seed", "--scale", "--months"};
    static const char *const tags[QON_LANGUAGES] = {[QON_EN] = "en", [QON_KK] = "kk", [QON_RU] = "ru"};
    for (size_t i = 0; i < sizeof scenario_options / sizeof *scenario_options; i++) {
        if (strcmp(name, scenario_options[i]) == 0) {
            live_changes_set(&o->plan.given, name + 2, value);
            return QON_OK;
        }
    }
    if (strcmp(name, "--set") == 0) {
        char *equals = strchr(value, '=');
        if (!equals) {
            return qon_fault_add(faults, (struct qon_place){.path = name}, "'%s' is no PATH=VALUE", value);
        }
        *equals = '\0';
        live_changes_set(&o->plan.given, value, equals + 1);
        return QON_OK;
    }
    if (strcmp(name, "--lang") == 0) {
        for (int l = 0; l < QON_LANGUAGES; l++) {
            if (strcmp(value, tags[l]) == 0) {
                o->language = (enum qon_language)l;
                return QON_OK;
            }
        }
        return qon_fault_add(faults, (struct qon_place){.path = name}, "'%s' is no language of the window; expected kk, ru or en", value);
    }
    if (strcmp(name, "--threads") == 0) {
        return whole_read(name, value, 1, 256, &o->threads, faults);
    }
    if (strcmp(name, "--speed") == 0) {
        int speed = 0;
        enum qon_status status = whole_read(name, value, 1, 1000, &speed, faults);
        o->speed = speed;
        return status;
    }
    if (strcmp(name, "--ui-scale") == 0) {
        char after;
        bool fine = sscanf(value, "%lf%c", &o->window.scale, &after) == 1 && o->window.scale >= 1 && o->window.scale <= 4;
        return fine ? QON_OK : qon_fault_add(faults, (struct qon_place){.path = name}, "'%s' is no number from 1 to 4", value);
    }
    if (strcmp(name, "--size") == 0) {
        char after;
        bool fine = sscanf(value, "%dx%d%c", &o->window.width, &o->window.height, &after) == 2 && o->window.width >= 320 &&
                    o->window.height >= 240 && o->window.width <= 16384 && o->window.height <= 16384;
        return fine ? QON_OK : qon_fault_add(faults, (struct qon_place){.path = name}, "'%s' is no size such as 1280x800", value);
    }
    o->script = value; // --script, the last of those known
    return QON_OK;
}

static enum qon_status options_read(struct options *o, int count, char **word, struct qon_faults *faults) {
    static const char *const known[] = {"--seed", "--scale",    "--months", "--set",  "--lang", "--threads", "--speed",
                                        "--size", "--ui-scale", "--script", "--play", "--dark", "--stats"};
    enum { WITH_VALUE = 10, KNOWN = sizeof known / sizeof *known };
    for (int i = 1; i < count; i++) {
        if (strncmp(word[i], "--", 2) != 0) {
            if (o->plan.worlds == LIVE_WORLDS) {
                (void)qon_fault_add(faults, (struct qon_place){.path = word[i]}, "at most two scenarios");
                continue;
            }
            o->plan.file[o->plan.worlds++] = word[i];
            continue;
        }
        char *equals = strchr(word[i], '=');
        if (equals) {
            *equals = '\0';
        }
        int at = 0;
        while (at < KNOWN && strcmp(word[i], known[at]) != 0) {
            at++;
        }
        if (at == KNOWN) {
            const char *nearest = qon_name_nearest(word[i], known, KNOWN);
            (void)qon_fault_add(faults, (struct qon_place){.path = word[i]},
                                nearest ? "unknown option (did you mean %s?)" : "unknown option", nearest);
        } else if (at >= WITH_VALUE) {
            o->play = o->play || at == WITH_VALUE;
            o->dark = o->dark || at == WITH_VALUE + 1;
            o->window.stats = o->window.stats || at == WITH_VALUE + 2;
        } else {
            const char *name = word[i];
            char *value = equals ? equals + 1 : i + 1 < count ? word[++i] : NULL;
            (void)(value ? option_take(o, name, value, faults)
                         : qon_fault_add(faults, (struct qon_place){.path = name}, "a value is missing"));
        }
    }
    if (o->plan.worlds == 0 && faults->count == 0) {
        (void)qon_fault_add(faults, (struct qon_place){0}, "qonys view: expected SCENARIO; see qonys view --help");
    }
    return faults->count > 0 ? faults->worst : QON_OK;
}

// Indicators depend on the tables only.
static enum qon_status country_make(struct live_country *country, const struct qon_scenario *scenario) {
    struct qon_world world = {.scenario = scenario,
                              .zones = (int32_t)scenario->tables.zones.rows,
                              .regions = (int32_t)scenario->tables.regions.rows,
                              .educations = (int32_t)scenario->tables.educations.rows};
    *country = (struct live_country){.scenario = scenario, .zones = world.zones, .regions = world.regions};
    country->indicators = qon_indicators_count(&world);
    enum qon_status status = qon_take(&country->indicator, (size_t)country->indicators, sizeof *country->indicator);
    for (int i = 0; status == QON_OK && i < country->indicators; i++) {
        qon_indicator_get(&world, i, &country->indicator[i]);
    }
    country->population = qon_indicator_find(&world, "population");
    country->density = qon_indicator_find(&world, "density");
    return status;
}

static void ui_begin(struct live_ui *ui, const struct options *o) {
    ui->plan = o->plan;
    ui->first_worlds = o->plan.worlds;
    ui->turned.row = -1;
    ui->language = o->language;
    ui->dark = o->dark;
    ui->months_second = o->speed;
    ui->indicator = o->plan.worlds > 1 ? ui->country.population : ui->country.density;
    ui->mode = o->plan.worlds > 1 ? LIVE_VALUES : LIVE_DOTS;
    ui->slot = -1;
    ui->selected = ui->hovered = ui->country.regions;
    ui->zoom = (struct live_zoom){1, (ui->map.x0 + ui->map.x1) / 2, (ui->map.y0 + ui->map.y1) / 2};
    qon_theme_make(&ui->theme[0], false);
    qon_theme_make(&ui->theme[1], true);
}

static void summary_print(const struct live_state *state) {
    printf("seconds_run: %.3f\n", state->seconds_run);
    if (state->stage == LIVE_DONE) {
        if (state->worlds > 1) {
            printf("state_digest_base: %016" PRIx64 "\n", state->digest[0]);
        }
        printf("state_digest: %016" PRIx64 "\n", state->digest[state->worlds - 1]);
    }
}

static enum qon_status show(struct options *o, struct qon_scenario *scenario, struct live_script *script, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct live_painter *painter = NULL;
    struct live_ui *ui = NULL;
    QON_TRY(qon_take(&ui, 1, sizeof *ui));
    QON_TRY(country_make(&ui->country, scenario));
    if (!qon_map_make(&ui->map, &scenario->boundaries)) {
        QON_TRY(qon_fault_add(faults, (struct qon_place){.file = scenario->file, .path = "geography.boundaries"},
                              "the window needs boundaries of the regions to draw the map; the scenario names none"));
    }
    QON_TRY(live_policy_make(&ui->policy, scenario));
    live_dated_own(&ui->own, scenario);
    ui_begin(ui, o);
    QON_TRY(live_window_open(&o->window, scenario->title[o->language] ? scenario->title[o->language] : scenario->name, faults));
    painter = live_painter_start(&ui->country, &ui->map);
    ui->simulation = live_simulation_start(&o->plan, o->play, o->speed);
    if (!painter || !ui->simulation) {
        QON_TRY(qon_fault_machine(faults, (struct qon_place){0}, "no thread can be started"));
    }
    QON_TRY(live_window_run(ui, painter, script));
    if (ui->state.stage == LIVE_FAILED) {
        QON_TRY(qon_fault_machine(faults, (struct qon_place){0}, "%s", ui->state.fault));
    }
    summary_print(&ui->state);
done:
    live_painter_stop(painter);
    if (ui) {
        live_simulation_stop(ui->simulation);
        live_store_drop(ui->stores.of[0]);
        live_store_drop(ui->stores.of[1]);
        live_policy_free(&ui->policy);
        qon_map_free(&ui->map);
        qon_free(ui->country.indicator);
        live_window_close();
        qon_free(ui);
    }
    return status;
}

int main(int count, char **word) {
    enum qon_status status = QON_OK;
    struct qon_faults faults;
    struct qon_scenario scenario = {0};
    struct live_script script = {0};
    struct options *o = NULL;
    for (int i = 1; i < count; i++) {
        if (strcmp(word[i], "--help") == 0 || strcmp(word[i], "-h") == 0) {
            fputs(usage, stdout);
            return QON_OK;
        }
    }
    qon_par_wait_passive(word);
    qon_faults_init(&faults);
    QON_TRY(qon_take(&o, 1, sizeof *o));
    o->language = QON_EN;
    o->window.width = 1280;
    o->window.height = 800;
    o->window.scale = 1;
    QON_TRY(options_read(o, count, word, &faults));
    qon_par_threads_set(o->threads);
    QON_TRY(live_plan_read(&o->plan, o->plan.worlds - 1, &scenario, &faults));
    if (o->script) {
        QON_TRY(live_script_load(&script, o->script, &faults));
    }
    status = show(o, &scenario, &script, &faults);
done:
    for (int i = 0; i < faults.kept; i++) {
        fprintf(stderr, "%s\n", faults.text[i]);
    }
    live_script_free(&script);
    qon_scenario_free(&scenario);
    qon_free(o);
    return status;
}
