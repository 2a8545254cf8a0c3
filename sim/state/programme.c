// SPDX-License-Identifier: GPL-3.0-or-later
// Programmes as data: their single numbers as a field table, choices by name, keys, and what they own.
#include <math.h>
#include <qonys/memory.h>
#include <qonys/programme.h>
#include <qonys/random.h>
#include <qonys/status.h>
#include <string.h>

#define OWN(name)   offsetof(struct qon_programme, name)
#define BOND(name)  offsetof(struct qon_bond, name)
#define AWARE(name) offsetof(struct qon_awareness, name)

static const struct qon_field own_fields[] = {
    {"at", QON_I32, OWN(at), "1", 0, QON_ATS - 1, QON_AT_MOVE, 0, 0, "move|hire|residence|arrival|emigration|school|country",
     "event of a life that the programme hangs on", "definition"},
    {"from", QON_MONTH, OWN(from), "month", 0, 0, NAN, 0, 0, NULL, "first month; absent: that of the run", "definition"},
    {"to", QON_MONTH, OWN(to), "month", 0, 0, NAN, 0, 0, NULL, "last month, inclusive; absent: that of the run", "definition"},
    {"take_up_month", QON_F64, OWN(take_up_month), "1/month", 0, 1, 0.02, 0.005, 0.1, NULL,
     "chance that a resident who knows the programme and is eligible applies within a month (programmes at residence)", "assumption"},
    {"carry_over", QON_BOOL, OWN(carry_over), "1", 0, 1, 0, 0, 0, NULL, "places and money that a year leaves are added to the next",
     "definition"},
    {"waiting_months", QON_I32, OWN(waiting_months), "month", 0, 600, 0, 0, 24, NULL,
     "how long those refused for lack of places or money stay on the waiting list, which is served first; 0: there is none", "definition"},
    {"ration", QON_I32, OWN(ration), "1", 0, QON_RATIONS - 1, QON_FIRST_COME, 0, 0, "first_come|lottery|points|priority|proportional",
     "who comes first when applicants are more than places", "definition"},
};

static const struct qon_field bond_fields[] = {
    {"months", QON_I32, BOND(months), "month", 0, 600, 0, 0, 84, NULL, "how long the beneficiary must stay; 0: not bound", "definition"},
    {"clawback_share", QON_F64, BOND(clawback_share), "1", 0, 1, 1, 0.5, 1, NULL,
     "part of what was paid that is asked back on early leaving", "definition"},
    {"recovery_share", QON_F64, BOND(recovery_share), "1", 0, 1, 0.5, 0.2, 0.9, NULL, "chance that it is recovered", "assumption"},
    {"occupation", QON_BOOL, BOND(occupation), "1", 0, 1, 0, 0, 0, NULL, "leaving the occupation breaks the bond too", "definition"},
    {"end_factor", QON_F64, BOND(end_factor), "1", 0, 10, 2, 1, 4, NULL,
     "hazard of considering a move in the half year after the bond ends, relative", "assumption"},
};

static const struct qon_field awareness_fields[] = {
    {"start_share", QON_F64, AWARE(start_share), "1", 0, 1, 0.05, 0, 0.3, NULL, "households that know the programme when it begins",
     "assumption"},
    {"media_year", QON_F64, AWARE(media_year), "1/year", 0, 10, 0.03, 0.01, 0.1, NULL,
     "p of Bass: rate at which media reach those who do not know it", "Bass 1969; 0.03 usual, remembered"},
    {"word_year", QON_F64, AWARE(word_year), "1/year", 0, 10, 0.38, 0.2, 0.6, NULL, "q of Bass: rate of hearing it from those who know",
     "Bass 1969; 0.38 usual, remembered"},
    {"movers_year", QON_F64, AWARE(movers_year), "1/year", 0, 10, 0.02, 0, 0.1, NULL,
     "added to p for each earlier beneficiary per 1000 residents of the zone left", "assumption"},
    {"considered_share", QON_F64, AWARE(considered_share), "1", 0, 1, 0.3, 0.1, 0.6, NULL,
     "chance that a zone the programme supports is weighed by those who know the programme, if it is not known anyway", "assumption"},
};

static const struct qon_section sections[] = {
    {"", "the programme itself", own_fields, sizeof own_fields / sizeof own_fields[0], 0},
    {"bond", "what the beneficiary is bound to", bond_fields, sizeof bond_fields / sizeof bond_fields[0], OWN(bond)},
    {"awareness", "how the programme becomes known", awareness_fields, sizeof awareness_fields / sizeof awareness_fields[0],
     OWN(awareness)},
};

const struct qon_section *qon_programme_sections(size_t *count) {
    *count = sizeof sections / sizeof sections[0];
    return sections;
}

void qon_programme_default(struct qon_programme *programme, int32_t start, int32_t months) {
    memset(programme, 0, sizeof *programme);
    for (size_t s = 0; s < sizeof sections / sizeof sections[0]; s++) {
        for (size_t f = 0; f < sections[s].fields_count; f++) {
            const struct qon_field *field = &sections[s].fields[f];
            char *place = (char *)programme + sections[s].offset + field->offset;
            if (field->type == QON_F64) {
                *(double *)(void *)place = field->initial;
            } else if (field->type == QON_I32) {
                *(int32_t *)(void *)place = (int32_t)field->initial;
            } else if (field->type == QON_BOOL) {
                *(bool *)place = field->initial != 0;
            }
        }
    }
    programme->from = start;
    programme->to = start + months - 1;
}

uint32_t qon_programme_key(const char *name) {
    uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char *letter = name; *letter != '\0'; letter++) {
        hash = (hash ^ (uint8_t)*letter) * 0x100000001b3ULL;
    }
    uint32_t key = (uint32_t)(qon_mix(hash) >> 32);
    return key != 0 ? key : 1;
}

int32_t qon_programme_find(const struct qon_programmes *programmes, const char *name) {
    for (int32_t i = 0; i < programmes->count; i++) {
        if (programmes->row[i].name != NULL && strcmp(programmes->row[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

int32_t qon_choice_find(const char *choices, const char *text) {
    size_t length = strlen(text);
    int32_t i = 0;
    for (const char *choice = choices;; i++) {
        size_t own = strcspn(choice, "|");
        if (own == length && memcmp(choice, text, own) == 0) {
            return i;
        }
        if (choice[own] == '\0') {
            return -1;
        }
        choice += own + 1;
    }
}

char *qon_choice_text(const char *choices, int32_t i, char text[64]) {
    const char *choice = choices;
    for (; i > 0; i--) {
        choice += strcspn(choice, "|");
        if (*choice++ == '\0') {
            return NULL;
        }
    }
    size_t length = strcspn(choice, "|");
    length = length < 63 ? length : 63;
    memcpy(text, choice, length);
    text[length] = '\0';
    return text;
}

void qon_predicate_free(struct qon_predicate *predicate) {
    qon_free(predicate->node);
    qon_free(predicate->words);
    *predicate = (struct qon_predicate){0};
}

static void programme_free(struct qon_programme *programme) {
    qon_free(programme->name);
    for (int i = 0; i < QON_TITLES; i++) {
        qon_free(programme->title[i]);
    }
    qon_free(programme->source);
    qon_predicate_free(&programme->eligible);
    for (int32_t i = 0; i < programme->benefits_count; i++) {
        qon_free(programme->benefits[i].settings);
    }
    for (int32_t i = 0; i < programme->quotas_count; i++) {
        qon_predicate_free(&programme->quotas[i].group);
    }
    for (int32_t i = 0; i < programme->scores_count; i++) {
        qon_predicate_free(&programme->scores[i].who);
    }
    qon_free(programme->benefits);
    qon_free(programme->quotas);
    qon_free(programme->budgets);
    qon_free(programme->scores);
}

void qon_programmes_free(struct qon_programmes *programmes) {
    for (int32_t i = 0; i < programmes->count; i++) {
        programme_free(&programmes->row[i]);
    }
    qon_free(programmes->row);
    *programmes = (struct qon_programmes){0};
}
