// Dropout whose mask is computed from a key, forwards and backwards alike: nothing is stored, and all threads take part.
#include "internal.h"

#include <torch/csrc/autograd/custom_function.h>

#include <mutex>

namespace {

constexpr int64_t kBlock = 4096;  // elements under one key

uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

// Whether element i stays: an integer hash of i under the block's key against the threshold.
KT_CLONES void drop_block(float* output, const float* input, int32_t count, uint64_t key, uint32_t threshold, float scale)
{
    const auto first = static_cast<uint32_t>(key), second = static_cast<uint32_t>(key >> 32);
    for (int32_t i = 0; i < count; i++) {
        uint32_t x = static_cast<uint32_t>(i) * 0x9e3779b9u + first;
        x = (x ^ (x >> 16)) * 0x21f0aaadu;
        x = (x ^ (x >> 15) ^ second) * 0xd35a2d97u;
        x ^= x >> 15;
        output[i] = input[i] * (x >= threshold ? scale : 0.0f);
    }
}

at::Tensor drop(const at::Tensor& input, uint64_t key, double p)
{
    auto output = at::empty_like(input);
    const auto threshold = static_cast<uint32_t>(p * 4294967296.0);
    const auto scale = static_cast<float>(1 / (1 - p));
    const float* from = input.data_ptr<float>();
    float* to = output.data_ptr<float>();
    const int64_t count = input.numel();
    at::parallel_for(0, (count + kBlock - 1) / kBlock, 8, [&](int64_t first, int64_t last) {
        for (int64_t block = first; block < last; block++) {
            const int64_t start = block * kBlock;
            drop_block(to + start, from + start, static_cast<int32_t>(std::min(kBlock, count - start)), mix(key + block), threshold, scale);
        }
    });
    return output;
}

struct Dropout : torch::autograd::Function<Dropout> {
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, int64_t key, double p)
    {
        context->saved_data["key"] = key;
        context->saved_data["p"] = p;
        context->saved_data["strides"] = input.strides();
        return drop(input, static_cast<uint64_t>(key), p);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list grads)
    {
        const auto strides = context->saved_data["strides"].toIntVector();
        auto grad = grads[0];
        if (grad.strides() != at::IntArrayRef(strides)) grad = at::empty_strided(grad.sizes(), strides, grad.options()).copy_(grad);
        return {drop(grad, static_cast<uint64_t>(context->saved_data["key"].toInt()), context->saved_data["p"].toDouble()), {}, {}};
    }
};

}  // namespace

namespace kt {

at::Tensor dropout(const at::Tensor& input, double p, const at::Generator& generator)
{
    if (!(p >= 0 && p <= 1)) throw Invalid("the probability of dropout is " + std::to_string(p) + ", expected from 0 to 1");
    if (p == 0) return input;
    if (p == 1) return input * 0;
    if (!input.device().is_cpu() || input.scalar_type() != at::kFloat) {
        const auto uniform = at::empty(input.sizes(), at::TensorOptions(at::kFloat)).uniform_(0, 1, generator);
        return input * uniform.ge(p).to(input.options()).div_(1 - p);
    }
    auto source = generator;
    uint64_t key;
    {
        auto* twister = at::check_generator<at::CPUGeneratorImpl>(source);
        std::lock_guard<std::mutex> lock(source.mutex());
        key = twister->random64();
    }
    const auto dense = input.is_non_overlapping_and_dense() ? input : input.contiguous();
    return Dropout::apply(dense, static_cast<int64_t>(key), p);
}

}  // namespace kt
