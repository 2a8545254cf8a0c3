// SPDX-License-Identifier: GPL-3.0-or-later
// The field table of the settings, made from settings.def.
#include <math.h>
#include <qonys/settings.h>
#include <qonys/status.h>
#include <string.h>

#define PLACE(section, name)            (offsetof(struct qon_settings, section.name) - offsetof(struct qon_settings, section))
#define SECTION_BEGIN(section, meaning) static const struct qon_field section##_fields[] = {
#define SECTION_END(section) \
    }                        \
    ;
#define NUMBER(section, name, unit, minimum, maximum, initial, low, high, meaning, source) \
    {#name, QON_F64, PLACE(section, name), unit, minimum, maximum, initial, low, high, NULL, meaning, source},
#define COUNT(section, name, unit, minimum, maximum, initial, low, high, meaning, source) \
    {#name, QON_I32, PLACE(section, name), unit, minimum, maximum, initial, low, high, NULL, meaning, source},
#define SWITCH(section, name, initial, meaning, source) \
    {#name, QON_BOOL, PLACE(section, name), "1", 0, 1, initial, initial, initial, NULL, meaning, source},
#include <qonys/settings.def>
#undef SECTION_BEGIN
#undef SECTION_END
#undef NUMBER
#undef COUNT
#undef SWITCH

static const struct qon_section sections[] = {
#define SECTION_BEGIN(section, meaning) \
    {#section, meaning, section##_fields, sizeof section##_fields / sizeof section##_fields[0], offsetof(struct qon_settings, section)},
#define SECTION_END(section)
#define NUMBER(section, name, unit, minimum, maximum, initial, low, high, meaning, source)
#define COUNT(section, name, unit, minimum, maximum, initial, low, high, meaning, source)
#define SWITCH(section, name, initial, meaning, source)
#include <qonys/settings.def>
#undef SECTION_BEGIN
#undef SECTION_END
#undef NUMBER
#undef COUNT
#undef SWITCH
};

const struct qon_section *qon_settings_sections(size_t *count) {
    *count = sizeof sections / sizeof sections[0];
    return sections;
}

void qon_settings_default(struct qon_settings *settings) {
    memset(settings, 0, sizeof *settings);
    for (size_t s = 0; s < sizeof sections / sizeof sections[0]; s++) {
        for (size_t f = 0; f < sections[s].fields_count; f++) {
            const struct qon_field *field = &sections[s].fields[f];
            void *value = (char *)settings + sections[s].offset + field->offset;
            if (field->type == QON_F64) {
                *(double *)value = field->initial; // NAN stays NAN: it must be given
            } else if (field->type == QON_I32) {
                *(int32_t *)value = isnan(field->initial) ? 0 : (int32_t)field->initial;
            } else {
                QON_REQUIRE(field->type == QON_BOOL);
                *(bool *)value = field->initial != 0;
            }
        }
    }
}
