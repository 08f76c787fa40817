#pragma once
#include <cblas.h>

// LAPACK as OpenBLAS holds it. Debian has no header for these beside LAPACKE, whose library is another one.
// Matrices are column-major; the hidden lengths of character arguments, all 1, come last.

void dgeqrf_(
  const int *m, const int *n, double *a, const int *lda, double *tau, double *work, const int *lwork, int *info);
void dorgqr_(
  const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau, double *work,
  const int *lwork, int *info);
