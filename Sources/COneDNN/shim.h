// oneDNN as Swift sees it: the shape of version 3, on version 2 (Debian 12) as well.
//
// Version 2 builds an operation descriptor first and passes memory descriptors as structs; version 3 creates
// the primitive descriptor in one call and keeps memory descriptors opaque. Each function below is one
// operation; what differs between the versions stays in here. Parameters are float32 throughout.
#pragma once
#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>

typedef void *onednn_description;  // an owned memory descriptor; free with onednn_description_destroy

// Debian's oneDNN runs on OpenMP. Each of our workers computes alone, so OpenMP must not fan out inside it.
// Looked up at run time: other builds of oneDNN have no OpenMP at all.
static inline void onednn_use_one_thread_here(void) {
  void (*set_thread_count)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (set_thread_count) set_thread_count(1);
}

#if DNNL_VERSION_MAJOR >= 3
#define DESCRIPTION(d) ((const_dnnl_memory_desc_t)(d))

static inline void onednn_description_destroy(onednn_description d) {
  if (d) dnnl_memory_desc_destroy((dnnl_memory_desc_t)d);
}
static inline dnnl_status_t onednn_description_create(
    onednn_description *out, int rank, const int64_t *extents, dnnl_format_tag_t tag) {
  return dnnl_memory_desc_create_with_tag((dnnl_memory_desc_t *)out, rank, extents, dnnl_f32, tag);
}
static inline dnnl_status_t onednn_description_query(
    onednn_description *out, const_dnnl_primitive_desc_t p, dnnl_query_t what, int index) {
  const_dnnl_memory_desc_t found = dnnl_primitive_desc_query_md(p, what, index);
  if (!found) return dnnl_invalid_arguments;
  return dnnl_memory_desc_clone((dnnl_memory_desc_t *)out, found);
}
#else
#define DESCRIPTION(d) ((const dnnl_memory_desc_t *)(d))

static inline void onednn_description_destroy(onednn_description d) { free(d); }
static inline dnnl_status_t onednn_description_create(
    onednn_description *out, int rank, const int64_t *extents, dnnl_format_tag_t tag) {
  *out = calloc(1, sizeof(dnnl_memory_desc_t));
  if (!*out) return dnnl_out_of_memory;
  return dnnl_memory_desc_init_by_tag((dnnl_memory_desc_t *)*out, rank, extents, dnnl_f32, tag);
}
static inline dnnl_status_t onednn_description_query(
    onednn_description *out, const_dnnl_primitive_desc_t p, dnnl_query_t what, int index) {
  const dnnl_memory_desc_t *found = dnnl_primitive_desc_query_md(p, what, index);
  if (!found) return dnnl_invalid_arguments;
  *out = malloc(sizeof(dnnl_memory_desc_t));
  if (!*out) return dnnl_out_of_memory;
  *(dnnl_memory_desc_t *)*out = *found;
  return dnnl_success;
}
#endif

static inline size_t onednn_description_size(onednn_description d) {
  return dnnl_memory_desc_get_size(DESCRIPTION(d));
}
static inline int onednn_description_equal(onednn_description a, onednn_description b) {
  return dnnl_memory_desc_equal(DESCRIPTION(a), DESCRIPTION(b));
}
static inline dnnl_status_t onednn_memory_create(
    dnnl_memory_t *out, onednn_description d, dnnl_engine_t engine, void *data) {
  return dnnl_memory_create(out, DESCRIPTION(d), engine, data);
}

// Attributes of every primitive here: the caller owns the scratchpad; optionally one elementwise operation
// is applied to the result before it is stored (pass dnnl_alg_kind_undef for none).
static inline dnnl_status_t onednn_attributes_create(
    dnnl_primitive_attr_t *out, dnnl_alg_kind_t activation) {
  dnnl_status_t status = dnnl_primitive_attr_create(out);
  if (status != dnnl_success) return status;
  status = dnnl_primitive_attr_set_scratchpad_mode(*out, dnnl_scratchpad_mode_user);
  if (status != dnnl_success || activation == dnnl_alg_kind_undef) return status;
  dnnl_post_ops_t operations;
  status = dnnl_post_ops_create(&operations);
  if (status != dnnl_success) return status;
#if DNNL_VERSION_MAJOR >= 3
  status = dnnl_post_ops_append_eltwise(operations, activation, 0, 0);
#else
  status = dnnl_post_ops_append_eltwise(operations, 1, activation, 0, 0);
#endif
  if (status == dnnl_success) status = dnnl_primitive_attr_set_post_ops(*out, operations);
  dnnl_post_ops_destroy(operations);
  return status;
}

// Geometry of a convolution or a pooling: height then width.
typedef struct {
  int64_t kernel[2], stride[2], dilation[2], padding_before[2], padding_after[2];
} onednn_window;

static inline dnnl_status_t onednn_convolution_forward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t purpose, onednn_description source,
    onednn_description weights, onednn_description bias, onednn_description destination, onednn_window w,
    const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_convolution_forward_primitive_desc_create(
      out, engine, purpose, dnnl_convolution_direct, DESCRIPTION(source), DESCRIPTION(weights),
      DESCRIPTION(bias), DESCRIPTION(destination), w.stride, w.dilation, w.padding_before, w.padding_after,
      attributes);
#else
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_dilated_convolution_forward_desc_init(
      &operation, purpose, dnnl_convolution_direct, DESCRIPTION(source), DESCRIPTION(weights),
      DESCRIPTION(bias), DESCRIPTION(destination), w.stride, w.dilation, w.padding_before, w.padding_after);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &operation, attributes, engine, NULL);
#endif
}

static inline dnnl_status_t onednn_convolution_backward_data(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, onednn_description source_gradient,
    onednn_description weights, onednn_description destination_gradient, onednn_window w,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_convolution_backward_data_primitive_desc_create(
      out, engine, dnnl_convolution_direct, DESCRIPTION(source_gradient), DESCRIPTION(weights),
      DESCRIPTION(destination_gradient), w.stride, w.dilation, w.padding_before, w.padding_after, forward,
      attributes);
#else
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_dilated_convolution_backward_data_desc_init(
      &operation, dnnl_convolution_direct, DESCRIPTION(source_gradient), DESCRIPTION(weights),
      DESCRIPTION(destination_gradient), w.stride, w.dilation, w.padding_before, w.padding_after);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &operation, attributes, engine, forward);
#endif
}

static inline dnnl_status_t onednn_convolution_backward_weights(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, onednn_description source,
    onednn_description weights_gradient, onednn_description bias_gradient,
    onednn_description destination_gradient, onednn_window w, const_dnnl_primitive_desc_t forward,
    const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_convolution_backward_weights_primitive_desc_create(
      out, engine, dnnl_convolution_direct, DESCRIPTION(source), DESCRIPTION(weights_gradient),
      DESCRIPTION(bias_gradient), DESCRIPTION(destination_gradient), w.stride, w.dilation,
      w.padding_before, w.padding_after, forward, attributes);
#else
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_dilated_convolution_backward_weights_desc_init(
      &operation, dnnl_convolution_direct, DESCRIPTION(source), DESCRIPTION(weights_gradient),
      DESCRIPTION(bias_gradient), DESCRIPTION(destination_gradient), w.stride, w.dilation,
      w.padding_before, w.padding_after);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &operation, attributes, engine, forward);
#endif
}

static inline dnnl_status_t onednn_inner_product_forward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t purpose, onednn_description source,
    onednn_description weights, onednn_description bias, onednn_description destination,
    const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_inner_product_forward_primitive_desc_create(
      out, engine, purpose, DESCRIPTION(source), DESCRIPTION(weights), DESCRIPTION(bias),
      DESCRIPTION(destination), attributes);
#else
  dnnl_inner_product_desc_t operation;
  dnnl_status_t status = dnnl_inner_product_forward_desc_init(
      &operation, purpose, DESCRIPTION(source), DESCRIPTION(weights), DESCRIPTION(bias),
      DESCRIPTION(destination));
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &operation, attributes, engine, NULL);
#endif
}

static inline dnnl_status_t onednn_inner_product_backward_data(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, onednn_description source_gradient,
    onednn_description weights, onednn_description destination_gradient,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_inner_product_backward_data_primitive_desc_create(
      out, engine, DESCRIPTION(source_gradient), DESCRIPTION(weights), DESCRIPTION(destination_gradient),
      forward, attributes);
#else
  dnnl_inner_product_desc_t operation;
  dnnl_status_t status = dnnl_inner_product_backward_data_desc_init(
      &operation, DESCRIPTION(source_gradient), DESCRIPTION(weights), DESCRIPTION(destination_gradient));
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &operation, attributes, engine, forward);
#endif
}

static inline dnnl_status_t onednn_inner_product_backward_weights(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, onednn_description source,
    onednn_description weights_gradient, onednn_description bias_gradient,
    onednn_description destination_gradient, const_dnnl_primitive_desc_t forward,
    const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_inner_product_backward_weights_primitive_desc_create(
      out, engine, DESCRIPTION(source), DESCRIPTION(weights_gradient), DESCRIPTION(bias_gradient),
      DESCRIPTION(destination_gradient), forward, attributes);
#else
  dnnl_inner_product_desc_t operation;
  dnnl_status_t status = dnnl_inner_product_backward_weights_desc_init(
      &operation, DESCRIPTION(source), DESCRIPTION(weights_gradient), DESCRIPTION(bias_gradient),
      DESCRIPTION(destination_gradient));
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &operation, attributes, engine, forward);
#endif
}

static inline dnnl_status_t onednn_pooling_forward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t purpose, dnnl_alg_kind_t algorithm,
    onednn_description source, onednn_description destination, onednn_window w,
    const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_pooling_forward_primitive_desc_create(
      out, engine, purpose, algorithm, DESCRIPTION(source), DESCRIPTION(destination), w.stride, w.kernel,
      w.dilation, w.padding_before, w.padding_after, attributes);
#else
  dnnl_pooling_desc_t operation;
  dnnl_status_t status = dnnl_pooling_forward_desc_init(
      &operation, purpose, algorithm, DESCRIPTION(source), DESCRIPTION(destination), w.stride, w.kernel,
      w.padding_before, w.padding_after);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &operation, attributes, engine, NULL);
#endif
}

static inline dnnl_status_t onednn_pooling_backward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_alg_kind_t algorithm,
    onednn_description source_gradient, onednn_description destination_gradient, onednn_window w,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_pooling_backward_primitive_desc_create(
      out, engine, algorithm, DESCRIPTION(source_gradient), DESCRIPTION(destination_gradient), w.stride,
      w.kernel, w.dilation, w.padding_before, w.padding_after, forward, attributes);
#else
  dnnl_pooling_desc_t operation;
  dnnl_status_t status = dnnl_pooling_backward_desc_init(
      &operation, algorithm, DESCRIPTION(source_gradient), DESCRIPTION(destination_gradient), w.stride,
      w.kernel, w.padding_before, w.padding_after);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &operation, attributes, engine, forward);
#endif
}

static inline dnnl_status_t onednn_elementwise_forward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t purpose, dnnl_alg_kind_t algorithm,
    onednn_description data, const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_eltwise_forward_primitive_desc_create(
      out, engine, purpose, algorithm, DESCRIPTION(data), DESCRIPTION(data), 0, 0, attributes);
#else
  dnnl_eltwise_desc_t operation;
  dnnl_status_t status =
      dnnl_eltwise_forward_desc_init(&operation, purpose, algorithm, DESCRIPTION(data), 0, 0);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &operation, attributes, engine, NULL);
#endif
}

static inline dnnl_status_t onednn_elementwise_backward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_alg_kind_t algorithm, onednn_description data,
    onednn_description gradient, const_dnnl_primitive_desc_t forward,
    const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_eltwise_backward_primitive_desc_create(
      out, engine, algorithm, DESCRIPTION(gradient), DESCRIPTION(gradient), DESCRIPTION(data), 0, 0,
      forward, attributes);
#else
  dnnl_eltwise_desc_t operation;
  dnnl_status_t status = dnnl_eltwise_backward_desc_init(
      &operation, algorithm, DESCRIPTION(gradient), DESCRIPTION(data), 0, 0);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &operation, attributes, engine, forward);
#endif
}

static inline dnnl_status_t onednn_batch_normalization_forward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t purpose, onednn_description data,
    float epsilon, unsigned flags, const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_batch_normalization_forward_primitive_desc_create(
      out, engine, purpose, DESCRIPTION(data), DESCRIPTION(data), epsilon, flags, attributes);
#else
  dnnl_batch_normalization_desc_t operation;
  dnnl_status_t status = dnnl_batch_normalization_forward_desc_init(
      &operation, purpose, DESCRIPTION(data), epsilon, flags);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &operation, attributes, engine, NULL);
#endif
}

static inline dnnl_status_t onednn_batch_normalization_backward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t purpose, onednn_description data,
    onednn_description gradient, float epsilon, unsigned flags, const_dnnl_primitive_desc_t forward,
    const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_batch_normalization_backward_primitive_desc_create(
      out, engine, purpose, DESCRIPTION(gradient), DESCRIPTION(gradient), DESCRIPTION(data), epsilon,
      flags, forward, attributes);
#else
  dnnl_batch_normalization_desc_t operation;
  dnnl_status_t status = dnnl_batch_normalization_backward_desc_init(
      &operation, purpose, DESCRIPTION(gradient), DESCRIPTION(data), epsilon, flags);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &operation, attributes, engine, forward);
#endif
}

static inline dnnl_status_t onednn_binary(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_alg_kind_t algorithm, onednn_description first,
    onednn_description second, onednn_description destination, const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_binary_primitive_desc_create(
      out, engine, algorithm, DESCRIPTION(first), DESCRIPTION(second), DESCRIPTION(destination), attributes);
#else
  dnnl_binary_desc_t operation;
  dnnl_status_t status = dnnl_binary_desc_init(
      &operation, algorithm, DESCRIPTION(first), DESCRIPTION(second), DESCRIPTION(destination));
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &operation, attributes, engine, NULL);
#endif
}

static inline dnnl_status_t onednn_reorder(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, onednn_description source,
    onednn_description destination, const_dnnl_primitive_attr_t attributes) {
  return dnnl_reorder_primitive_desc_create(
      out, DESCRIPTION(source), engine, DESCRIPTION(destination), engine, attributes);
}

#undef DESCRIPTION
