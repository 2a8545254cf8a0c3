// SPDX-License-Identifier: GPL-3.0-or-later
// The topsheet: effects with their intervals, the ledger, base beside alternative, targets.
#include "compare_print.h"

#include "app.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum word {
    BASE,
    ALTERNATIVE,
    DIFFERENCE,
    MEAN,
    INTERVAL,
    INTERVAL_ALL,
    INTERVAL_PERSONS,
    LEDGER,
    PERSONS,
    SHARE_OF_PAID,
    MILLION,
    INDICATORS,
    TARGETS,
    MET,
    NOT_MET,
    NOTHING,
    MARGINAL,
    VARIANCE,
    REPLICATES,
    ONE_REPLICATE,
    MONTHS,
    TENGE,
    GUIDE,
    OTHERS,
    DRIFT,
    WORDS
};
static const char *const words[WORDS][QON_LANGUAGES] = {
    [BASE] = {"base", "негізгі", "база"},
    [ALTERNATIVE] = {"alternative", "баламасы", "альтернатива"},
    [DIFFERENCE] = {"difference", "айырмасы", "разность"},
    [MEAN] = {"mean", "орташа", "среднее"},
    [INTERVAL] = {"95 % interval", "95 % аралығы", "интервал 95 %"},
    [INTERVAL_ALL] = {"for all alternatives", "барлық баламаға", "для всех альтернатив"},
    [INTERVAL_PERSONS] = {"95 % interval of persons", "адамдардың 95 % аралығы", "интервал 95 % для человек"},
    [LEDGER] = {"Ledger", "Есеп", "Учёт"},
    [PERSONS] = {"persons", "адам", "человек"},
    [SHARE_OF_PAID] = {"% of paid", "төленгендердің %", "% получателей"},
    [MILLION] = {"million tenge", "млн теңге", "млн тенге"},
    [INDICATORS] = {"Country, sums over the run or the last month", "Ел: есептеу бойынша қосынды не соңғы ай",
                    "Страна: сумма за расчёт или последний месяц"},
    [TARGETS] = {"Targets", "Нысаналар", "Цели"},
    [MET] = {"met", "орындалды", "достигнута"},
    [NOT_MET] = {"not met", "орындалмады", "не достигнута"},
    [NOTHING] = {"nothing to measure", "өлшейтін нәрсе жоқ", "измерять нечего"},
    [MARGINAL] = {"Tenge per further additional mover (from the next cheaper alternative)", "Тағы бір қосымша көшкенге, теңге",
                  "Тенге на ещё одного дополнительного (от следующей более дешёвой альтернативы)"},
    [VARIANCE] = {"Variance of arrivals' difference with independent seeds, times that found", "Тәуелсіз кездейсоқтықтағы дисперсия, есе",
                  "Дисперсия при независимых случайностях, раз"},
    [REPLICATES] = {"replicates", "қайталама", "повторов"},
    [ONE_REPLICATE] = {"one replicate: no intervals", "бір қайталама: аралық жоқ", "один повтор: интервалов нет"},
    [MONTHS] = {"months", "ай", "месяцев"},
    [TENGE] = {"tenge", "теңге", "тенге"},
    [GUIDE] = {"By the additionality guide", "Қосымша әсер нұсқаулығы бойынша", "По руководству по дополнительности"},
    [OTHERS] = {"Who was paid, displaced, refused", "Кім алды, кім ығыстырылды, кімге берілмеді",
                "Кто получил, кто вытеснен, кому отказано"},
    [DRIFT] = {"How far the two worlds part, who wins", "Екі әлемнің алшақтауы, ұтқандар", "Насколько расходятся миры, кто выиграл"},
};

static const char *const class_words[QON_CLASSES][QON_LANGUAGES] = {
    {"induced", "ынталанған", "вызванные"},
    {"deadweight", "онсыз да болар еді", "было бы и так"},
    {"diverted", "бағытын өзгерткен", "перенаправленные"},
    {"accelerated", "тездетілген", "ускоренные"},
    {"displaced", "ығыстырылған", "вытесненные"},
    {"spill-over", "жанама әсер", "побочные"},
    {"unaffected", "өзгермеген", "не затронутые"},
    {"to no person", "адамға емес", "не людям"},
};

// Characters, not bytes, so that Kazakh and Russian stand in columns too.
static int width_of(const char *text) {
    int width = 0;
    for (; *text; text++) {
        width += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return width;
}

static void left(const char *text, int width) {
    printf("%s%*s", text, width_of(text) < width ? width - width_of(text) : 1, "");
}

static void right(const char *text, int width) {
    printf("%*s%s", width_of(text) < width ? width - width_of(text) : 1, "", text);
}

static const char *number(double value, int digits, char text[48]) {
    char grouped[32];
    if (!isfinite(value)) {
        return isnan(value) ? "–" : "∞";
    }
    if (digits == 0) {
        snprintf(text, 48, "%s", qon_grouped((int64_t)llround(value), grouped));
    } else {
        snprintf(text, 48, "%.*f", digits, value);
    }
    return text;
}

static void interval(double low, double high, int digits, int width) {
    char a[48], b[48], text[128];
    if (!isfinite(low) || !isfinite(high)) {
        right("–", width);
        return;
    }
    snprintf(text, sizeof text, "[%s … %s]", number(low, digits, a), number(high, digits, b));
    right(text, width);
}

enum { LABEL = 52, VALUE = 16, RANGE = 34 };

// Effects that have a row of the ledger stand there; headings part the others.
static const int effect_of_class[QON_CLASSES] = {[QON_CLASS_INDUCED] = QON_EFFECT_induced,
                                                 [QON_CLASS_DEADWEIGHT] = QON_EFFECT_deadweight,
                                                 [QON_CLASS_DIVERTED] = QON_EFFECT_diverted,
                                                 [QON_CLASS_ACCELERATED] = QON_EFFECT_accelerated,
                                                 [QON_CLASS_DISPLACED] = QON_EFFECT_displaced,
                                                 [QON_CLASS_SPILL_OVER] = QON_EFFECT_spill_over,
                                                 [QON_CLASS_UNAFFECTED] = -1,
                                                 [QON_CLASS_OVERHEAD] = -1};

static bool in_ledger(int effect) {
    bool found = false;
    for (int k = 0; k < QON_CLASSES; k++) {
        found |= effect_of_class[k] == effect;
    }
    return found;
}

static int heading_before(int effect) {
    return effect == QON_EFFECT_persons_paid          ? OTHERS
           : effect == QON_EFFECT_additionality_gross ? GUIDE
           : effect == QON_EFFECT_paths_changed       ? DRIFT
                                                      : -1;
}

// With the unit, where the label does not name it.
static void effect_label(int effect, enum qon_language language) {
    char text[256];
    const char *label = qon_effect_rows[effect].label[language], *unit = qon_effect_rows[effect].unit;
    const char *tenge = words[TENGE][language] + (language == QON_EN ? 1 : 2); // without the first letter, which may be a capital
    const char *added = strcmp(unit, "percent") == 0                                 ? "%"
                        : strcmp(unit, "tenge") == 0 && strstr(label, tenge) == NULL ? words[TENGE][language]
                                                                                     : NULL;
    snprintf(text, sizeof text, "%s%s%s", label, added ? ", " : "", added ? added : "");
    left(text, LABEL);
}

// Months after the start are told as months of the calendar.
static void effect_value(const struct qon_scenario *base, int effect, struct qon_certain e) {
    char text[48];
    if (strcmp(qon_effect_rows[effect].unit, "month") == 0 && isfinite(e.mean)) {
        qon_month_format(base->start + (int32_t)lround(e.mean), text);
        right(text, VALUE);
    } else {
        right(number(e.mean, qon_effect_rows[effect].digits, text), VALUE);
    }
}

static void effects_print(const struct qon_comparison *c, const struct qon_scenario *base, int32_t a, enum qon_language language) {
    char text[48];
    left("", LABEL);
    right(words[MEAN][language], VALUE);
    if (c->replicates > 1) {
        right(words[INTERVAL][language], RANGE);
        if (c->alternatives > 1) {
            right(words[INTERVAL_ALL][language], RANGE);
        }
    }
    puts("");
    for (int i = 0; i < QON_EFFECTS; i++) {
        struct qon_certain e = qon_compare_certain(c, a, (enum qon_effect)i);
        if (heading_before(i) >= 0) {
            printf("\n%s\n", words[heading_before(i)][language]);
        }
        if (in_ledger(i)) {
            continue;
        }
        effect_label(i, language);
        effect_value(base, i, e);
        if (c->replicates > 1 && strcmp(qon_effect_rows[i].unit, "month") != 0) {
            interval(e.low, e.high, qon_effect_rows[i].digits, RANGE);
            if (c->alternatives > 1 && qon_effect_rows[i].main) {
                interval(e.low_all, e.high_all, qon_effect_rows[i].digits, RANGE);
            }
        }
        puts("");
        if (i == QON_EFFECT_cost_per_additional_tenge && c->alternatives > 1) {
            left(words[MARGINAL][language], LABEL);
            right(number(c->alternative[a].marginal_cost_tenge, 0, text), VALUE);
            puts("");
        }
    }
    if (c->replicates > 1) {
        left(words[VARIANCE][language], LABEL);
        right(number(c->alternative[a].variance_ratio, 1, text), VALUE);
        puts("");
    }
}

// Means over replicates of a class, all programmes.
static void class_mean(const struct qon_comparison *c, int32_t a, int class, int32_t scale, double *persons, double *tenge) {
    const struct qon_alternative *alt = &c->alternative[a];
    *persons = *tenge = 0;
    for (int64_t i = 0; i < (int64_t)c->replicates * (alt->programmes + 1); i++) {
        *persons += (double)alt->persons[i * QON_CLASSES + class] * scale / c->replicates;
        *tenge += (double)alt->tiyn[i * QON_CLASSES + class] * scale / 100 / c->replicates;
    }
}

static void ledger_print(const struct qon_comparison *c, int32_t a, int32_t scale, enum qon_language language) {
    char text[48];
    double paid = qon_compare_certain(c, a, QON_EFFECT_persons_paid).mean;
    puts("");
    left(words[LEDGER][language], LABEL);
    right(words[PERSONS][language], VALUE);
    right(words[SHARE_OF_PAID][language], VALUE + 4);
    right(words[MILLION][language], VALUE + 4);
    right(c->replicates > 1 ? words[INTERVAL_PERSONS][language] : "", RANGE);
    puts("");
    for (int k = 0; k < QON_CLASSES; k++) {
        double persons, tenge;
        class_mean(c, a, k, scale, &persons, &tenge);
        left(class_words[k][language], LABEL);
        right(k == QON_CLASS_OVERHEAD ? "" : number(persons, 0, text), VALUE);
        right(k < QON_CLASSES_PAID && paid > 0 ? number(100 * persons / paid, 1, text) : "", VALUE + 4);
        right(k < QON_CLASSES_PAID || k == QON_CLASS_OVERHEAD ? number(tenge / 1e6, 1, text) : "", VALUE + 4);
        if (c->replicates > 1 && effect_of_class[k] >= 0) {
            struct qon_certain e = qon_compare_certain(c, a, (enum qon_effect)effect_of_class[k]);
            interval(e.low, e.high, 0, RANGE);
        }
        puts("");
    }
}

static const char *const shown[] = {
    "population", "arrivals_region",   "departures_emigration", "employed", "unemployed", "unemployment_rate", "vacancies", "wage_mean",
    "rent",       "programme_spending"};

static void indicators_print(const struct qon_comparison *c, int32_t a, enum qon_language language) {
    char text[48];
    int64_t columns = c->zones + 1, step = (int64_t)c->indicators * columns;
    puts("");
    left(words[INDICATORS][language], LABEL);
    right(words[BASE][language], VALUE);
    right(words[ALTERNATIVE][language], VALUE);
    right(words[DIFFERENCE][language], VALUE);
    right(c->replicates > 1 ? words[INTERVAL][language] : "", RANGE);
    puts("");
    for (int32_t i = 0; i < c->indicators; i++) {
        bool wanted = false;
        for (size_t k = 0; k < sizeof shown / sizeof shown[0]; k++) {
            wanted |= strcmp(c->indicator[i].name, shown[k]) == 0;
        }
        if (!wanted) {
            continue;
        }
        double base, half, difference;
        int64_t at = i * columns + c->zones;
        qon_interval_t(c->base_indicator + at, c->replicates, (int32_t)step, 0.05, &base, &half);
        qon_interval_t(c->alternative[a].indicator + at, c->replicates, (int32_t)step, 0.05, &difference, &half);
        int digits = fabs(base) < 1000 ? 3 : 0;
        left(c->indicator[i].label[language], LABEL);
        right(number(base, digits, text), VALUE);
        right(number(base + difference, digits, text), VALUE);
        right(number(difference, digits, text), VALUE);
        if (c->replicates > 1) {
            interval(difference - half, difference + half, digits, RANGE);
        }
        puts("");
    }
}

static void target_value(const struct qon_target *target, enum word word, enum qon_language language) {
    printf("%s ", words[word][language]);
    if (!target->applies) {
        printf("%s", words[NOTHING][language]);
    } else {
        printf("%.2f, %s", target->value, words[target->met ? MET : NOT_MET][language]);
    }
}

static void targets_print(const struct qon_comparison *c, int32_t a, enum qon_language language) {
    printf("\n%s\n", words[TARGETS][language]);
    for (int t = 0; t < QON_TARGETS; t++) {
        const struct qon_target *own = &c->alternative[a].run.targets[t];
        printf("%d. %s\n   ", t + 1, own->label[language]);
        target_value(&c->base.targets[t], BASE, language);
        fputs("; ", stdout);
        target_value(own, ALTERNATIVE, language);
        puts("");
    }
}

static const char *title_of(const struct qon_scenario *scenario, enum qon_language language) {
    return scenario->title[language] ? scenario->title[language] : scenario->title[QON_EN] ? scenario->title[QON_EN] : scenario->name;
}

void qon_comparison_print(const struct qon_comparison *c, const struct qon_scenario *base, struct qon_scenario *const *alternatives,
                          enum qon_language language) {
    printf("%s: %s (%s), %d %s, %d %s\n", words[BASE][language], title_of(base, language), base->name, base->months,
           words[MONTHS][language], c->replicates, words[REPLICATES][language]);
    if (c->replicates == 1) {
        printf("%s\n", words[ONE_REPLICATE][language]);
    }
    for (int32_t a = 0; a < c->alternatives; a++) {
        printf("\n%s: %s (%s)\n\n", words[ALTERNATIVE][language], title_of(alternatives[a], language), alternatives[a]->name);
        effects_print(c, base, a, language);
        ledger_print(c, a, base->scale, language);
        indicators_print(c, a, language);
        targets_print(c, a, language);
        qon_programmes_print(&c->alternative[a].run, alternatives[a], language);
    }
    printf("\nreplicates: %d\nseconds: %.1f\nbase_digest: %016" PRIx64 "\n", c->replicates, c->seconds, c->base.digest);
    for (int32_t a = 0; a < c->alternatives; a++) {
        printf("alternative_digest: %016" PRIx64 "\n", c->alternative[a].run.digest);
    }
    printf("results: %s\n", c->results);
}

static void certain_json(struct qon_certain e, bool all) {
    printf("{\"mean\": ");
    qon_json_real(stdout, e.mean);
    printf(", \"low\": ");
    qon_json_real(stdout, e.low);
    printf(", \"high\": ");
    qon_json_real(stdout, e.high);
    if (all) {
        printf(", \"low_all\": ");
        qon_json_real(stdout, e.low_all);
        printf(", \"high_all\": ");
        qon_json_real(stdout, e.high_all);
    }
    putchar('}');
}

static void targets_json(const struct qon_run_summary *run) {
    for (int t = 0; t < QON_TARGETS; t++) {
        printf("%s{\"name\": \"%s\", \"value\": ", t ? ", " : "", run->targets[t].name);
        qon_json_real(stdout, run->targets[t].value);
        printf(", \"met\": %s}", !run->targets[t].applies ? "null" : run->targets[t].met ? "true" : "false");
    }
}

static void alternative_json(const struct qon_comparison *c, int32_t a, const struct qon_scenario *alt) {
    const struct qon_alternative *own = &c->alternative[a];
    printf("{\"scenario\": ");
    qon_json_text(stdout, alt->name);
    printf(", \"state_digest\": \"%016" PRIx64 "\", \"effects\": {", own->run.digest);
    for (int i = 0; i < QON_EFFECTS; i++) {
        printf("%s\"%s\": ", i ? ", " : "", qon_effect_rows[i].name);
        certain_json(qon_compare_certain(c, a, (enum qon_effect)i), qon_effect_rows[i].main);
    }
    printf("}, \"ledger\": {");
    for (int k = 0; k < QON_CLASSES; k++) {
        double persons, tenge;
        class_mean(c, a, k, alt->scale, &persons, &tenge);
        printf("%s\"%s\": {\"persons\": ", k ? ", " : "", qon_class_name[k]);
        qon_json_real(stdout, persons);
        printf(", \"tenge\": ");
        qon_json_real(stdout, tenge);
        putchar('}');
    }
    printf("}, \"targets\": [");
    targets_json(&own->run);
    printf("], ");
    qon_programmes_json(&own->run, alt);
    printf(", \"variance_ratio\": ");
    qon_json_real(stdout, own->variance_ratio);
    printf(", \"marginal_cost_tenge\": ");
    qon_json_real(stdout, own->marginal_cost_tenge);
    putchar('}');
}

void qon_comparison_json(const struct qon_comparison *c, const struct qon_scenario *base, struct qon_scenario *const *alternatives) {
    printf("{\"base\": {\"scenario\": ");
    qon_json_text(stdout, base->name);
    printf(", \"state_digest\": \"%016" PRIx64 "\", \"targets\": [", c->base.digest);
    targets_json(&c->base);
    printf("]}, \"replicates\": %d, \"months\": %d, \"scale\": %d, \"persons_ever\": %" PRId64 ", \"alternatives\": [", c->replicates,
           base->months, base->scale, c->persons_ever);
    for (int32_t a = 0; a < c->alternatives; a++) {
        fputs(a ? ", " : "", stdout);
        alternative_json(c, a, alternatives[a]);
    }
    printf("], \"seconds\": %.3f, \"results\": ", c->seconds);
    qon_json_text(stdout, c->results);
    puts("}");
}
