// What the C++ files share: handles, conversions, errors. Nothing here is exported.
#pragma once

#include "kymo_torch.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <torch/csrc/api/include/torch/version.h>

#include <atomic>
#include <limits>
#include <string>
#include <vector>

// True for LibTorch MAJOR.MINOR and later.
#define KT_TORCH_AT_LEAST(major, minor) \
    (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

// The body of every export stands between these two.
#define KT_BEGIN try {
#define KT_END          \
        return KT_OK;   \
    } catch (...) {     \
        return kt::failed(); \
    }

// Inner loops are compiled for several instruction sets; the loader takes the best one the processor has. Contraction is off,
// so all of them give the same bits.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define KT_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KT_CLONES
#endif

namespace kt {

#if KT_TORCH_AT_LEAST(2, 4)
template <class T> using Optional = std::optional<T>;
inline constexpr auto& nothing = std::nullopt;
#else
template <class T> using Optional = c10::optional<T>;
inline constexpr auto& nothing = c10::nullopt;
#endif

// The caller's mistake: reported as KT_INVALID.
struct Invalid : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// No memory left: reported as KT_OUT_OF_MEMORY.
struct OutOfMemory : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Stores the text of the exception in flight for kt_last_error and returns its status.
int32_t failed() noexcept;

extern std::atomic<int64_t> live_handles;

inline const at::Tensor& in(kt_tensor handle)
{
    if (handle == nullptr) throw Invalid("a tensor is missing");
    return *reinterpret_cast<const at::Tensor*>(handle);
}

inline const at::Generator& in(kt_generator handle)
{
    if (handle == nullptr) throw Invalid("a random generator is missing");
    return *reinterpret_cast<const at::Generator*>(handle);
}

inline void give(kt_tensor* result, at::Tensor tensor)
{
    *result = reinterpret_cast<kt_tensor>(new at::Tensor(std::move(tensor)));
    live_handles.fetch_add(1, std::memory_order_relaxed);
}

inline Optional<at::Tensor> optional(kt_tensor handle)
{
    return handle == nullptr ? Optional<at::Tensor>() : Optional<at::Tensor>(in(handle));
}

inline std::vector<at::Tensor> list(const kt_tensor* handles, int32_t count)
{
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int32_t i = 0; i < count; i++) tensors.push_back(in(handles[i]));
    return tensors;
}

inline at::IntArrayRef ints(const int64_t* values, int32_t count)
{
    return at::IntArrayRef(values, static_cast<size_t>(count));
}

template <class T> Optional<T> given(T value, int32_t is_given) { return is_given != 0 ? Optional<T>(value) : Optional<T>(); }

// A whole number stays one, so that integer tensors keep their type as they do under Python's integers.
inline at::Scalar scalar(double value)
{
    const auto whole = static_cast<int64_t>(value > -9e15 && value < 9e15 ? value : 0.0);
    const bool negative_zero = value == 0 && std::signbit(value);
    return static_cast<double>(whole) == value && !negative_zero ? at::Scalar(whole) : at::Scalar(value);
}

inline Optional<at::Scalar> optional_scalar(const Optional<double>& value)
{
    return value.has_value() ? Optional<at::Scalar>(scalar(*value)) : Optional<at::Scalar>();
}

inline at::Device device(int32_t type, int32_t index)
{
    return at::Device(static_cast<at::DeviceType>(type), static_cast<at::DeviceIndex>(index));
}

// Dropout of LibTorch's definition with a mask of our own; a step of the generator chooses it (dropout.cpp).
at::Tensor dropout(const at::Tensor& input, double p, const at::Generator& generator);

// at::mean, whose gradient is not written out: all elements of a mean share one (tensors.cpp).
at::Tensor mean(const at::Tensor& self, at::IntArrayRef dims, bool keep_dims);

// Adds a tensor up over the processes of a group, in place (distributed.cpp).
void sum_over(kt_group group, at::Tensor& tensor);

// Whether this thread shares the statistics of its batches with other processes.
bool shares_statistics();

// at::batch_norm, with the statistics of all processes where they are shared (batch_norm.cpp).
at::Tensor batch_norm(const at::Tensor& input, const Optional<at::Tensor>& weight, const Optional<at::Tensor>& bias,
                      const Optional<at::Tensor>& mean, const Optional<at::Tensor>& variance, bool training, double momentum, double epsilon);

// What belongs to a convolution: at::max_pool2d's windows without overlap (1, 1: none), padding that keeps the size.
struct BlockOptions {
    bool training;
    double momentum, epsilon;
    bool relu;
    at::IntArrayRef padding, pool;
    bool records = false;  // whether a walk back is to come
};

// at::conv2d, then at::batch_norm where norm_weight is given, at::relu and at::max_pool2d (convolution_block.cpp).
at::Tensor convolution_block(const at::Tensor& input, const at::Tensor& weight, const Optional<at::Tensor>& bias,
                             const Optional<at::Tensor>& norm_weight, const Optional<at::Tensor>& norm_bias,
                             const Optional<at::Tensor>& mean, const Optional<at::Tensor>& variance, BlockOptions options);

enum class Cell { tanh, relu, gru, lstm };

// A stack of recurrent layers as at::rnn_tanh, at::rnn_relu, at::gru and at::lstm give it: output, last hidden state and, for lstm,
// last cell state (recurrent.cpp).
std::tuple<at::Tensor, at::Tensor, at::Tensor> recurrent(Cell cell, const at::Tensor& input, at::TensorList state, at::TensorList weights,
                                                         bool has_biases, int64_t layers, bool bidirectional, bool batch_first);

}  // namespace kt
