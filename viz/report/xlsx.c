#include "document.h"
bool qon_xlsx_write(struct qon_document *d, const char *p) { return true; }
bool qon_csv_write(struct qon_document *d, const char *p) { return true; }
