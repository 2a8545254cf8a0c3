// SPDX-License-Identifier: GPL-3.0-or-later
#include "script.h"
#include <qonys/memory.h>
#include <qonys/par.h>
#include <string.h>

enum { WAIT_MOST_S = 600, SIZE_MOST = 1 << 20 };

enum qon_status live_script_load(struct live_script *script, const char *path, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_place place = {.file = path};
    memset(script, 0, sizeof *script);
    snprintf(script->path, sizeof script->path, "%s", path);
    script->line = 1;
    FILE *file = fopen(path, "rb");
    if (!file) {
        return qon_fault_add(faults, place, "no such script");
    }
    QON_TRY(qon_take(&script->text, SIZE_MOST + 1, 1));
    size_t length = fread(script->text, 1, SIZE_MOST, file);
    script->text[length] = '\0';
    script->next = script->text;
done:
    fclose(file);
    return status;
}

void live_script_free(struct live_script *script) {
    qon_free(script->text);
    script->text = script->next = NULL;
}

static void complain(struct live_script *script, const char *what) {
    fprintf(stderr, "%s:%d: %s\n", script->path, script->line, what);
    script->fault = true;
}

static void key_do(struct live_script *script, struct live_ui *ui, const char *name) {
    SDL_Keymod mod = KMOD_NONE;
    for (;;) {
        if (strncmp(name, "shift+", 6) == 0) {
            mod = (SDL_Keymod)(mod | KMOD_LSHIFT);
            name += 6;
        } else if (strncmp(name, "ctrl+", 5) == 0) {
            mod = (SDL_Keymod)(mod | KMOD_LCTRL);
            name += 5;
        } else {
            break;
        }
    }
    SDL_Keycode key = SDL_GetKeyFromName(name);
    if (key == SDLK_UNKNOWN) {
        complain(script, "no such key");
        return;
    }
    live_ui_key(ui, key, mod);
    ui->swallow = false;
}

// True when the line is done, false when it is to be tried again in the next frame.
static bool wait_do(struct live_script *script, struct live_ui *ui, const char *word, const char *rest, bool settled) {
    bool over = ui->state.stage == LIVE_DONE || ui->state.stage == LIVE_FAILED;
    bool met;
    if (strcmp(word, "wait-month") == 0) {
        met = over || ui->months > atoi(rest);
    } else if (strcmp(word, "wait-done") == 0) {
        met = over;
    } else if (strcmp(word, "wait-restart") == 0) {
        met = ui->state.stage == LIVE_FAILED || ui->state.starts > script->starts;
    } else if (strcmp(word, "wait-change") == 0) {
        met = ui->orders > script->orders;
    } else if (strcmp(word, "wait-painted") == 0) {
        met = settled;
    } else {
        met = ui->months > 0 || ui->state.stage == LIVE_FAILED;
    }
    double now = qon_time_wall();
    if (met) {
        script->waiting_since = 0;
        script->starts = ui->state.starts;
        script->orders = ui->orders;
        return true;
    }
    script->waiting_since = script->waiting_since > 0 ? script->waiting_since : now;
    if (now - script->waiting_since > WAIT_MOST_S) {
        complain(script, "waited too long");
        return true;
    }
    return false;
}

static bool point_do(struct live_script *script, struct live_ui *ui, const char *word, const char *rest) {
    double x, y, to_x, to_y;
    int numbers = sscanf(rest, "%lf %lf %lf %lf", &x, &y, &to_x, &to_y);
    if (strcmp(word, "move") == 0 && numbers == 2) {
        live_ui_move(ui, x, y);
    } else if (strcmp(word, "click") == 0 && numbers == 2) {
        live_ui_press(ui, x, y);
        live_ui_release(ui);
    } else if (strcmp(word, "press") == 0 && numbers == 2) {
        live_ui_press(ui, x, y);
    } else if (strcmp(word, "drag") == 0 && numbers == 4) {
        live_ui_press(ui, x, y);
        live_ui_move(ui, to_x, to_y);
        live_ui_release(ui);
    } else if (strcmp(word, "wheel") == 0 && numbers == 1) {
        live_ui_wheel(ui, x);
    } else if (strcmp(word, "resize") == 0 && numbers == 2) {
        script->resize_w = (int)x;
        script->resize_h = (int)y;
    } else {
        return false;
    }
    return true;
}

static bool row_do(struct live_ui *ui, const char *words) {
    for (int i = 0; i < ui->listed; i++) {
        if (strstr(live_ui_row_text(ui, i), words)) {
            ui->row = i;
            ui->changed = true;
            return true;
        }
    }
    return false;
}

static void tell_do(const struct live_ui *ui) {
    static const char *const overlays[] = {"none", "help", "indicators", "search", "policy", "programmes"};
    static const char *const modes[LIVE_MODES] = {"values", "dots", "flows"};
    static const char *const kinds[LIVE_KINDS] = {"all", "urban", "rural"};
    char month[16] = "none";
    int regions = ui->country.regions;
    char **id = ui->country.scenario->tables.regions.id;
    if (ui->months > 0) {
        qon_month_format(ui->stores.of[0]->start + live_ui_slot(ui), month);
    }
    printf("shown: %s\nmonths: %d\nplaying: %s\nworlds: %d\n", month, ui->months - 1, ui->state.playing ? "yes" : "no", ui->plan.worlds);
    printf("indicator: %s\nmap: %s\nkind: %s\n", ui->country.indicator[ui->indicator].name, modes[ui->mode], kinds[ui->kind]);
    printf("selected: %s\nhovered: %s\n", ui->selected < regions ? id[ui->selected] : "none",
           ui->hovered < regions ? id[ui->hovered] : "none");
    printf("overlay: %s\nzoom: %.2f\nspeed: %g\nsize: %gx%g\nscale: %g\n", overlays[ui->overlay], ui->zoom.factor, ui->months_second,
           ui->width, ui->height, ui->scale);
    printf("language: %s\ndark: %s\nfull_screen: %s\n",
           ui->language == QON_KK   ? "kk"
           : ui->language == QON_RU ? "ru"
                                    : "en",
           ui->dark ? "yes" : "no", ui->full_screen ? "yes" : "no");
    if (ui->overlay == LIVE_POLICY && ui->listed > 0) {
        const struct live_parameter *p = &ui->policy.parameter[ui->list[ui->row]];
        char text[LIVE_TEXT_MAX];
        live_parameter_text(p, p->value, text);
        printf("parameter: %s=%s\n", p->path, text);
    }
    for (int i = 0; i < ui->plan.dated[ui->plan.worlds - 1].count; i++) {
        const struct live_change *change = &ui->plan.dated[ui->plan.worlds - 1].row[i];
        qon_month_format(change->month, month);
        printf("journal: %s %s=%s\n", month, change->path, change->value);
    }
    printf("message: %s\n", ui->message);
    fflush(stdout);
}

static bool line_do(struct live_script *script, struct live_ui *ui, bool settled, const char *line) {
    char word[32] = "";
    int length = 0;
    if (sscanf(line, "%31s %n", word, &length) < 1 || *word == '#') {
        return true;
    }
    const char *rest = line + length;
    if (strcmp(word, "key") == 0) {
        key_do(script, ui, rest);
    } else if (strcmp(word, "text") == 0) {
        live_ui_text(ui, rest);
    } else if (strncmp(word, "wait-", 5) == 0) {
        return wait_do(script, ui, word, rest, settled);
    } else if (strcmp(word, "screenshot") == 0) {
        if (!settled || script->picture) {
            return false;
        }
        script->picture = true;
        snprintf(script->picture_path, sizeof script->picture_path, "%s", rest);
    } else if (strcmp(word, "row") == 0) {
        if (!row_do(ui, rest)) {
            complain(script, "no row has these words");
        }
    } else if (strcmp(word, "tell") == 0) {
        tell_do(ui);
    } else if (strcmp(word, "release") == 0) {
        live_ui_release(ui);
    } else if (strcmp(word, "quit") == 0) {
        ui->quit = true;
    } else if (!point_do(script, ui, word, rest)) {
        complain(script, "cannot be understood");
    }
    return true;
}

void live_script_step(struct live_script *script, struct live_ui *ui, bool settled) {
    if (!script->next || !*script->next || script->fault) {
        ui->quit = ui->quit || (script->text && script->fault);
        return;
    }
    char line[600];
    size_t length = strcspn(script->next, "\n");
    snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1), script->next);
    if (line_do(script, ui, settled, line)) {
        script->next += length + (script->next[length] == '\n');
        script->line++;
    }
}
