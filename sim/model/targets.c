// SPDX-License-Identifier: GPL-3.0-or-later
// The five targets that the concept of migration policy sets (section 5 of the concept), measured in the state.
#include <math.h>
#include <qonys/indicator.h>
#include <qonys/memory.h>
#include <qonys/ranks.h>

// source: concept of migration policy 2017-2021, section 5. The goals are the document's, not the scenario's: a scenario with other caps
// is measured against the same goals.
enum { CAP_12_PERCENT = 30, CAP_34_PERCENT = 10, SKILLED_PERCENT = 70, PLACED_PERCENT = 86, COVERED_PERCENT = 100 };
static const double quota_percent = 0.7;

static const struct qon_target goals[QON_TARGETS] = {
    {.name = "foreign_share_of_staff",
     .label = {"Employers of foreigners above the caps on foreign staff (30 % in categories 1 and 2, 10 % in categories 3 and 4), percent",
               "Шетелдік қызметкерлер шегінен асқан жұмыс берушілер (1–2-санат 30 %, 3–4-санат 10 %), пайыз",
               "Работодатели сверх предела иностранного персонала (30 % по категориям 1–2, 10 % по категориям 3–4), процент"},
     .goal = 0,
     .at_most = true},
    {.name = "foreign_quota",
     .label = {"Foreign workers on permits, percent of the labour force", "Рұқсаты бар шетелдік жұмыскерлер, жұмыс күшіне пайызбен",
               "Иностранные работники по разрешениям, процент рабочей силы"},
     .goal = quota_percent,
     .at_most = true},
    {.name = "skilled_share_of_permits",
     .label = {"Skilled specialists (categories 1 to 3) among foreign workers on permits, percent",
               "Рұқсаты бар шетелдіктер арасындағы білікті мамандар (1–3-санат), пайыз",
               "Квалифицированные специалисты (категории 1–3) среди иностранных работников по разрешениям, процент"},
     .goal = SKILLED_PERCENT},
    {.name = "kandas_placed",
     .label = {"Kandas arrived in the run who are employed, percent of those employed or seeking work",
               "Модельдеу кезінде келген қандастардың жұмысқа орналасқандары, жұмыс істейтін немесе іздейтіндерге пайызбен",
               "Прибывшие за время расчёта кандасы с работой, процент работающих и ищущих работу"},
     .goal = PLACED_PERCENT},
    {.name = "supported_movers",
     .label = {"Movers to designated regions who have state support, percent",
               "Белгіленген өңірлерге көшкендердің мемлекеттік қолдау алғандары, пайыз",
               "Переехавшие в определённые регионы с государственной поддержкой, процент"},
     .goal = COVERED_PERCENT},
};

static void measure(struct qon_target *target, double above, double below) {
    target->applies = below > 0;
    target->value = target->applies ? 100 * above / below : (double)NAN;
    target->met = target->applies && (target->at_most ? target->value <= target->goal : target->value >= target->goal);
}

static int64_t legal_all(const struct qon_world *world, enum qon_legal from, enum qon_legal to) {
    int64_t sum = 0;
    for (int32_t zone = 0; zone < world->zones; zone++) {
        for (int legal = from; legal <= (int)to; legal++) {
            sum += world->tally.legal[(int64_t)zone * QON_LEGALS + legal];
        }
    }
    return sum;
}

static int64_t labour_force_all(const struct qon_world *world) {
    int64_t sum = 0;
    for (int32_t zone = 0; zone < world->zones; zone++) {
        const int64_t *labour = world->tally.labour + (int64_t)zone * QON_LABOURS;
        sum += labour[QON_EMPLOYED] + labour[QON_SELF_EMPLOYED] + labour[QON_UNEMPLOYED];
    }
    return sum;
}

// M-TARGET-1: of the employers with foreign staff on permits, those above either cap.
static void measure_caps(const struct qon_world *world, struct qon_target *target) {
    const struct qon_employers *employers = &world->employers;
    int64_t above = 0;
    int64_t with_foreign = 0;
    for (uint32_t i = 0; i < employers->count; i++) {
        int64_t staff = employers->staff[i];
        int64_t high = employers->foreign_12[i];
        int64_t low = employers->foreign_34[i];
        with_foreign += high + low > 0;
        above += high * 100 > staff * CAP_12_PERCENT || low * 100 > staff * CAP_34_PERCENT;
    }
    measure(target, (double)above, (double)with_foreign);
}

// Two counts over blocks become those of all ranks.
static void all_ranks(const struct qon_world *world, int64_t *a, int64_t *b) {
    int64_t both[2] = {*a, *b};
    qon_ranks_sum_i64(both, world->ranks > 1 ? 2 : 0);
    *a = both[0];
    *b = both[1];
}

// M-TARGET-4: who applies to the employment service is not modelled; those who came during the run and either seek a job or have one by
// an employer stand for the applicants.
static void measure_kandas(const struct qon_world *world, struct qon_target *target) {
    int64_t placed = 0;
    int64_t seeking = 0;
    for (uint32_t b = 0; b < world->blocks; b++) {
        const struct qon_persons *persons = &world->block[b].persons;
        for (uint32_t row = 0; row < persons->count; row++) {
            if (persons->legal[row] == QON_KANDAS && persons->arrival_month[row] >= world->scenario->start) {
                placed += persons->status[row] == QON_EMPLOYED;
                seeking += persons->status[row] == QON_UNEMPLOYED;
            }
        }
    }
    all_ranks(world, &placed, &seeking);
    measure(target, (double)placed, (double)(placed + seeking));
}

// Households with a grant that they moved to their zone with. One byte a household of the block.
static void supported_mark(const struct qon_block *block, uint8_t *supported) {
    const struct qon_commitments *c = &block->commitments;
    for (uint32_t i = 0; i < c->count; i++) {
        if (block->persons.status[c->person[i]] == QON_GONE) {
            continue; // has no household any more
        }
        uint32_t household = block->persons.household[c->person[i]];
        supported[household] |= c->origin[i] != c->destination[i] && c->destination[i] == block->households.zone[household];
    }
}

// M-TARGET-5: of those who came during the run from another region to a reception region of relocatees and live there, who has support.
static void measure_support(const struct qon_world *world, struct qon_target *target) {
    const struct qon_table_zones *zones = &world->scenario->tables.zones;
    int64_t came = 0, with = 0;
    for (uint32_t b = 0; b < world->blocks && world->scenario->programmes.count > 0; b++) {
        const struct qon_block *block = &world->block[b];
        const struct qon_persons *p = &block->persons;
        uint8_t *supported = NULL;
        if (qon_take(&supported, block->households.count, 1) != QON_OK) {
            came = 0;
            break; // said as nothing to measure
        }
        supported_mark(block, supported);
        for (uint32_t row = 0; row < p->count; row++) {
            if (p->status[row] == QON_GONE || p->arrival_month[row] < world->scenario->start || p->origin[row] >= world->zones) {
                continue;
            }
            uint32_t zone = block->households.zone[p->household[row]];
            if (zones->designated_reception[zone] && zones->region[zone] != zones->region[p->origin[row]]) {
                came++;
                with += supported[p->household[row]];
            }
        }
        qon_free(supported);
    }
    all_ranks(world, &with, &came);
    measure(target, (double)with, (double)came);
}

void qon_targets_observe(const struct qon_world *world, struct qon_target targets[QON_TARGETS]) {
    for (int t = 0; t < QON_TARGETS; t++) {
        targets[t] = goals[t];
    }
    measure_caps(world, &targets[0]);
    int64_t permits = legal_all(world, QON_PERMIT_1, QON_SEASONAL);
    measure(&targets[1], (double)permits, (double)labour_force_all(world)); // M-TARGET-2
    // M-TARGET-3: heads, heads of departments and specialists are skilled specialists; categories 4 and seasonal are workers.
    measure(&targets[2], (double)legal_all(world, QON_PERMIT_1, QON_PERMIT_3), (double)permits);
    measure_kandas(world, &targets[3]);
    measure_support(world, &targets[4]);
}
