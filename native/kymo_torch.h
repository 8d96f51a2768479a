// The contract between Kymo and LibTorch: a C interface that Kymo.Torch calls.
//
// Rules of every export
//   - returns KT_OK or what went wrong; kt_last_error copies the text of this thread's last error into the caller's buffer
//   - lets no C++ exception out
//   - takes fixed-size integers, doubles, pointers and handles only; a bool is an int32_t of 0 or 1
//   - a kt_tensor or kt_generator written through a pointer belongs to the caller, who gives it back to kt_tensors_free or
//     kt_generator_free; handles passed in are only borrowed
//   - NULL stands for a tensor that is not given, where the comment allows it
#pragma once

#include <stdint.h>

#if defined(_WIN32)
#define KT_EXPORT __declspec(dllexport)
#else
#define KT_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kt_tensor_object* kt_tensor;
typedef struct kt_generator_object* kt_generator;
typedef struct kt_group_object* kt_group;

enum {
    KT_OK = 0,
    KT_FAILED = 1,         // LibTorch refused: shapes, types, devices
    KT_OUT_OF_MEMORY = 2,  // no memory on the device
    KT_INVALID = 3,        // the call itself is wrong: a missing handle, a length that does not fit
};

enum { KT_MAX_RANK = 8 };

// What a tensor is. Types are those of c10::ScalarType, devices those of c10::DeviceType.
typedef struct {
    int32_t type;
    int32_t device_type;
    int32_t device_index;
    int32_t rank;
    int32_t requires_grad;
    int32_t is_leaf;
    int32_t is_contiguous;
    int32_t is_channels_last;
    int64_t sizes[KT_MAX_RANK];
    int64_t strides[KT_MAX_RANK];
} kt_description;

// ---- errors, handles, build (runtime.cpp)

// Copies the text of this thread's last error, cut to length - 1 bytes and closed with a zero; returns the text's full length.
KT_EXPORT int32_t kt_last_error(char* buffer, int32_t length);

// Tensors and generators that are out with callers.
KT_EXPORT int64_t kt_live_handles(void);

// The version of this interface: raised when an export changes its meaning.
KT_EXPORT int32_t kt_interface_version(void);

// LibTorch's version (subject 0), build options with the chosen CPU kernels (1), parallel back end (2), floats in a vector of the
// convolution kernels (3).
KT_EXPORT int32_t kt_info(int32_t subject, char* buffer, int32_t length);

// How many devices of a c10::DeviceType this build can use; 0 where it has none.
KT_EXPORT int32_t kt_device_count(int32_t device_type, int32_t* count);

KT_EXPORT int32_t kt_get_threads(int32_t* count);
KT_EXPORT int32_t kt_set_threads(int32_t count);

// Whether operations on this thread record a history for gradients; set returns what held before.
KT_EXPORT int32_t kt_set_grad_mode(int32_t enabled, int32_t* before);

// Operations of this thread that gain from it compute in Float16 or BFloat16 on a device (CPU: BFloat16 only); calls come in pairs.
KT_EXPORT int32_t kt_autocast(int32_t device_type, int32_t type, int32_t enabled);

// 1: only algorithms that give the same bits again, an error where there is none; 0: any.
KT_EXPORT int32_t kt_set_deterministic(int32_t enabled);

// Operations through oneDNN on or off.
KT_EXPORT int32_t kt_set_onednn(int32_t enabled);

// ---- tensors (tensors.cpp)

KT_EXPORT int32_t kt_tensor_empty(const int64_t* sizes, int32_t rank, int32_t type, int32_t device_type, int32_t device_index,
                                  kt_tensor* result);

// A tensor over the caller's memory, which must stay until the tensor and all that came from it are gone. Never copies.
KT_EXPORT int32_t kt_tensor_view(void* data, const int64_t* sizes, int32_t rank, int32_t type, kt_tensor* result);

// start, start + 1, ..., end - 1 as Int64.
KT_EXPORT int32_t kt_tensor_range(int64_t start, int64_t end, int32_t device_type, int32_t device_index, kt_tensor* result);

// Same shape, strides, type and device, filled with zeros.
KT_EXPORT int32_t kt_tensor_zeros_like(kt_tensor tensor, kt_tensor* result);

// One more handle to the same tensor.
KT_EXPORT int32_t kt_tensor_alias(kt_tensor tensor, kt_tensor* result);

// Gives handles back; NULL entries are passed over.
KT_EXPORT int32_t kt_tensors_free(const kt_tensor* tensors, int32_t count);

KT_EXPORT int32_t kt_tensor_describe(kt_tensor tensor, kt_description* description);

// Copies all elements, in row-major order, to or from the caller's memory of exactly `bytes` bytes.
KT_EXPORT int32_t kt_tensor_read(kt_tensor tensor, void* data, int64_t bytes);
KT_EXPORT int32_t kt_tensor_write(kt_tensor tensor, const void* data, int64_t bytes);

// The only element of a tensor, as a double.
KT_EXPORT int32_t kt_tensor_item(kt_tensor tensor, double* value);

// The address of the first element of a CPU tensor.
KT_EXPORT int32_t kt_tensor_data(kt_tensor tensor, void** data);

// non_blocking: from the CPU to CUDA through pinned memory, while the program goes on.
KT_EXPORT int32_t kt_tensor_to_device(kt_tensor tensor, int32_t device_type, int32_t device_index, int32_t non_blocking,
                                      kt_tensor* result);

KT_EXPORT int32_t kt_tensor_set_requires_grad(kt_tensor tensor, int32_t requires_grad);

// Puts another tensor's memory, shape and type in place of this one's; the identity and the gradient's place stay.
KT_EXPORT int32_t kt_tensor_set_data(kt_tensor tensor, kt_tensor data);

// Walks the history and adds up gradients in the leaves. `gradient` may be NULL for a scalar.
KT_EXPORT int32_t kt_tensor_backward(kt_tensor tensor, kt_tensor gradient, int32_t keep_graph);

// The gradient, or NULL where there is none. Where `known` is a handle to it already, that handle is the result.
KT_EXPORT int32_t kt_tensor_grad(kt_tensor tensor, kt_tensor known, kt_tensor* result);

// Sets the gradient; NULL removes it.
KT_EXPORT int32_t kt_tensor_set_grad(kt_tensor tensor, kt_tensor grad);

// ---- random generators (generators.cpp)

KT_EXPORT int32_t kt_generator_new(uint64_t seed, int32_t device_type, int32_t device_index, kt_generator* result);
KT_EXPORT int32_t kt_generator_free(kt_generator generator);
KT_EXPORT int32_t kt_generator_seed(kt_generator generator, uint64_t seed);

// The state as bytes: with a NULL buffer only its length is written.
KT_EXPORT int32_t kt_generator_get_state(kt_generator generator, uint8_t* buffer, int64_t* length);
KT_EXPORT int32_t kt_generator_set_state(kt_generator generator, const uint8_t* state, int64_t length);

// ---- memory (allocator.cpp): a CPU allocator that keeps freed blocks for the next step

// On, it also tells malloc to keep large blocks, which oneDNN works in (glibc).
KT_EXPORT int32_t kt_memory_set_caching(int32_t enabled);

// At most this many bytes are kept; what is freed beyond goes back to the system. Default: a quarter of the memory.
KT_EXPORT int32_t kt_memory_limit(int64_t bytes);

// Gives kept memory back to the system, the largest ranges first, until at most `keep` bytes are kept; malloc's too.
KT_EXPORT int32_t kt_memory_trim(int64_t keep);

// Six numbers: bytes in use, bytes kept, the most of both together, blocks cut from kept memory, blocks from untouched memory,
// the limit. Blocks below 4 KiB are not counted.
KT_EXPORT int32_t kt_memory_statistics(int64_t* values);

// ---- optimisers (optimizers.cpp): one call over all parameters; those without a gradient are passed over

// Adam with weight decay added to the gradient (decoupled 0) or taken off the weight (decoupled 1: AdamW).
// steps[i] counts the steps parameter i has seen and is raised here.
KT_EXPORT int32_t kt_adam_step(const kt_tensor* parameters, const kt_tensor* averages, const kt_tensor* squares, int64_t* steps,
                               int32_t count, double rate, double beta1, double beta2, double epsilon, double decay,
                               int32_t decoupled);

// Gradient descent with momentum; velocities may be NULL where momentum is 0.
KT_EXPORT int32_t kt_sgd_step(const kt_tensor* parameters, const kt_tensor* velocities, int64_t* steps, int32_t count, double rate,
                              double momentum, double dampening, double decay, int32_t nesterov);

// Removes the gradients, or fills them with zeros where keep is 1.
KT_EXPORT int32_t kt_zero_gradients(const kt_tensor* parameters, int32_t count, int32_t keep);

// The norm of all gradients together; where it exceeds a positive `limit`, scales them by limit / (norm + 1e-6).
// order: 2, 1, or infinity.
KT_EXPORT int32_t kt_clip_gradient_norm(const kt_tensor* parameters, int32_t count, double limit, double order, double* norm);

// Keeps every gradient between -limit and limit.
KT_EXPORT int32_t kt_clip_gradient_value(const kt_tensor* parameters, int32_t count, double limit);

// ---- processes that train together (distributed.cpp): c10d with Gloo. Every process of the group makes the same calls in order.

// Meets the others at host:port, where rank 0 listens. Every later call fails once a process is gone or `timeout_ms` have passed.
KT_EXPORT int32_t kt_group_join(const char* host, int32_t port, int32_t rank, int32_t size, int32_t timeout_ms, kt_group* result);
KT_EXPORT int32_t kt_group_leave(kt_group group);

// Sums the gradients of the parameters over all processes, in buckets; those without a gradient are passed over.
KT_EXPORT int32_t kt_group_sum_gradients(kt_group group, const kt_tensor* parameters, int32_t count);

// Sums numbers over all processes, in place.
KT_EXPORT int32_t kt_group_sum(kt_group group, double* values, int32_t count);

// Overwrites the tensors with those of rank 0.
KT_EXPORT int32_t kt_group_broadcast(kt_group group, const kt_tensor* tensors, int32_t count);

// From here on batch normalisation on this thread takes the statistics of all processes of the group; null: its own again.
KT_EXPORT int32_t kt_group_share_statistics(kt_group group);

// ---- operations of LibTorch, one export each

#include "operations.generated.h"

#ifdef __cplusplus
}
#endif
