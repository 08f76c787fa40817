#include "CShaping.h"

#include <cairo-ft.h>
#include <fontconfig/fontconfig.h>
#include <raqm.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// A font that is open: once to measure by, once for Cairo, which sets sizes of its own.
typedef struct {
  char *path;
  int index;
  FT_Face face;
  cairo_font_face_t *drawn;
} font_file;

enum { MOST_FILES = 64, MOST_GLYPHS = 256 };
static FT_Library library;
static font_file files[MOST_FILES];
static int file_count;

typedef struct {
  const font_file *file;
  cairo_glyph_t glyph;
} placed_glyph;

struct shaped_text {
  int size;
  double width;
  size_t count;
  placed_glyph glyphs[];
};

// The open font of a file, NULL if it cannot be opened. Fonts stay open: there are as many as scripts.
static const font_file *opened(const char *path, int index) {
  for (int i = 0; i < file_count; i++)
    if (files[i].index == index && strcmp(files[i].path, path) == 0) return &files[i];
  if (file_count == MOST_FILES || (!library && FT_Init_FreeType(&library) != 0)) return NULL;
  FT_Face measured = NULL, drawn = NULL;
  char *copy = strdup(path);
  if (copy && FT_New_Face(library, path, index, &measured) == 0 && FT_New_Face(library, path, index, &drawn) == 0) {
    cairo_font_face_t *face = cairo_ft_font_face_create_for_ft_face(drawn, FT_LOAD_NO_HINTING);
    if (cairo_font_face_status(face) == CAIRO_STATUS_SUCCESS) {
      files[file_count] = (font_file){copy, index, measured, face};
      return &files[file_count++];
    }
  }
  if (measured) FT_Done_Face(measured);
  if (drawn) FT_Done_Face(drawn);
  free(copy);
  return NULL;
}

// The font nearest to a family that has a scalar, if any has it; 0 for any scalar.
static const font_file *found(const char *family, bool is_bold, uint32_t scalar) {
  FcPattern *pattern = FcPatternCreate();
  FcCharSet *wanted = FcCharSetCreate();
  const font_file *result = NULL;
  if (pattern && wanted) {
    FcPatternAddString(pattern, FC_FAMILY, (const FcChar8 *)family);
    FcPatternAddInteger(pattern, FC_WEIGHT, is_bold ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
    FcPatternAddBool(pattern, FC_SCALABLE, FcTrue);
    FcPatternAddBool(pattern, FC_COLOR, FcFalse);
    if (scalar && FcCharSetAddChar(wanted, scalar)) FcPatternAddCharSet(pattern, FC_CHARSET, wanted);
    FcConfigSubstitute(NULL, pattern, FcMatchPattern);
    FcDefaultSubstitute(pattern);
    FcResult outcome;
    FcPattern *match = FcFontMatch(NULL, pattern, &outcome);
    FcChar8 *path;
    int index;
    if (match && FcPatternGetString(match, FC_FILE, 0, &path) == FcResultMatch &&
        FcPatternGetInteger(match, FC_INDEX, 0, &index) == FcResultMatch)
      result = opened((const char *)path, index);
    if (match) FcPatternDestroy(match);
  }
  if (wanted) FcCharSetDestroy(wanted);
  if (pattern) FcPatternDestroy(pattern);
  return result;
}

// The font for a scalar, remembered: fontconfig takes a millisecond for it.
static const font_file *fallback(const char *family, bool is_bold, uint32_t scalar) {
  enum { PLACES = 4096 };
  static struct {
    uint64_t key;
    const font_file *file;
  } known[PLACES];
  uint64_t key = (uint64_t)scalar << 16 | (uint64_t)(strlen(family) & 0xFF) << 1 | is_bold;
  size_t place = (scalar * 2u + is_bold) % PLACES;
  if (known[place].key != key) {
    known[place].file = found(family, is_bold, scalar);
    known[place].key = key;
  }
  return known[place].file;
}

// Marks, joiners and variation selectors stay with the letter before them.
static bool continues(uint32_t scalar) {
  return (scalar >= 0x300 && scalar <= 0x36F) || (scalar >= 0x200B && scalar <= 0x200F) ||
         (scalar >= 0xFE00 && scalar <= 0xFE0F);
}

static bool has(const font_file *file, uint32_t scalar) { return FT_Get_Char_Index(file->face, scalar) != 0; }

static const font_file *file_of(FT_Face face) {
  for (int i = 0; i < file_count; i++)
    if (files[i].face == face) return &files[i];
  return NULL;
}

// Gives every scalar a font that has it. A scalar that no font has becomes a square of the first one: a font's own sign
// for it has no width in a PDF.
static bool choose_fonts(const char *family, bool is_bold, uint32_t *scalars, size_t count, const font_file **chosen) {
  const font_file *first = fallback(family, is_bold, 0), *last = first;
  if (!first) return false;
  for (size_t i = 0; i < count; i++) {
    if (!continues(scalars[i]) || i == 0) {
      const font_file *other = has(first, scalars[i]) ? first : has(last, scalars[i]) ? last : fallback(family, is_bold, scalars[i]);
      last = other && has(other, scalars[i]) ? other : first;
      if (!has(last, scalars[i])) scalars[i] = 0x25A1;
    }
    chosen[i] = last;
  }
  return true;
}

// Captions are English sentences with names in them, so a line goes from left to right and a name as its script does.
static bool lay_out(raqm_t *layout, int size, const uint32_t *scalars, size_t count, const font_file **chosen) {
  if (!raqm_set_text(layout, scalars, count) || !raqm_set_par_direction(layout, RAQM_DIRECTION_LTR)) return false;
  for (size_t i = 0; i < count; i++) {
    if (FT_Set_Char_Size(chosen[i]->face, 0, size * 64, 72, 72) != 0 ||
        !raqm_set_freetype_face_range(layout, chosen[i]->face, i, 1))
      return false;
  }
  return raqm_set_freetype_load_flags(layout, FT_LOAD_NO_HINTING) && raqm_layout(layout);
}

// The glyphs in their places, from the beginning of the line.
static shaped_text *placed(raqm_t *layout, int size) {
  size_t count = 0;
  raqm_glyph_t *glyphs = raqm_get_glyphs(layout, &count);
  shaped_text *text = malloc(sizeof *text + count * sizeof(placed_glyph));
  if (!text) return NULL;
  *text = (shaped_text){.size = size};
  for (size_t i = 0; glyphs && i < count; i++) {
    const font_file *file = file_of(glyphs[i].ftface);
    cairo_glyph_t glyph = {glyphs[i].index, text->width + glyphs[i].x_offset / 64.0, -glyphs[i].y_offset / 64.0};
    if (file) text->glyphs[text->count++] = (placed_glyph){file, glyph};
    text->width += glyphs[i].x_advance / 64.0;
  }
  return text;
}

shaped_text *shaped_text_create(const char *family, int is_bold, int size, const uint32_t *scalars, size_t count) {
  shaped_text *text = NULL;
  raqm_t *layout = raqm_create();
  uint32_t *shown = malloc(count * sizeof *shown);
  const font_file **chosen = malloc(count * sizeof *chosen);
  if (layout && shown && chosen) {
    memcpy(shown, scalars, count * sizeof *shown);
    if (choose_fonts(family, is_bold, shown, count, chosen) && lay_out(layout, size, shown, count, chosen))
      text = placed(layout, size);
  }
  free(chosen);
  free(shown);
  if (layout) raqm_destroy(layout);
  return text;
}

double shaped_text_width(const shaped_text *text) { return text->width; }

void shaped_text_draw(const shaped_text *text, struct _cairo *context, double x, double baseline, double width) {
  double shrink = text->width > width ? width / text->width : 1;
  cairo_font_options_t *options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_save(context);
  cairo_set_font_options(context, options);
  cairo_font_options_destroy(options);
  // A run of one font at a time: a PDF's letters are placed by those before them.
  for (size_t start = 0; start < text->count;) {
    const font_file *file = text->glyphs[start].file;
    cairo_glyph_t run[MOST_GLYPHS];
    int count = 0;
    for (; start < text->count && text->glyphs[start].file == file && count < MOST_GLYPHS; start++) {
      run[count] = text->glyphs[start].glyph;
      run[count].x = x + run[count].x * shrink;
      run[count++].y += baseline;
    }
    cairo_set_font_face(context, file->drawn);
    cairo_set_font_size(context, text->size);
    cairo_show_glyphs(context, run, count);
  }
  cairo_restore(context);
}

void shaped_text_free(shaped_text *text) { free(text); }
