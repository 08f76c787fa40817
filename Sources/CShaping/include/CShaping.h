#pragma once
#include <stddef.h>
#include <stdint.h>

// Text in any script as glyphs in their places: letters joined and ordered as their script has them (Raqm, by HarfBuzz
// and FriBidi), each from the first font that has it. For one thread at a time.

typedef struct shaped_text shaped_text;
struct _cairo;

// One line of text. NULL if there is no memory or no font. Lengths are in pixels; the em square has `size`.
shaped_text *shaped_text_create(const char *family, int is_bold, int size, const uint32_t *scalars, size_t count);
double shaped_text_width(const shaped_text *text);
// Draws the text in the context's colour, on its own baseline from x, at most `width` wide.
void shaped_text_draw(const shaped_text *text, struct _cairo *context, double x, double baseline, double width);
void shaped_text_free(shaped_text *text);
