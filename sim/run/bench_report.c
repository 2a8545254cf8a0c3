// SPDX-License-Identifier: GPL-3.0-or-later
// Reports of the benches, as lines or as JSON, on the stream that the caller gives.
#include <inttypes.h>
#include <qonys/bench.h>
#include <qonys/kernels.h>
#include <qonys/par.h>
#include <string.h>

struct sheet {
    FILE *out;
    bool json;
    bool begun;
};

static void key_write(struct sheet *sheet, const char *key) {
    fprintf(sheet->out, sheet->json ? "%s\"%s\": " : "%s%s: ", sheet->json ? (sheet->begun ? ", " : "{") : "", key);
    sheet->begun = true;
}

static void line_end(const struct sheet *sheet) {
    if (!sheet->json) {
        fputc('\n', sheet->out);
    }
}

static void text_write(struct sheet *sheet, const char *key, const char *text) {
    const char *quote = sheet->json ? "\"" : "";
    key_write(sheet, key);
    fputs(quote, sheet->out);
    for (; *text != 0; text++) {
        if (sheet->json && (*text == '"' || *text == '\\')) {
            fputc('\\', sheet->out);
        }
        fputc((unsigned char)*text < 0x20 ? ' ' : *text, sheet->out);
    }
    fputs(quote, sheet->out);
    line_end(sheet);
}

static void whole_write(struct sheet *sheet, const char *key, int64_t value) {
    key_write(sheet, key);
    fprintf(sheet->out, "%" PRId64, value);
    line_end(sheet);
}

static void real_write(struct sheet *sheet, const char *key, double value, int digits) {
    key_write(sheet, key);
    fprintf(sheet->out, "%.*f", digits, value);
    line_end(sheet);
}

static void digest_write(struct sheet *sheet, const char *key, uint64_t digest) {
    char text[32];
    snprintf(text, sizeof text, "%016" PRIx64, digest);
    text_write(sheet, key, text);
}

static void sheet_end(const struct sheet *sheet) {
    if (sheet->json) {
        fputs("}\n", sheet->out);
    }
}

// The processor's name as Linux tells it.
static void machine_write(struct sheet *sheet, const char *isa) {
    char line[256], name[256] = "unknown";
    FILE *info = fopen("/proc/cpuinfo", "r");
    while (info != NULL && fgets(line, sizeof line, info) != NULL) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon != NULL) {
            line[strcspn(line, "\n")] = 0;
            snprintf(name, sizeof name, "%s", colon + 1 + (colon[1] == ' '));
            break;
        }
    }
    if (info != NULL) {
        fclose(info);
    }
    text_write(sheet, "machine", name);
#ifdef __clang__
    text_write(sheet, "compiler", __VERSION__);
#else
    text_write(sheet, "compiler", "gcc " __VERSION__);
#endif
    text_write(sheet, "isa", isa);
    whole_write(sheet, "threads", qon_par_threads());
}

static double share(double part, double whole) {
    return whole > 0 ? part / whole : 0;
}

void qon_bench_relocation_write(const struct qon_bench_options *options, const struct qon_bench_relocation *result, bool json, FILE *out) {
    struct sheet sheet = {out, json, false};
    text_write(&sheet, "bench", "relocation");
    machine_write(&sheet, result->isa);
    whole_write(&sheet, "persons", options->persons);
    whole_write(&sheet, "months", options->months);
    real_write(&sheet, "ns_person_month", result->ours.ns_cpu, 4);
    real_write(&sheet, "ns_person_month_wall", result->ours.ns_wall, 4);
    if (options->plain) {
        real_write(&sheet, "plain_ns_person_month", result->plain.ns_cpu, 4);
        real_write(&sheet, "ratio", share(result->ours.ns_cpu, result->plain.ns_cpu), 4);
        real_write(&sheet, "plain_moves_per_consideration", share((double)result->plain.moves, (double)result->plain.considered), 4);
    }
    real_write(&sheet, "moves_per_consideration", share((double)result->ours.moves, (double)result->ours.considered), 4);
    real_write(&sheet, "bytes_per_person", share((double)result->bytes, (double)options->persons), 1);
    digest_write(&sheet, "state_digest", result->ours.digest);
    sheet_end(&sheet);
}

void qon_bench_full_write(const struct qon_bench_full *result, bool json, FILE *out) {
    struct sheet sheet = {out, json, false};
    text_write(&sheet, "bench", "full");
    machine_write(&sheet, result->isa);
    whole_write(&sheet, "persons_start", result->persons_start);
    whole_write(&sheet, "persons", result->persons_end);
    whole_write(&sheet, "households", result->households);
    whole_write(&sheet, "employers", result->employers);
    whole_write(&sheet, "person_months", result->person_months);
    whole_write(&sheet, "decisions", result->decisions);
    double deciding = 0; // utilities and relocation: what decisions cost
    for (int32_t i = 0; i < result->phases; i++) {
        bool decides = strcmp(result->phase[i].name, "utilities") == 0 || strcmp(result->phase[i].name, "relocation") == 0;
        deciding += decides ? result->phase[i].seconds : 0;
    }
    real_write(&sheet, "ns_decision_wall", 1e9 * share(deciding, (double)result->decisions), 1);
    real_write(&sheet, "seconds_synthesis", result->seconds_synthesis, 3);
    real_write(&sheet, "seconds_run", result->seconds_run, 3);
    real_write(&sheet, "cpu_synthesis", result->cpu_synthesis, 3);
    real_write(&sheet, "cpu_run", result->cpu_run, 3);
    real_write(&sheet, "ns_person_month", result->ns_cpu, 4);
    real_write(&sheet, "ns_person_month_wall", result->ns_wall, 4);
    if (result->plain_ns_cpu > 0) {
        real_write(&sheet, "plain_ns_person_month", result->plain_ns_cpu, 4);
        real_write(&sheet, "ratio", share(result->ns_cpu, result->plain_ns_cpu), 4);
        real_write(&sheet, "plain_million_ns_person_month", result->plain_million_ns_cpu, 4);
        real_write(&sheet, "ratio_to_million", share(result->ns_cpu, result->plain_million_ns_cpu), 4);
    }
    real_write(&sheet, "bytes_per_person", result->bytes_per_person, 1);
    if (result->ranks > 1) {
        whole_write(&sheet, "ranks", result->ranks);
        real_write(&sheet, "cpu_exchange", result->cpu_ranks, 3);
        double rank_months = result->phases > 0 ? (double)result->phase[0].calls * result->ranks : 0;
        real_write(&sheet, "exchange_mb_month_rank", 1e-6 * share((double)result->bytes_ranks, rank_months), 3);
    }
    // The roofline: a pass is the time in which memory, read in order by all threads, would give the whole state once.
    double pass = share(result->state_bytes, result->memory_bytes_second), months = result->phases > 0 ? (double)result->phase[0].calls : 0;
    if (result->memory_bytes_second > 0) {
        real_write(&sheet, "memory_gb_second", 1e-9 * result->memory_bytes_second, 2);
        real_write(&sheet, "state_gb", 1e-9 * result->state_bytes, 3);
        real_write(&sheet, "month_passes", share(share(result->seconds_run, months), pass), 2);
    }
    for (int32_t i = 0; i < result->phases; i++) {
        char key[64];
        snprintf(key, sizeof key, "phase_%s_seconds", result->phase[i].name);
        real_write(&sheet, key, result->phase[i].seconds, 4);
        snprintf(key, sizeof key, "phase_%s_ns_person_month", result->phase[i].name);
        real_write(&sheet, key, 1e9 * share(result->phase[i].seconds, (double)result->person_months), 4);
        if (pass > 0) {
            snprintf(key, sizeof key, "phase_%s_passes", result->phase[i].name);
            real_write(&sheet, key, share(share(result->phase[i].seconds, months), pass), 3);
        }
        snprintf(key, sizeof key, "phase_%s_calls", result->phase[i].name);
        whole_write(&sheet, key, result->phase[i].calls);
    }
    digest_write(&sheet, "state_digest", result->digest);
    sheet_end(&sheet);
}

void qon_bench_part_write(const char *name, const struct qon_bench_part *part, bool json, FILE *out) {
    struct sheet sheet = {out, json, false};
    text_write(&sheet, "bench", name);
    machine_write(&sheet, qon_kernels()->name);
    for (int i = 0; i < part->figures; i++) {
        real_write(&sheet, part->figure[i].key, part->figure[i].value, part->figure[i].digits);
    }
    digest_write(&sheet, "state_digest", part->digest);
    sheet_end(&sheet);
}
