// SPDX-License-Identifier: GPL-3.0-or-later
// The made-up country. Regions lie on a grid; what differs between zones is a hash of their number, so that there are rich and poor, large
// and small ones in no order.
#include "country.h"
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { AGES = 101, GROUPS = 3, SECTORS = 6, PAIRS_REGIONS_MAX = 64 };

struct country {
    const char *folder;
    int zones;
    int regions;
    int across; // regions in a row of the grid
    long long persons;
    double share[2][AGES]; // of the whole population; men, women
    int failed;
};

static FILE *file_open(struct country *country, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", country->folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        country->failed = 1;
    }
    return file;
}

static void file_close(struct country *country, FILE *file) {
    if (ferror(file) != 0 || fclose(file) != 0) {
        fprintf(stderr, "%s: %s\n", country->folder, strerror(errno));
        country->failed = 1;
    }
}

// A number in [low, high) that belongs to (what, which).
static double varied(int what, int which, double low, double high) {
    uint64_t bits = ((uint64_t)(uint32_t)what << 32 | (uint32_t)which) + 0x9e3779b97f4a7c15ULL;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
    bits ^= bits >> 31;
    return low + (high - low) * ((double)(bits >> 11) * 0x1p-53);
}

static double region_lon(const struct country *country, int region) {
    return 48 + 38.0 * (region % country->across) / country->across;
}

static double region_lat(const struct country *country, int region) {
    return 41 + 13.0 * (region / country->across) / country->across;
}

static double distance_km(const struct country *country, int one, int other) {
    double north = (region_lat(country, one) - region_lat(country, other)) * 111;
    double east = (region_lon(country, one) - region_lon(country, other)) * 111 * 0.66;
    return 30 + 1.25 * sqrt(north * north + east * east);
}

static void regions_write(struct country *country) {
    static const char *const parts[] = {"north", "south", "west", "east", "centre"};
    FILE *file = file_open(country, "regions.csv");
    if (file == NULL) {
        return;
    }
    fprintf(file, "id,name_en,name_kk,name_ru,macroregion,provenance,source\n");
    for (int r = 0; r < country->regions; r++) {
        fprintf(file, "R%04d,Region %d,%d-өңір,Регион %d,%s,own estimate,made up\n", r, r, r, r, parts[r % 5]);
    }
    file_close(country, file);
}

static void zones_write(struct country *country) {
    FILE *file = file_open(country, "zones.csv");
    if (file == NULL) {
        return;
    }
    fprintf(file, "id,region,kind,climate,area_km2,lon_deg,lat_deg,persons,men,household_size_mean,births_per_1000_year,"
                  "deaths_per_1000_year,participation_share,unemployment_share,self_employed_share,wage_tenge_month,rent_tenge_month,"
                  "amenity,local_moves,designated_origin,designated_reception,designated_kandas,growth_place,border,note\n");
    double whole = 0;
    for (int z = 0; z < country->zones; z++) {
        whole += varied(1, z, 1, 4);
    }
    double before = 0;
    long long given = 0;
    for (int z = 0; z < country->zones; z++) {
        int r = z / 2;
        int rural = z % 2;
        before += varied(1, z, 1, 4);
        long long until = z == country->zones - 1 ? country->persons : (long long)((double)country->persons * (before / whole));
        long long persons = until - given;
        given = until;
        double wage = varied(2, r, 90000, 220000) * (rural ? 0.75 : 1);
        fprintf(file, "R%04d-%s,R%04d,%s,%s,%.1f,%.4f,%.4f,%lld,%lld,", r, rural ? "R" : "U", r, rural ? "rural" : "urban",
                r % country->across < country->across / 2 ? "west" : "east", rural ? 60000.0 : 500.0,
                region_lon(country, r) + 0.4 / country->across, region_lat(country, r) + 0.3 / country->across, persons,
                (long long)((double)persons * 0.484));
        fprintf(file, "%.2f,%.2f,%.2f,%.3f,%.3f,%.3f,%.0f,%.0f,%.3f,1,%d,%d,%d,%d,%d,made up\n", varied(3, z, 3, 4.2), varied(4, z, 15, 28),
                varied(5, z, 5, 10), varied(6, z, 0.66, 0.74), varied(7, z, 0.045, 0.055), rural ? 0.4 : 0.15, wage,
                wage * varied(8, z, 0.3, 0.5), varied(9, z, -0.3, 0.3), wage<120000, wage> 160000, r % 4 == 0, !rural && r % 5 == 0,
                r < country->across);
    }
    file_close(country, file);
}

static void boundaries_write(struct country *country) {
    FILE *file = file_open(country, "boundaries.geojson");
    if (file == NULL) {
        return;
    }
    double wide = 38.0 / country->across;
    double high = 13.0 / country->across;
    fprintf(file, "{\"type\": \"FeatureCollection\", \"features\": [\n");
    for (int r = 0; r < country->regions; r++) {
        double x = region_lon(country, r);
        double y = region_lat(country, r);
        const char *many = r % 2 == 1 ? "Multi" : ""; // both kinds of geometry
        fprintf(file,
                "{\"type\": \"Feature\", \"properties\": {\"id\": \"R%04d\"}, \"geometry\": {\"type\": \"%sPolygon\", \"coordinates\": ", r,
                many);
        fprintf(file, "%s[[[%.4f, %.4f], [%.4f, %.4f], [%.4f, %.4f], [%.4f, %.4f], [%.4f, %.4f]]", *many ? "[" : "", x, y, x + wide, y,
                x + wide, y + high, x, y + high, x, y);
        if (r % 3 == 0) { // a lake
            fprintf(file, ", [[%.4f, %.4f], [%.4f, %.4f], [%.4f, %.4f], [%.4f, %.4f]]", x + wide * 0.4, y + high * 0.4, x + wide * 0.4,
                    y + high * 0.6, x + wide * 0.6, y + high * 0.5, x + wide * 0.4, y + high * 0.4);
        }
        fprintf(file, "]%s}}%s\n", *many ? "]" : "", r + 1 < country->regions ? "," : "");
    }
    fprintf(file, "]}\n");
    file_close(country, file);
}

static void pairs_write(struct country *country, const char *name, const char *column) {
    FILE *file = file_open(country, name);
    if (file == NULL) {
        return;
    }
    int distances = strcmp(column, "km") == 0;
    fprintf(file, "origin,destination,%s\n", column);
    for (int a = 0; a < country->regions; a++) {
        for (int b = 0; b < country->regions; b++) {
            double km = distance_km(country, a, b);
            double movers = (double)country->persons * 0.01 / country->regions / country->regions * 500 / (500 + km);
            if (a != b) {
                fprintf(file, "R%04d,R%04d,%.1f\n", a, b, distances ? km : movers);
            }
        }
    }
    file_close(country, file);
}

static double mortality(int sex, int age) { // Gompertz, with the first year
    double rate = (sex == 0 ? 6e-4 : 2.5e-4) + (sex == 0 ? 1.0e-4 : 4e-5) * exp(0.083 * age);
    rate += age == 0 ? 0.009 : 0;
    return rate < 1 ? rate : 1;
}

static void shares_fit(struct country *country) { // stationary by mortality, growing by 1 % a year
    double whole = 0;
    for (int sex = 0; sex < 2; sex++) {
        double alive = sex == 0 ? 0.515 : 0.485;
        for (int age = 0; age < AGES; age++) {
            country->share[sex][age] = alive;
            whole += alive;
            alive *= exp(-mortality(sex, age) - 0.01);
        }
    }
    for (int sex = 0; sex < 2; sex++) {
        for (int age = 0; age < AGES; age++) {
            country->share[sex][age] /= whole;
        }
    }
}

static double bell(int age, double peak, double width) {
    double distance = (age - peak) / width;
    return exp(-0.5 * distance * distance);
}

static void schedules_write(struct country *country) {
    FILE *file = file_open(country, "schedules.csv");
    if (file == NULL) {
        return;
    }
    fprintf(file, "sex,age,population_share,death_rate_year,birth_rate_year,union_rate_year,coupled_share,leave_home_rate_year,"
                  "participation_share,student_share\n");
    for (int sex = 0; sex < 2; sex++) {
        for (int age = 0; age < AGES; age++) {
            int retired = age >= (sex == 0 ? 63 : 59);
            double births = sex == 1 && age >= 15 && age < 50 ? 0.16 * bell(age, 27, 6) : 0;
            double unions = age >= 16 ? 0.13 * bell(age, sex == 0 ? 27 : 24, 7) : 0;
            double coupled = age < 18 ? 0 : 0.8 / (1 + exp(-(age - (sex == 0 ? 26 : 24)) / 2.5)) * (age > 60 ? exp(-(age - 60) / 40.0) : 1);
            double work = age < 16 ? 0 : retired ? 0.1 : 0.85 - 0.5 * bell(age, 16, 4);
            double study = age >= 16 && age <= 25 ? 0.75 * bell(age, 18, 3) : 0;
            fprintf(file, "%s,%d,%.12f,%.8f,%.8f,%.8f,%.6f,%.6f,%.6f,%.6f\n", sex == 0 ? "m" : "f", age, country->share[sex][age],
                    mortality(sex, age), births, unions, coupled, age >= 18 ? 0.12 * bell(age, 24, 6) : 0, work, study);
        }
    }
    file_close(country, file);
}

static void age_groups_write(struct country *country) {
    static const int limit[2][GROUPS + 1] = {{0, 16, 63, 121}, {0, 16, 59, 121}};
    double share[GROUPS] = {0};
    FILE *file = file_open(country, "age_groups.csv");
    if (file == NULL) {
        return;
    }
    for (int sex = 0; sex < 2; sex++) {
        for (int age = 0; age < AGES; age++) {
            int group = age < limit[sex][1] ? 0 : age < limit[sex][2] ? 1 : 2;
            share[group] += country->share[sex][age];
        }
    }
    fprintf(file, "region,men_from,men_to,women_from,women_to,share\n");
    for (int r = 0; r < country->regions; r++) {
        double shift = varied(10, r, -0.03, 0.03); // younger and older regions
        for (int g = 0; g < GROUPS; g++) {
            double change = g == 0 ? shift : g == 1 ? -shift : 0;
            fprintf(file, "R%04d,%d,%d,%d,%d,%.12f\n", r, limit[0][g], limit[0][g + 1] - 1, limit[1][g], limit[1][g + 1] - 1,
                    share[g] + change);
        }
    }
    file_close(country, file);
}

static void text_write(struct country *country, const char *name, const char *text) {
    FILE *file = file_open(country, name);
    if (file != NULL) {
        fputs(text, file);
        file_close(country, file);
    }
}

static void people_write(struct country *country) {
    text_write(
        country, "skills.csv",
        "id,name_en,name_kk,name_ru,wage_factor\nlow,low,төмен,низкая,0.75\nmedium,medium,орта,средняя,1\nhigh,high,жоғары,высокая,1.5\n");
    text_write(country, "educations.csv",
               "id,name_en,name_kk,name_ru,skill,end_years,entry_share,trigger_factor\n"
               "basic,basic,негізгі,основное,low,16,0.05,0.8\ngeneral,general,жалпы,среднее,low,18,0.25,0.9\n"
               "college,college,колледж,колледж,medium,20,0.4,1\nhigher,higher,жоғары,высшее,high,22,0.3,1.4\n");
    text_write(country, "education_shares.csv",
               "education,kind,age_from,age_to,share\n"
               "basic,urban,0,15,1\nbasic,rural,0,15,1\n"
               "basic,urban,16,24,0.25\ngeneral,urban,16,24,0.35\ncollege,urban,16,24,0.25\nhigher,urban,16,24,0.15\n"
               "basic,rural,16,24,0.3\ngeneral,rural,16,24,0.4\ncollege,rural,16,24,0.22\nhigher,rural,16,24,0.08\n"
               "basic,urban,25,120,0.05\ngeneral,urban,25,120,0.25\ncollege,urban,25,120,0.37\nhigher,urban,25,120,0.33\n"
               "basic,rural,25,120,0.08\ngeneral,rural,25,120,0.4\ncollege,rural,25,120,0.36\nhigher,rural,25,120,0.16\n");
    text_write(
        country, "occupations.csv",
        "id,name_en,name_kk,name_ru,wage_factor\neducation,education,білім,образование,0.85\nhealth,health,денсаулық,здравоохранение,0.9\n"
        "agriculture,agriculture,ауыл шаруашылығы,сельское хозяйство,0.7\nindustry,industry,өнеркәсіп,промышленность,1.25\n"
        "services,services,қызмет,услуги,0.95\nadministration,administration,басқару,управление,1.1\n");
}

static const char *const sectors[SECTORS] = {"agriculture", "mining", "manufacturing", "trade", "education", "health"};

static void employers_write(struct country *country) {
    text_write(country, "sectors.csv",
               "id,name_en,name_kk,name_ru,size_factor,demand_growth_year,foreign_factor\n"
               "agriculture,agriculture,ауыл шаруашылығы,сельское хозяйство,0.6,-0.005,1\nmining,mining,кен өндіру,добыча,4,0,2.5\n"
               "manufacturing,manufacturing,өңдеу,обработка,2,0.005,1.5\ntrade,trade,сауда,торговля,0.5,0.01,0.7\n"
               "education,education,білім,образование,1.5,0,0.1\nhealth,health,денсаулық,здравоохранение,1.5,0,0.1\n");
    text_write(country, "sector_occupations.csv",
               "sector,occupation,skill,share\n"
               "agriculture,agriculture,low,0.6\nagriculture,agriculture,medium,0.3\nagriculture,administration,high,0.1\n"
               "mining,industry,low,0.2\nmining,industry,medium,0.5\nmining,industry,high,0.2\nmining,administration,high,0.1\n"
               "manufacturing,industry,low,0.35\nmanufacturing,industry,medium,0.45\nmanufacturing,administration,high,0.2\n"
               "trade,services,low,0.4\ntrade,services,medium,0.45\ntrade,administration,high,0.15\n"
               "education,education,high,0.7\neducation,services,low,0.2\neducation,administration,high,0.1\n"
               "health,health,high,0.35\nhealth,health,medium,0.45\nhealth,services,low,0.2\n");
    FILE *file = file_open(country, "sector_shares.csv");
    if (file == NULL) {
        return;
    }
    fprintf(file, "zone,sector,share\n");
    for (int z = 0; z < country->zones; z++) {
        double weight[SECTORS];
        double whole = 0;
        for (int s = 0; s < SECTORS; s++) {
            weight[s] = varied(20 + s, z, 0.5, 1.5) * (s == 0 ? (z % 2 ? 3 : 0.1) : 1);
            whole += weight[s];
        }
        for (int s = 0; s < SECTORS; s++) {
            fprintf(file, "R%04d-%s,%s,%.12f\n", z / 2, z % 2 ? "R" : "U", sectors[s], weight[s] / whole);
        }
    }
    file_close(country, file);
}

static void external_write(struct country *country) {
    static const struct {
        const char *kind;
        double per_1000; // a year
        int stock;       // residents of this kind at the start too
    } flows[] = {{"kandas", 1, 1},     {"immigration", 0.5, 0}, {"emigration", 2, 0}, {"permit_1", 0.05, 1}, {"permit_2", 0.1, 1},
                 {"permit_3", 0.8, 1}, {"permit_4", 0.3, 1},    {"seasonal", 0.1, 1}, {"eaeu", 0.3, 1},      {"unregistered", 2, 1}};
    text_write(country, "kandas_origins.csv",
               "id,name_en,name_kk,name_ru,share\nuzbekistan,Uzbekistan,Өзбекстан,Узбекистан,0.6\nchina,China,Қытай,Китай,0.3\n"
               "mongolia,Mongolia,Моңғолия,Монголия,0.1\n");
    FILE *flow = file_open(country, "flows.csv");
    FILE *stock = file_open(country, "stocks.csv");
    if (flow == NULL || stock == NULL) {
        return;
    }
    fprintf(flow, "year,kind,region,persons\n");
    fprintf(stock, "legal,region,persons\n");
    double per_region = (double)country->persons / country->regions;
    for (int year = 2017; year <= 2018; year++) {
        for (size_t i = 0; i < sizeof flows / sizeof flows[0]; i++) {
            for (int r = 0; r < country->regions; r++) {
                fprintf(flow, "%d,%s,R%04d,%.3f\n", year, flows[i].kind, r, per_region * flows[i].per_1000 / 1000);
                if (year == 2017 && flows[i].stock) {
                    fprintf(stock, "%s,R%04d,%.0f\n", flows[i].kind, r, floor(per_region * flows[i].per_1000 / 1000));
                }
            }
        }
    }
    file_close(country, flow);
    file_close(country, stock);
}

static void scenario_write(struct country *country) {
    FILE *file = file_open(country, "scenario.json");
    if (file == NULL) {
        return;
    }
    int pairs = country->regions <= PAIRS_REGIONS_MAX;
    fprintf(file,
            "{\n  \"qonys\": 1,\n  \"name\": \"made_up_%d\",\n"
            "  \"title\": {\"en\": \"A made-up country\", \"kk\": \"Ойдан шығарылған ел\", \"ru\": \"Вымышленная страна\"},\n"
            "  \"start\": \"2017-01\",\n  \"months\": 12,\n  \"seed\": \"20170929\",\n  \"scale\": 1,\n",
            country->zones);
    fprintf(file, "  \"geography\": {\"regions\": \"regions.csv\", \"zones\": \"zones.csv\",%s \"boundaries\": \"boundaries.geojson\"},\n",
            pairs ? " \"distances\": \"distances.csv\", \"network\": \"network.csv\"," : "");
    fprintf(file,
            "  \"population\": {\"schedules\": \"schedules.csv\", \"age_groups\": \"age_groups.csv\", \"educations\": \"educations.csv\",\n"
            "    \"education_shares\": \"education_shares.csv\"},\n");
    fprintf(file, "  \"labour\": {\"skills\": \"skills.csv\", \"occupations\": \"occupations.csv\",\n"
                  "    \"matching_elasticity\": {\"value\": 0.6, \"source\": \"made up\"}},\n");
    fprintf(file, "  \"employers\": {\"sectors\": \"sectors.csv\", \"sector_shares\": \"sector_shares.csv\",\n"
                  "    \"sector_occupations\": \"sector_occupations.csv\"},\n");
    fprintf(file, "  \"external\": {\"flows\": \"flows.csv\", \"stocks\": \"stocks.csv\", \"kandas_origins\": \"kandas_origins.csv\"},\n");
    fprintf(file, "  \"calendar\": {\"mci_tenge\": {\"2017-01\": 2269, \"2018-01\": {\"value\": 2405, \"source\": \"made up\"}},\n"
                  "    \"minimum_wage_tenge\": {\"2017-01\": 24459}},\n");
    fprintf(file, "  \"programmes\": [],\n  \"targets\": [],\n  \"observe\": []\n}\n");
    file_close(country, file);
}

int make_country(int zones, long long persons, const char *folder) {
    struct country country = {.folder = folder, .zones = zones, .regions = (zones + 1) / 2, .persons = persons};
    if (zones < 1 || zones > 19998 || persons < 1) {
        fprintf(stderr, "a country has 1 to 19998 zones and at least one person\n");
        return -1;
    }
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "%s: %s\n", folder, strerror(errno));
        return -1;
    }
    country.across = (int)ceil(sqrt(country.regions));
    shares_fit(&country);
    regions_write(&country);
    zones_write(&country);
    boundaries_write(&country);
    if (country.regions <= PAIRS_REGIONS_MAX) {
        pairs_write(&country, "distances.csv", "km");
        pairs_write(&country, "network.csv", "persons");
    }
    schedules_write(&country);
    age_groups_write(&country);
    people_write(&country);
    employers_write(&country);
    external_write(&country);
    scenario_write(&country);
    return country.failed ? -1 : 0;
}
