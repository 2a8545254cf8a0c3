// SPDX-License-Identifier: GPL-3.0-or-later
// qonys-report RESULTS [--html F] [--pdf F] [--xlsx F] [--csv DIR] [--lang kk|ru|en]
#include "document.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] = "usage: qonys-report RESULTS [--html FILE] [--pdf FILE] [--xlsx FILE] [--csv FOLDER] [--lang kk|ru|en]\n"
                            "Reads a results file (results.gpkg) and writes what is asked for; RESULTS may be the folder that holds it.\n";

struct options {
    const char *results, *html, *pdf, *xlsx, *csv;
    enum qon_language language;
};

static bool language_read(const char *word, enum qon_language *language) {
    static const char *const tag[QON_LANGUAGES] = {[QON_EN] = "en", [QON_KK] = "kk", [QON_RU] = "ru"};
    for (int l = 0; l < QON_LANGUAGES; l++) {
        if (strcmp(word, tag[l]) == 0) {
            *language = (enum qon_language)l;
            return true;
        }
    }
    fprintf(stderr, "qonys-report: --lang: '%s' is no language of the report; expected kk, ru or en\n", word);
    return false;
}

static bool option_take(struct options *o, const char *word, const char *value) {
    const struct {
        const char *name;
        const char **place;
    } known[] = {{"--html", &o->html}, {"--pdf", &o->pdf}, {"--xlsx", &o->xlsx}, {"--csv", &o->csv}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(word, known[i].name) == 0) {
            *known[i].place = value;
            return true;
        }
    }
    if (strcmp(word, "--lang") == 0) {
        return language_read(value, &o->language);
    }
    fprintf(stderr, "qonys-report: %s: unknown option; known are --html, --pdf, --xlsx, --csv, --lang\n", word);
    return false;
}

static bool options_read(struct options *o, int count, char **word) {
    for (int i = 1; i < count; i++) {
        if (strncmp(word[i], "--", 2) != 0) {
            if (o->results) {
                fprintf(stderr, "qonys-report: %s: one results file at a time\n", word[i]);
                return false;
            }
            o->results = word[i];
            continue;
        }
        // --html=F and --html F are the same.
        char name[16] = "";
        const char *equals = strchr(word[i], '=');
        size_t length = equals ? (size_t)(equals - word[i]) : strlen(word[i]);
        snprintf(name, sizeof name, "%.*s", (int)length, word[i]);
        const char *value = equals ? equals + 1 : i + 1 < count ? word[++i] : NULL;
        if (!value || !*value) {
            fprintf(stderr, "qonys-report: %s: a value is missing\n", name);
            return false;
        }
        if (!option_take(o, name, value)) {
            return false;
        }
    }
    if (!o->results || (!o->html && !o->pdf && !o->xlsx && !o->csv)) {
        fputs(usage, stderr);
        return false;
    }
    return true;
}

int main(int count, char **word) {
    if (count == 2 && strcmp(word[1], "--help") == 0) {
        fputs(usage, stdout);
        return QON_OK;
    }
    struct options o = {.language = QON_EN};
    if (!options_read(&o, count, word)) {
        return QON_USER;
    }
    struct qon_arena arena = {0};
    struct qon_source source;
    enum qon_status status;
    const char *path = o.results;
    const char *within = qon_arena_format(&arena, "%s/results.gpkg", path);
    FILE *file = fopen(within, "rb");
    if (file) {
        fclose(file);
        path = within;
    }
    if (qon_source_open(&source, &arena, path, &status)) {
        struct qon_document document;
        qon_document_make(&document, &source, o.language);
        bool ok = !o.html || qon_html_write(&document, o.html);
        ok = (!o.pdf || qon_pdf_write(&document, o.pdf)) && ok;
        ok = (!o.xlsx || qon_xlsx_write(&document, o.xlsx)) && ok;
        ok = (!o.csv || qon_csv_write(&document, o.csv)) && ok;
        status = ok ? QON_OK : QON_MACHINE;
        qon_document_free(&document);
    } else {
        fprintf(stderr, "qonys-report: %s\n", source.fault);
    }
    qon_source_close(&source);
    qon_arena_free(&arena);
    return status;
}
