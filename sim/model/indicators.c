// SPDX-License-Identifier: GPL-3.0-or-later
// Indicators from the totals of the world: first the sums of a place (a zone, or the country as the sum of its zones), then one small
// function of these sums for each indicator. So a country's rate is made from the country's sums and never from the zones' rates.
//
// An indicator is one row of `families` and, unless one of the functions fits, one function. A family with items (age groups, levels of
// education, legal statuses, labour statuses, events) stands for one indicator an item.
#include <math.h>
#include <qonys/indicator.h>
#include <stdio.h>
#include <string.h>

enum { AGE_GROUPS = 17, SEXES = 2, EDUCATIONS_MOST = 256, GROUP_MONTHS = 60 };

// What the indicators of a place are made from: counts of agents, not yet multiplied by the scale.
struct sums {
    double scale;
    double area_km2;
    int64_t persons[SEXES];
    int64_t age[SEXES][AGE_GROUPS];
    int64_t under_15, under_16, aged_65, working, pension;
    double age_months; // sum over persons; exact below 2^53
    int64_t education[EDUCATIONS_MOST];
    int64_t legal[QON_LEGALS];
    int64_t labour[QON_LABOURS];
    int64_t households;
    int64_t wages_tiyn;
    int64_t vacancies;
    int64_t zones;
    double rent_tiyn;       // sum over zones
    double rent_households; // sum over zones of rent times households
    int64_t events[QON_EVENTS];
};

typedef double value_of(const struct sums *sums, int32_t item);

// The items of a family: how many, and the id (language -1) or label of each.
struct items {
    int32_t (*count)(const struct qon_world *world);
    const char *(*text)(const struct qon_world *world, int32_t item, int language);
};

// Name and label of an indicator are those of its family followed by those of its item.
struct family {
    const char *name;
    const char *unit;
    const char *label[QON_LANGUAGES];
    const char *meaning;
    const char *source;
    const struct items *items; // NULL: one indicator, for `item`
    value_of *value;
    int32_t item;
    bool flow;
    bool additive; // a count: multiplied by the scale
};

// --- values -----------------------------------------------------------------------------------------------------------------------

static double ratio(double above, double below) {
    return below > 0 ? above / below : (double)NAN;
}

static int64_t persons_all(const struct sums *sums) {
    return sums->persons[QON_MALE] + sums->persons[QON_FEMALE];
}

static int64_t labour_force_all(const struct sums *sums) {
    return sums->labour[QON_EMPLOYED] + sums->labour[QON_SELF_EMPLOYED] + sums->labour[QON_UNEMPLOYED];
}

static double population(const struct sums *sums, int32_t item) {
    return (double)persons_all(sums);
}
static double population_sex(const struct sums *sums, int32_t sex) {
    return (double)sums->persons[sex];
}
static double population_age(const struct sums *sums, int32_t group) {
    return (double)(sums->age[QON_MALE][group] + sums->age[QON_FEMALE][group]);
}
static double population_male_age(const struct sums *sums, int32_t group) {
    return (double)sums->age[QON_MALE][group];
}
static double population_female_age(const struct sums *sums, int32_t group) {
    return (double)sums->age[QON_FEMALE][group];
}
static double population_education(const struct sums *sums, int32_t education) {
    return (double)sums->education[education];
}
static double population_legal(const struct sums *sums, int32_t legal) {
    return (double)sums->legal[legal];
}
static double population_labour(const struct sums *sums, int32_t labour) {
    return (double)sums->labour[labour];
}
static double density(const struct sums *sums, int32_t item) {
    return ratio((double)persons_all(sums) * sums->scale, sums->area_km2);
}
static double share_women(const struct sums *sums, int32_t item) {
    return 100 * ratio((double)sums->persons[QON_FEMALE], (double)persons_all(sums));
}
static double share_foreign(const struct sums *sums, int32_t item) {
    int64_t own = sums->legal[QON_CITIZEN] + sums->legal[QON_KANDAS];
    int64_t all = own;
    for (int32_t legal = QON_PERMIT_1; legal < QON_LEGALS; legal++) {
        all += sums->legal[legal];
    }
    return 100 * ratio((double)(all - own), (double)all);
}
static double age_mean(const struct sums *sums, int32_t item) {
    return ratio(sums->age_months / 12, (double)persons_all(sums));
}
static double ageing_index(const struct sums *sums, int32_t item) {
    return 100 * ratio((double)sums->aged_65, (double)sums->under_15);
}
static double dependency_ratio(const struct sums *sums, int32_t item) {
    return 100 * ratio((double)(sums->under_16 + sums->pension), (double)sums->working);
}
static double households(const struct sums *sums, int32_t item) {
    return (double)sums->households;
}
static double household_size(const struct sums *sums, int32_t item) {
    return ratio((double)persons_all(sums), (double)sums->households);
}
static double labour_force(const struct sums *sums, int32_t item) {
    return (double)labour_force_all(sums);
}
static double unemployment_rate(const struct sums *sums, int32_t item) {
    return 100 * ratio((double)sums->labour[QON_UNEMPLOYED], (double)labour_force_all(sums));
}
static double participation_rate(const struct sums *sums, int32_t item) {
    return 100 * ratio((double)labour_force_all(sums), (double)(persons_all(sums) - sums->under_16));
}
static double vacancies(const struct sums *sums, int32_t item) {
    return (double)sums->vacancies;
}
static double wage_mean(const struct sums *sums, int32_t item) {
    return ratio((double)sums->wages_tiyn / 100, (double)sums->labour[QON_EMPLOYED]);
}
// Weighted by households; where nobody lives, the plain mean over the zones.
static double rent_mean(const struct sums *sums, int32_t item) {
    if (sums->households == 0) {
        return ratio(sums->rent_tiyn / 100, (double)sums->zones);
    }
    return sums->rent_households / (double)sums->households / 100;
}
static double event(const struct sums *sums, int32_t which) {
    return (double)sums->events[which];
}
static double natural_growth(const struct sums *sums, int32_t item) {
    return (double)(sums->events[QON_EVENT_births] - sums->events[QON_EVENT_deaths]);
}
static double net_migration_region(const struct sums *sums, int32_t item) {
    return (double)(sums->events[QON_EVENT_arrivals_region] - sums->events[QON_EVENT_departures_region]);
}
static double net_migration_zone(const struct sums *sums, int32_t item) {
    return (double)(sums->events[QON_EVENT_arrivals_zone] - sums->events[QON_EVENT_departures_zone]);
}
static double moves_within_region(const struct sums *sums, int32_t item) {
    return (double)(sums->events[QON_EVENT_arrivals_zone] + sums->events[QON_EVENT_moves_local]);
}
static double net_migration_external(const struct sums *sums, int32_t item) {
    const int64_t *events = sums->events;
    int64_t in = events[QON_EVENT_arrivals_kandas] + events[QON_EVENT_arrivals_immigration] + events[QON_EVENT_arrivals_permit] +
                 events[QON_EVENT_arrivals_unregistered];
    int64_t out = events[QON_EVENT_departures_emigration] + events[QON_EVENT_departures_permit] + events[QON_EVENT_departures_unregistered];
    return (double)(in - out);
}

// --- items ------------------------------------------------------------------------------------------------------------------------

struct item_text {
    const char *id;
    const char *label[QON_LANGUAGES];
};

static const struct item_text age_groups[AGE_GROUPS] = {
    {"0_4", {"0–4", "0–4", "0–4"}},
    {"5_9", {"5–9", "5–9", "5–9"}},
    {"10_14", {"10–14", "10–14", "10–14"}},
    {"15_19", {"15–19", "15–19", "15–19"}},
    {"20_24", {"20–24", "20–24", "20–24"}},
    {"25_29", {"25–29", "25–29", "25–29"}},
    {"30_34", {"30–34", "30–34", "30–34"}},
    {"35_39", {"35–39", "35–39", "35–39"}},
    {"40_44", {"40–44", "40–44", "40–44"}},
    {"45_49", {"45–49", "45–49", "45–49"}},
    {"50_54", {"50–54", "50–54", "50–54"}},
    {"55_59", {"55–59", "55–59", "55–59"}},
    {"60_64", {"60–64", "60–64", "60–64"}},
    {"65_69", {"65–69", "65–69", "65–69"}},
    {"70_74", {"70–74", "70–74", "70–74"}},
    {"75_79", {"75–79", "75–79", "75–79"}},
    {"80_over", {"80 and over", "80 және одан жоғары", "80 и старше"}},
};

static const struct item_text legals[QON_LEGALS] = {
    [QON_CITIZEN] = {"citizen", {"citizens", "азаматтар", "граждане"}},
    [QON_KANDAS] = {"kandas", {"kandas", "қандастар", "кандасы"}},
    [QON_PERMIT_1] = {"permit_1", {"foreign workers, category 1", "шетелдік жұмыскерлер, 1-санат", "иностранные работники, категория 1"}},
    [QON_PERMIT_2] = {"permit_2", {"foreign workers, category 2", "шетелдік жұмыскерлер, 2-санат", "иностранные работники, категория 2"}},
    [QON_PERMIT_3] = {"permit_3", {"foreign workers, category 3", "шетелдік жұмыскерлер, 3-санат", "иностранные работники, категория 3"}},
    [QON_PERMIT_4] = {"permit_4", {"foreign workers, category 4", "шетелдік жұмыскерлер, 4-санат", "иностранные работники, категория 4"}},
    [QON_SEASONAL] = {"seasonal", {"seasonal foreign workers", "маусымдық шетелдік жұмыскерлер", "сезонные иностранные работники"}},
    [QON_EAEU] = {"eaeu", {"citizens of the EAEU", "ЕАЭО азаматтары", "граждане ЕАЭС"}},
    [QON_UNREGISTERED] = {"unregistered", {"unregistered workers", "тіркелмеген жұмыскерлер", "незарегистрированные работники"}},
};

static const struct item_text labours[QON_LABOURS] = {
    [QON_CHILD] = {"children", {"Children", "Балалар", "Дети"}},
    [QON_STUDENT] = {"students", {"Students", "Білім алушылар", "Учащиеся"}},
    [QON_EMPLOYED] = {"employed", {"Employees", "Жалдамалы жұмыскерлер", "Наёмные работники"}},
    [QON_SELF_EMPLOYED] = {"self_employed", {"Self-employed and informal", "Өзін-өзі жұмыспен қамтығандар", "Самозанятые"}},
    [QON_UNEMPLOYED] = {"unemployed", {"Unemployed", "Жұмыссыздар", "Безработные"}},
    [QON_INACTIVE] = {"inactive", {"Inactive", "Экономикалық белсенді еместер", "Экономически неактивные"}},
    [QON_RETIRED] = {"retired", {"Retired", "Зейнеткерлер", "Пенсионеры"}},
};

static const struct item_text events[QON_EVENTS] = {
#define EVENT(name, en, kk, ru) [QON_EVENT_##name] = {#name, {en, kk, ru}},
#include <qonys/events.def>
#undef EVENT
};

static const char *item_text(const struct item_text *item, int language) {
    return language < 0 ? item->id : item->label[language];
}
static int32_t age_groups_count(const struct qon_world *world) {
    return AGE_GROUPS;
}
static const char *age_groups_text(const struct qon_world *world, int32_t item, int language) {
    return item_text(&age_groups[item], language);
}
static int32_t legals_count(const struct qon_world *world) {
    return QON_LEGALS;
}
static const char *legals_text(const struct qon_world *world, int32_t item, int language) {
    return item_text(&legals[item], language);
}
static int32_t labours_count(const struct qon_world *world) {
    return QON_LABOURS;
}
static const char *labours_text(const struct qon_world *world, int32_t item, int language) {
    return item_text(&labours[item], language);
}
static int32_t events_count(const struct qon_world *world) {
    return QON_EVENTS;
}
static const char *events_text(const struct qon_world *world, int32_t item, int language) {
    return item_text(&events[item], language);
}
static int32_t educations_count(const struct qon_world *world) {
    return world->educations < EDUCATIONS_MOST ? world->educations : EDUCATIONS_MOST;
}
static const char *educations_text(const struct qon_world *world, int32_t item, int language) {
    const struct qon_table_educations *table = &world->scenario->tables.educations;
    char *const *column[QON_LANGUAGES] = {[QON_EN] = table->name_en, [QON_KK] = table->name_kk, [QON_RU] = table->name_ru};
    return language < 0 ? table->id[item] : column[language][item];
}

static const struct items of_age = {age_groups_count, age_groups_text};
static const struct items of_legal = {legals_count, legals_text};
static const struct items of_labour = {labours_count, labours_text};
static const struct items of_education = {educations_count, educations_text};
static const struct items of_event = {events_count, events_text};

// --- the table --------------------------------------------------------------------------------------------------------------------

// One row an indicator or family.
// clang-format off
#define STOCK false, true
#define FLOW  true, true
#define RATIO false, false

static const struct family families[] = {
    {"population", "person", {"Population", "Халық саны", "Население"}, "residents", "M-INDICATOR-1", NULL, population, 0, STOCK},
    {"population_male", "person", {"Men", "Ерлер", "Мужчины"}, "male residents", "M-INDICATOR-1", NULL, population_sex, QON_MALE, STOCK},
    {"population_female", "person", {"Women", "Әйелдер", "Женщины"},
     "female residents", "M-INDICATOR-1", NULL, population_sex, QON_FEMALE, STOCK},
    {"population_age_", "person", {"Population aged ", "Халық, жасы ", "Население в возрасте "},
     "residents by completed years of age", "M-INDICATOR-1", &of_age, population_age, 0, STOCK},
    {"population_male_age_", "person", {"Men aged ", "Ерлер, жасы ", "Мужчины в возрасте "},
     "male residents by completed years of age", "M-INDICATOR-1", &of_age, population_male_age, 0, STOCK},
    {"population_female_age_", "person", {"Women aged ", "Әйелдер, жасы ", "Женщины в возрасте "},
     "female residents by completed years of age", "M-INDICATOR-1", &of_age, population_female_age, 0, STOCK},
    {"population_education_", "person", {"Education: ", "Білімі: ", "Образование: "},
     "residents by highest level of education", "M-INDICATOR-1", &of_education, population_education, 0, STOCK},
    {"population_legal_", "person", {"Legal status: ", "Құқықтық мәртебесі: ", "Правовой статус: "},
     "residents by legal status", "M-INDICATOR-1", &of_legal, population_legal, 0, STOCK},
    {"", "person", {"", "", ""}, "residents by labour status", "M-INDICATOR-2", &of_labour, population_labour, 0, STOCK},
    {"density", "person/km2", {"Density of population", "Халық тығыздығы", "Плотность населения"},
     "residents divided by area", "M-INDICATOR-1", NULL, density, 0, RATIO},
    {"share_women", "percent", {"Share of women", "Әйелдер үлесі", "Доля женщин"},
     "women per 100 residents", "M-INDICATOR-1", NULL, share_women, 0, RATIO},
    {"share_foreign", "percent", {"Share of foreigners", "Шетелдіктер үлесі", "Доля иностранцев"},
     "residents who are neither citizens nor kandas, per 100 residents", "M-INDICATOR-1", NULL, share_foreign, 0, RATIO},
    {"age_mean", "year", {"Mean age", "Орташа жас", "Средний возраст"},
     "mean age of residents, from completed months", "M-INDICATOR-5", NULL, age_mean, 0, RATIO},
    {"ageing_index", "percent", {"Ageing index", "Қартаю индексі", "Индекс старения"},
     "residents aged 65 and over per 100 residents under 15, as the country's statistical office publishes it", "M-INDICATOR-5", NULL, ageing_index, 0, RATIO},
    {"dependency_ratio", "percent", {"Dependency ratio", "Демографиялық жүктеме", "Демографическая нагрузка"},
     "residents under 16 or of pension age per 100 residents of working age", "M-INDICATOR-5", NULL, dependency_ratio, 0, RATIO},
    {"households", "household", {"Households", "Үй шаруашылықтары", "Домохозяйства"},
     "households", "M-INDICATOR-1", NULL, households, 0, STOCK},
    {"household_size", "person", {"Size of households", "Үй шаруашылығының мөлшері", "Размер домохозяйства"},
     "residents divided by households", "M-INDICATOR-1", NULL, household_size, 0, RATIO},
    {"labour_force", "person", {"Labour force", "Жұмыс күші", "Рабочая сила"},
     "employees, self-employed and unemployed", "M-INDICATOR-2", NULL, labour_force, 0, STOCK},
    {"unemployment_rate", "percent", {"Unemployment rate", "Жұмыссыздық деңгейі", "Уровень безработицы"},
     "unemployed per 100 of the labour force", "M-INDICATOR-2", NULL, unemployment_rate, 0, RATIO},
    {"participation_rate", "percent", {"Participation rate", "Жұмыс күшіне қатысу деңгейі", "Уровень участия в рабочей силе"},
     "labour force per 100 residents aged 16 and over", "M-INDICATOR-2", NULL, participation_rate, 0, RATIO},
    {"vacancies", "job", {"Vacancies", "Бос жұмыс орындары", "Вакансии"},
     "vacancies posted in the month", "M-INDICATOR-2", NULL, vacancies, 0, FLOW},
    {"wage_mean", "tenge/month", {"Mean wage", "Орташа жалақы", "Средняя заработная плата"},
     "mean gross wage of employees", "M-INDICATOR-3", NULL, wage_mean, 0, RATIO},
    {"rent", "tenge/month", {"Rent", "Тұрғын үй жалдау ақысы", "Арендная плата"},
     "rent of a usual dwelling; over several zones the mean weighted by households", "M-INDICATOR-3", NULL, rent_mean, 0, RATIO},
    {"natural_growth", "person", {"Natural growth", "Табиғи өсім", "Естественный прирост"},
     "births less deaths", "M-INDICATOR-4", NULL, natural_growth, 0, FLOW},
    {"net_migration_region", "person", {"Net migration between regions", "Өңіраралық көші-қон айырымы", "Сальдо межрегиональной миграции"},
     "arrivals from less departures to other regions", "M-INDICATOR-4", NULL, net_migration_region, 0, FLOW},
    {"net_migration_zone", "person", {"Net migration within the region", "Өңір ішіндегі көші-қон айырымы", "Сальдо внутрирегиональной миграции"},
     "arrivals from less departures to the other zones of the region", "M-INDICATOR-4", NULL, net_migration_zone, 0, FLOW},
    {"moves_within_region", "person", {"Moves within the region", "Өңір ішіндегі көшу", "Переезды внутри региона"},
     "arrivals from the other zones of the region and moves to another settlement of the zone", "M-INDICATOR-4", NULL, moves_within_region, 0, FLOW},
    {"net_migration_external", "person", {"Net external migration", "Сыртқы көші-қон айырымы", "Сальдо внешней миграции"},
     "arrivals from less departures to other countries", "M-INDICATOR-4", NULL, net_migration_external, 0, FLOW},
    {"", "person", {"", "", ""}, "events counted over the month", "M-INDICATOR-4", &of_event, event, 0, FLOW},
};
enum { FAMILIES = sizeof families / sizeof families[0] };

#undef STOCK
#undef FLOW
#undef RATIO
// clang-format on

static int32_t family_size(const struct qon_world *world, const struct family *family) {
    return family->items ? family->items->count(world) : 1;
}

int32_t qon_indicators_count(const struct qon_world *world) {
    int32_t count = 0;
    for (int32_t f = 0; f < FAMILIES; f++) {
        count += family_size(world, &families[f]);
    }
    return count;
}

void qon_indicator_get(const struct qon_world *world, int32_t i, struct qon_indicator *indicator) {
    int32_t f = 0;
    int32_t item = i;
    while (f < FAMILIES && item >= family_size(world, &families[f])) {
        item -= family_size(world, &families[f++]);
    }
    QON_REQUIRE(i >= 0 && f < FAMILIES);
    const struct family *family = &families[f];
    memset(indicator, 0, sizeof *indicator);
    indicator->unit = family->unit;
    indicator->meaning = family->meaning;
    indicator->source = family->source;
    indicator->flow = family->flow;
    indicator->additive = family->additive;
    const char *id = family->items ? family->items->text(world, item, -1) : "";
    snprintf(indicator->name, sizeof indicator->name, "%s%s", family->name, id);
    for (int language = 0; language < QON_LANGUAGES; language++) {
        const char *label = family->items ? family->items->text(world, item, language) : "";
        snprintf(indicator->label[language], sizeof indicator->label[language], "%s%s", family->label[language], label);
    }
}

int32_t qon_indicator_find(const struct qon_world *world, const char *name) {
    int32_t count = qon_indicators_count(world);
    for (int32_t i = 0; i < count; i++) {
        struct qon_indicator indicator;
        qon_indicator_get(world, i, &indicator);
        if (strcmp(indicator.name, name) == 0) {
            return i;
        }
    }
    return -1;
}

// --- observation ------------------------------------------------------------------------------------------------------------------

// Adds the zone's cohort of one sex, each birth month by its age at world->month.
static void sums_add_cohort(struct sums *sums, const struct qon_world *world, int32_t zone, int32_t sex) {
    const struct qon_tally *tally = &world->tally;
    const struct qon_settings *settings = &world->scenario->settings;
    double pension_years = sex == QON_MALE ? settings->demography.retirement_men_years : settings->demography.retirement_women_years;
    double pension_months = pension_years * 12;
    const int64_t *cohort = tally->cohort + ((int64_t)zone * SEXES + sex) * tally->cohorts;
    for (int32_t c = 0; c < tally->cohorts; c++) {
        int64_t persons = cohort[c];
        if (persons == 0) {
            continue;
        }
        int32_t age = world->month - (tally->cohort_from + c);
        age = age > 0 ? age : 0;
        int32_t group = age / GROUP_MONTHS < AGE_GROUPS ? age / GROUP_MONTHS : AGE_GROUPS - 1;
        sums->persons[sex] += persons;
        sums->age[sex][group] += persons;
        sums->age_months += (double)persons * age;
        sums->under_15 += age < 15 * 12 ? persons : 0;
        sums->aged_65 += age >= 65 * 12 ? persons : 0;
        if (age < 16 * 12) {
            sums->under_16 += persons;
        } else if (age < pension_months) {
            sums->working += persons;
        } else {
            sums->pension += persons;
        }
    }
}

static void sums_add_zone(struct sums *sums, const struct qon_world *world, int32_t zone) {
    const struct qon_tally *tally = &world->tally;
    const struct qon_places *places = &world->places;
    sums->area_km2 += world->scenario->tables.zones.area_km2[zone];
    sums_add_cohort(sums, world, zone, QON_MALE);
    sums_add_cohort(sums, world, zone, QON_FEMALE);
    for (int32_t e = 0; e < educations_count(world); e++) {
        sums->education[e] += tally->education[(int64_t)zone * world->educations + e];
    }
    for (int32_t l = 0; l < QON_LEGALS; l++) {
        sums->legal[l] += tally->legal[(int64_t)zone * QON_LEGALS + l];
    }
    for (int32_t l = 0; l < QON_LABOURS; l++) {
        sums->labour[l] += tally->labour[(int64_t)zone * QON_LABOURS + l];
    }
    for (int32_t e = 0; e < QON_EVENTS; e++) {
        sums->events[e] += tally->events[(int64_t)e * world->zones + zone];
    }
    int64_t zone_cells = (int64_t)world->occupations * world->skills;
    for (int64_t cell = zone * zone_cells; cell < (zone + 1) * zone_cells; cell++) {
        sums->vacancies += places->vacancies[cell];
    }
    sums->households += tally->households[zone];
    sums->wages_tiyn += tally->wages_tiyn[zone];
    sums->rent_tiyn += places->rent_tiyn[zone];
    sums->rent_households += places->rent_tiyn[zone] * (double)tally->households[zone];
    sums->zones++;
}

// Writes the column of one place.
static void place_observe(const struct qon_world *world, const struct sums *sums, int32_t column, double *values) {
    int64_t stride = (int64_t)world->zones + 1;
    int64_t i = 0;
    for (int32_t f = 0; f < FAMILIES; f++) {
        const struct family *family = &families[f];
        double factor = family->additive ? sums->scale : 1;
        int32_t size = family_size(world, family);
        for (int32_t item = 0; item < size; item++, i++) {
            values[i * stride + column] = factor * family->value(sums, family->items ? item : family->item);
        }
    }
}

void qon_indicators_observe(const struct qon_world *world, double *values) {
    struct sums country = {.scale = world->scenario->scale};
    for (int32_t zone = 0; zone < world->zones; zone++) {
        struct sums sums = {.scale = world->scenario->scale};
        sums_add_zone(&sums, world, zone);
        place_observe(world, &sums, zone, values);
        sums_add_zone(&country, world, zone);
    }
    place_observe(world, &country, world->zones, values);
}
