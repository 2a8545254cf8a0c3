// SPDX-License-Identifier: GPL-3.0-or-later
// Folders made from the top down and removed again as far as they are empty.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <qonys/folder.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[64];

static int base_make(void **state) {
    snprintf(base, sizeof base, "/tmp/qonys-folder-XXXXXX");
    return mkdtemp(base) == NULL;
}

static int base_remove(void **state) {
    return rmdir(base);
}

static void those_above_are_made_and_removed_again(void **state) {
    char path[128], above[128], beside[128];
    int32_t made = 0;
    struct stat about;
    struct qon_faults faults;
    qon_faults_init(&faults);
    snprintf(above, sizeof above, "%s/a", base);
    snprintf(beside, sizeof beside, "%s/a/c", base);
    snprintf(path, sizeof path, "%s/a/b", base);
    assert_int_equal(qon_folder_make(path, "no", &made, &faults), QON_OK);
    assert_int_equal(made, 2);
    assert_int_equal(qon_folder_make(path, "no", &made, &faults), QON_OK); // it is there
    assert_int_equal(made, 2);
    assert_int_equal(mkdir(beside, 0777), 0); // by somebody else
    qon_folder_unmake(path, &made);
    assert_int_equal(made, 0);
    assert_int_not_equal(stat(path, &about), 0);
    assert_int_equal(stat(above, &about), 0);
    assert_int_equal(rmdir(beside), 0);
    assert_int_equal(rmdir(above), 0);
}

static void what_cannot_be_made_is_told(void **state) {
    char path[128], file[128];
    struct qon_faults faults;
    qon_faults_init(&faults);
    snprintf(file, sizeof file, "%s/file", base);
    snprintf(path, sizeof path, "%s/file/below", base);
    FILE *made = fopen(file, "w");
    assert_non_null(made);
    fclose(made);
    assert_int_equal(qon_folder_make(path, "cannot make the folder", NULL, &faults), QON_MACHINE);
    assert_int_equal(faults.count, 1);
    assert_non_null(strstr(faults.text[0], "cannot make the folder"));
    assert_int_equal(unlink(file), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_above_are_made_and_removed_again),
        cmocka_unit_test(what_cannot_be_made_is_told),
    };
    return cmocka_run_group_tests(tests, base_make, base_remove);
}
