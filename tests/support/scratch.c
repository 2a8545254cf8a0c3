// SPDX-License-Identifier: GPL-3.0-or-later
// Folders and files of tests.
#include "scratch.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int good, const char *what) {
    if (!good) {
        perror(what);
        exit(99);
    }
}

void scratch_make(char folder[SCRATCH_PATH_MAX]) {
    const char *below = getenv("TMPDIR");
    int length = snprintf(folder, SCRATCH_PATH_MAX, "%s/qonys-test-XXXXXX", below == NULL ? "/tmp" : below);
    must(length < SCRATCH_PATH_MAX && mkdtemp(folder) != NULL, folder);
}

void scratch_path(char path[SCRATCH_PATH_MAX], const char *folder, const char *name) {
    must(snprintf(path, SCRATCH_PATH_MAX, "%s/%s", folder, name) < SCRATCH_PATH_MAX, name);
}

void scratch_write(const char *folder, const char *name, const void *bytes, size_t length) {
    char path[SCRATCH_PATH_MAX];
    scratch_path(path, folder, name);
    FILE *file = fopen(path, "w");
    must(file != NULL, path);
    must(fwrite(bytes, 1, length, file) == length, path);
    must(fclose(file) == 0, path);
}

void scratch_text(const char *folder, const char *name, const char *text) {
    scratch_write(folder, name, text, strlen(text));
}

char *scratch_read(const char *folder, const char *name) {
    char path[SCRATCH_PATH_MAX];
    scratch_path(path, folder, name);
    FILE *file = fopen(path, "r");
    must(file != NULL && fseek(file, 0, SEEK_END) == 0, path);
    long length = ftell(file);
    must(length >= 0, path);
    rewind(file);
    char *text = calloc((size_t)length + 1, 1);
    must(text != NULL && fread(text, 1, (size_t)length, file) == (size_t)length, path);
    fclose(file);
    return text;
}

void scratch_replace(const char *folder, const char *name, const char *old, const char *by) {
    char *text = scratch_read(folder, name);
    char *at = strstr(text, old);
    if (at == NULL) {
        fprintf(stderr, "%s/%s does not hold %s\n", folder, name, old);
        exit(99);
    }
    size_t length = strlen(text) + strlen(by) + 1;
    char *changed = malloc(length);
    must(changed != NULL, name);
    snprintf(changed, length, "%.*s%s%s", (int)(at - text), text, by, at + strlen(old));
    scratch_text(folder, name, changed);
    free(changed);
    free(text);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *walk) {
    (void)about;
    (void)kind;
    (void)walk;
    return remove(path);
}

void scratch_remove(const char *folder) {
    must(nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0, folder);
}
