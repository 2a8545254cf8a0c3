// SPDX-License-Identifier: GPL-3.0-or-later
// A programme: an instrument of policy as data. Who may have it (eligible), what it gives (benefits), how much of it there is (quotas,
// budgets), who comes first (ration), what it binds to (bond), how it is known (awareness), and what event of a life it hangs on (at).
//
// Nothing in the program branches on a programme's name. Only its key, a hash of the name, enters random draws, so that a programme's
// place among others changes nobody's luck. Made by sim/input from the scenario's array `programmes`; never changed by a run.
#ifndef QONYS_PROGRAMME_H
#define QONYS_PROGRAMME_H

#include <qonys/field.h>

struct qon_benefit_kind; // benefit.h

enum { QON_PROGRAMMES_MOST = 64, QON_ALL_REGIONS = -1, QON_TITLES = 3 };

// What a test of a predicate reads. Terms of the outermost `all` are grouped by it.
enum qon_reads {
    QON_READS_PERSON = 1,      // person, household, the month, earlier benefits
    QON_READS_ORIGIN = 2,      // zone lived in
    QON_READS_DESTINATION = 4, // zone moved to (the own zone where the event is no move)
    QON_READS_EMPLOYER = 8,
};

// One step of a compiled predicate, in prefix order: a node is followed by its children up to `end`.
struct qon_predicate_node {
    uint8_t op;         // enum qon_predicate_op, private to predicate.c
    uint8_t reads;      // enum qon_reads, of the node and all below it
    uint16_t attribute; // row of the table of attributes in predicate.c
    uint32_t end;       // index past the last node below
    uint32_t set;       // first word of the set of values, in words
    uint32_t set_words;
    double minimum; // range, inclusive, where there is no set
    double maximum;
    uint64_t bits;   // what is quickly tested: value v below 64 holds when bit v is set
    uint32_t offset; // of the column's pointer in struct qon_persons or qon_households
    uint32_t fast;   // enum qon_predicate_fast, private to sim/model
};

// Made by qon_predicate_compile (predicate.h). Zeroed: everybody.
struct qon_predicate {
    struct qon_predicate_node *node;
    uint32_t nodes;
    uint64_t *words; // sets of values, bit by bit
    uint32_t words_count;
    uint8_t reads; // of all
};

// Most grants in a time.
struct qon_quota {
    int32_t region;             // row of regions or QON_ALL_REGIONS
    int32_t year;               // a calendar year; QON_EACH_YEAR; QON_WHOLE_TIME
    int64_t places;             // persons or households
    bool of_origin;             // the region is the one left, not the one received in
    bool members;               // each person moved takes a place; otherwise each grant
    struct qon_predicate group; // whom it counts; zeroed: everybody
};
enum { QON_EACH_YEAR = 0, QON_WHOLE_TIME = -1 };

// Most money promised in a time.
struct qon_budget {
    int32_t region; // as above, of the destination
    int32_t year;
    int64_t tiyn;
};

struct qon_score {
    double points;
    struct qon_predicate who;
};

enum qon_ration { QON_FIRST_COME, QON_LOTTERY, QON_POINTS, QON_PRIORITY, QON_PROPORTIONAL, QON_RATIONS };

// The event that a programme hangs on.
enum qon_at {
    QON_AT_MOVE,       // a household or single person weighs a move; the benefits change what it chooses
    QON_AT_HIRE,       // a job seeker is hired: the benefits go to the employer or the employee
    QON_AT_RESIDENCE,  // residents, once each; `take_up_month` of those aware and eligible apply in a month
    QON_AT_ARRIVAL,    // a person arrives from abroad
    QON_AT_EMIGRATION, // a household would leave the country
    QON_AT_SCHOOL,     // a person leaves school
    QON_AT_COUNTRY,    // nobody applies: the benefits change rates (information, enforcement, permits)
    QON_ATS,
};

struct qon_bond {
    int32_t months;        // 0: none
    double clawback_share; // of what was paid, asked back from those who leave early
    double recovery_share; // chance that it is recovered
    bool occupation;       // leaving the occupation breaks it too
    double end_factor;     // hazard of considering a move in the half year after the end, relative
};

struct qon_awareness {
    double start_share;      // of households aware when it begins
    double media_year;       // p of Bass
    double word_year;        // q of Bass
    double movers_year;      // added to p for each earlier grantee per 1000 residents of the origin
    double considered_share; // chance that a designated zone is weighed by those aware (if not known anyway)
};

struct qon_benefit {
    const struct qon_benefit_kind *kind;
    void *settings; // of the kind's size; owned; numbers, switches, choices and references only
};

struct qon_programme {
    char *name;
    char *title[QON_TITLES]; // en, kk, ru; may be NULL
    char *source;            // may be NULL
    uint32_t key;            // qon_programme_key(name)
    enum qon_at at;
    int32_t from;         // first month, since 1900-01
    int32_t to;           // last month, inclusive
    double take_up_month; // chance that one aware and eligible applies in a month (at residence; elsewhere everybody does)
    struct qon_predicate eligible;
    struct qon_benefit *benefits;
    int32_t benefits_count;
    struct qon_quota *quotas; // a place needs room under every quota whose region and group hold; none: no limit
    int32_t quotas_count;
    struct qon_budget *budgets;
    int32_t budgets_count;
    bool carry_over;        // what a year leaves is added to the next
    int32_t waiting_months; // how long those refused for lack of places or money wait for them; 0: no waiting list
    enum qon_ration ration;
    struct qon_score *scores; // points: added up, most first; priority: the first that holds ranks, earlier ones first
    int32_t scores_count;
    struct qon_bond bond;
    struct qon_awareness awareness;
    uint64_t excludes; // bit i: never together with programme i of the scenario (exclusive_with, stacks_with; symmetric)
};

struct qon_programmes {
    struct qon_programme *row;
    int32_t count; // at most QON_PROGRAMMES_MOST
};

// Fields with one number each, for reading, describe and --set: sections `bond`, `awareness` (offset within struct qon_programme), and the
// programme's own (name "", offset 0: at, from, to, take_up_month, carry_over, ration). A QON_I32 field whose `refers` is not NULL is a
// choice: the texts in it, separated by '|', are what files say; memory holds their index from 0.
const struct qon_section *qon_programme_sections(size_t *count);
void qon_programme_default(struct qon_programme *programme, int32_t start, int32_t months); // zeroed but for defaults

uint32_t qon_programme_key(const char *name);                                          // FNV-1a of the name, mixed; never 0
int32_t qon_programme_find(const struct qon_programmes *programmes, const char *name); // -1 when unknown

// Index of `text` among the texts of `choices` ("a|b|c"); -1 when it is none. Text i of it; NULL past the last.
int32_t qon_choice_find(const char *choices, const char *text);
char *qon_choice_text(const char *choices, int32_t i, char text[64]);

void qon_predicate_free(struct qon_predicate *predicate);
void qon_programmes_free(struct qon_programmes *programmes); // and zeroes it

#endif
