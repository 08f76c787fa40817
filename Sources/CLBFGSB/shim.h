#pragma once
#include <stddef.h>
#include <string.h>

// L-BFGS-B 3.0 is Fortran and comes without a header. Hidden lengths of character arguments come last.
void setulb_(
  const int *n, const int *m, double *x, const double *l, const double *u, const int *nbd, double *f, double *g,
  const double *factr, const double *pgtol, double *wa, int *iwa, char *task, const int *iprint, char *csave,
  int *lsave, int *isave, double *dsave, size_t task_length, size_t csave_length);

// All that the library remembers between two calls, beside its workspaces: it has no static data.
struct lbfgsb_state {
  char task[60];
  char csave[60];
  int lsave[4];
  int isave[44];
  double dsave[29];
};

// Swift sees a char array as a tuple, so the messages are read here.
enum lbfgsb_request { lbfgsb_evaluate, lbfgsb_iterated, lbfgsb_converged, lbfgsb_line_search_failed, lbfgsb_error };

static inline void lbfgsb_start(struct lbfgsb_state *state) {
  memset(state, 0, sizeof *state);
  memset(state->task, ' ', sizeof state->task);
  memcpy(state->task, "START", 5);
}

static inline enum lbfgsb_request lbfgsb_request_of(const struct lbfgsb_state *state) {
  if (memcmp(state->task, "FG", 2) == 0) return lbfgsb_evaluate;
  if (memcmp(state->task, "NEW_X", 5) == 0) return lbfgsb_iterated;
  if (memcmp(state->task, "CONV", 4) == 0) return lbfgsb_converged;
  if (memcmp(state->task, "ABNO", 4) == 0) return lbfgsb_line_search_failed;
  if (memcmp(state->task, "WARN", 4) == 0) return lbfgsb_line_search_failed;
  return lbfgsb_error;
}

// Runs until the library wants something. Prints nothing; stops of its own accord only at a projected gradient of 0.
static inline enum lbfgsb_request lbfgsb_advance(
  struct lbfgsb_state *state, int n, int m, double *x, const double *l, const double *u, const int *nbd, double f,
  double *g, double *wa, int *iwa) {
  const double factr = 0, pgtol = 0;
  const int iprint = -1;
  setulb_(
    &n, &m, x, l, u, nbd, &f, g, &factr, &pgtol, wa, iwa, state->task, &iprint, state->csave, state->lsave,
    state->isave, state->dsave, sizeof state->task, sizeof state->csave);
  return lbfgsb_request_of(state);
}

// max |P(x − g) − x| at the last iterate.
static inline double lbfgsb_projected_gradient(const struct lbfgsb_state *state) { return state->dsave[12]; }
