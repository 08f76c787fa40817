#pragma once
#include <cblas.h>
#include <stddef.h>

// LAPACK as OpenBLAS holds it. Debian has no header for these beside LAPACKE, whose library is another one.
// Matrices are column-major; the hidden lengths of character arguments, all 1, come last.

void dgeqrf_(
  const int *m, const int *n, double *a, const int *lda, double *tau, double *work, const int *lwork, int *info);
void dorgqr_(
  const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau, double *work,
  const int *lwork, int *info);
void dgetrf_(const int *m, const int *n, double *a, const int *lda, int *pivots, int *info);
void dsyevd_(
  const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
  const int *lwork, int *iwork, const int *liwork, int *info, size_t jobz_length, size_t uplo_length);
void dgees_(
  const char *jobvs, const char *sort, int (*select)(const double *, const double *), const int *n, double *a,
  const int *lda, int *sdim, double *wr, double *wi, double *vs, const int *ldvs, double *work, const int *lwork,
  int *bwork, int *info, size_t jobvs_length, size_t sort_length);
