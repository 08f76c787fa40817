#include "CEXIF.h"

#include <libexif/exif-data.h>
#include <limits.h>
#include <string.h>

static const uint8_t name[] = {'E', 'x', 'i', 'f', 0, 0};

int CEXIFOrientation(const uint8_t *bytes, size_t count) {
  if (count < sizeof name || count > UINT_MAX || memcmp(bytes, name, sizeof name) != 0) return 0;
  ExifData *data = exif_data_new_from_data(bytes, (unsigned int)count);
  if (data == NULL) return 0;
  int found = 0;
  ExifEntry *entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (entry != NULL && entry->format == EXIF_FORMAT_SHORT && entry->size >= 2) {
    int value = exif_get_short(entry->data, exif_data_get_byte_order(data));
    if (value >= 1 && value <= 8) found = value;
  }
  exif_data_unref(data);
  return found;
}
