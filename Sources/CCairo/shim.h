#pragma once
#include <cairo-pdf.h>
#include <cairo.h>
#include <fontconfig/fontconfig.h>
#include <stddef.h>

// Whether a font of this family is installed. Cairo itself takes any other instead, and draws boxes where there is none.
static inline int cairo_has_font_family(const char *family) {
  FcPattern *pattern = FcPatternBuild(NULL, FC_FAMILY, FcTypeString, (const FcChar8 *)family, (char *)NULL);
  FcObjectSet *wanted = FcObjectSetBuild(FC_FAMILY, (char *)NULL);
  FcFontSet *found = pattern && wanted ? FcFontList(NULL, pattern, wanted) : NULL;
  int count = found ? found->nfont : 0;
  if (found) FcFontSetDestroy(found);
  if (wanted) FcObjectSetDestroy(wanted);
  if (pattern) FcPatternDestroy(pattern);
  return count > 0;
}
