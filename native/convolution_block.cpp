// A convolution with what usually follows it, as one node of history: batch normalisation, ReLU, the maximum of windows. LibTorch runs
// them one after another over the whole batch, and each writes and keeps a tensor as large as the convolution's output. Here only the
// maxima and their places (a byte each) are kept; with normalisation the convolution's output too.
#include "convolution.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Arguments: x (batch, in, row, column) with channels together, weights, an empty tensor for what there is not; running statistics are
// moved here. Result: (batch, out, pooled row, pooled column) with channels together.
struct Block : torch::autograd::Function<Block> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                              const at::Tensor& norm_weight, const at::Tensor& norm_bias, const at::Tensor& mean,
                              const at::Tensor& variance, const kt::BlockOptions* options)
    {
        const kt::ConvolutionSizes s(x, weight, options->pool[0], options->pool[1]);
        const bool normalizes = norm_weight.numel() > 0;
        const bool has_places = options->records && (options->relu || s.window_high * s.window_wide > 1);
        auto output = at::empty({s.batch, s.out, s.pooled_rows, s.pooled_columns}, x.options().memory_format(kt::kTogether));
        const auto index = has_places ? at::empty(output.sizes(), x.options().dtype(at::kByte).memory_format(kt::kTogether)) : at::Tensor();
        at::Tensor values, scale, center;
        if (!normalizes) kt::convolve(s, x, weight, bias, options->relu, output, index, nullptr);
        else {
            const kt::ConvolutionSizes all(x, weight, 1, 1);
            values = at::empty({s.batch, s.out, s.rows, s.columns}, x.options().memory_format(kt::kTogether));
            // About the mean of each channel is taken off first, so that the squares keep their digits.
            const auto about = at::mv(weight.sum(at::IntArrayRef{2, 3}), x.select(0, 0).mean(at::IntArrayRef{1, 2}));
            at::Tensor moments;
            kt::convolve(all, x, weight, about.neg(), false, values, at::Tensor(), &moments);
            const auto count = static_cast<double>(s.batch * s.rows * s.columns);
            moments.div_(count);
            center = moments[0];
            const auto spread = (moments[1] - center * center).clamp_min(0);
            scale = (spread + options->epsilon).rsqrt();
            move(mean, center + (bias.numel() > 0 ? about + bias : about), options->momentum);
            move(variance, spread * (count / (count - 1)), options->momentum);
            const auto factor = norm_weight * scale;
            kt::normalize(s, values, factor.to(at::kFloat), (norm_bias - factor * center).to(at::kFloat), options->relu, output, index);
        }
        context->save_for_backward({x, weight, norm_weight, index, values, scale, center});
        context->saved_data["pool"] = std::vector<int64_t>{s.window_high, s.window_wide};
        context->saved_data["bias"] = bias.numel() > 0;
        return output;
    }

    static void move(const at::Tensor& running, const at::Tensor& to, double momentum)
    {
        if (running.numel() > 0) running.mul_(1 - momentum).add_(to.to(running.scalar_type()), momentum);
    }

    static variable_list backward(AutogradContext* context, variable_list grads)
    {
        const auto saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &weight = saved[1], &norm_weight = saved[2], &index = saved[3];
        const at::Tensor &values = saved[4], &scale = saved[5], &center = saved[6];
        const auto pool = context->saved_data["pool"].toIntVector();
        const kt::ConvolutionSizes s(x, weight, pool[0], pool[1]);
        const auto grad = grads[0].stride(1) == 1 ? grads[0] : grads[0].contiguous(kt::kTogether);
        const bool normalizes = values.defined(), has_bias = context->saved_data["bias"].toBool();
        kt::Incoming incoming{s, grad, index.defined() ? index.data_ptr<uint8_t>() : nullptr,
                              normalizes ? values.data_ptr<float>() : nullptr, nullptr, nullptr, nullptr};
        variable_list result(8);
        at::Tensor factor, slope, offset;
        if (normalizes) {
            const auto count = static_cast<double>(s.batch * s.rows * s.columns);
            const auto sums = kt::sum_incoming(incoming);
            const auto to_scale = (sums[1] - center * sums[0]) * scale, strength = norm_weight * scale;
            const auto tilt = strength * scale * to_scale / count;
            factor = strength.to(at::kFloat);
            slope = tilt.neg().to(at::kFloat);
            offset = (tilt * center - strength * sums[0] / count).to(at::kFloat);
            incoming.factor = factor.data_ptr<float>();
            incoming.slope = slope.data_ptr<float>();
            incoming.offset = offset.data_ptr<float>();
            result[3] = to_scale.to(at::kFloat);
            result[4] = sums[0].to(at::kFloat);
        }
        const auto walked = kt::walk_back(incoming, x, weight, context->needs_input_grad(0), context->needs_input_grad(1));
        result[0] = walked.input;
        result[1] = walked.weight;
        // Normalisation takes the mean away and the bias with it.
        if (has_bias) result[2] = normalizes ? at::zeros({s.out}, x.options()) : walked.bias;
        return result;
    }
};

void shift_in_place(const at::Tensor& running, const at::Tensor& by)
{
    if (!running.defined()) return;
    at::NoGradGuard guard;
    running.add_(by);
}

bool can_be_fused(const at::Tensor& input, at::TensorList others, const at::Tensor& weight, const kt::BlockOptions& options)
{
    const auto is_plain = [](const at::Tensor& tensor) { return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat; };
    if (!is_plain(input) || input.dim() != 4 || input.numel() == 0 || weight.dim() != 4 || input.size(1) != weight.size(1)) return false;
    for (int64_t i = 0; i < 2; i++)
        if (weight.size(2 + i) != 2 * options.padding[i] + 1 || input.size(2 + i) < options.pool[i] || options.pool[i] < 1) return false;
    return options.pool[0] * options.pool[1] < kt::kDropped
        && std::all_of(others.begin(), others.end(), [&](const at::Tensor& tensor) { return !tensor.defined() || is_plain(tensor); });
}

}  // namespace

namespace kt {

#if defined(KT_X86_KERNELS)
extern const ConvolutionKernels kernels_avx2, kernels_avx512;
#endif
extern const ConvolutionKernels kernels_plain;

const ConvolutionKernels& convolution_kernels()
{
#if defined(KT_X86_KERNELS)
    static const ConvolutionKernels& best = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") ? kernels_avx512
        : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? kernels_avx2 : kernels_plain;
    return best;
#else
    return kernels_plain;
#endif
}

at::Tensor convolution_block(const at::Tensor& input, const at::Tensor& weight, const Optional<at::Tensor>& bias,
                             const Optional<at::Tensor>& norm_weight, const Optional<at::Tensor>& norm_bias,
                             const Optional<at::Tensor>& mean, const Optional<at::Tensor>& variance, BlockOptions options)
{
    const auto given = [](const Optional<at::Tensor>& tensor) { return tensor.has_value() ? *tensor : at::Tensor(); };
    const at::Tensor others[] = {weight, given(bias), given(norm_weight), given(norm_bias), given(mean), given(variance)};
    const bool normalizes = others[2].defined();
    const auto takes_part = [](const at::Tensor& tensor) { return tensor.defined() && tensor.requires_grad(); };
    options.records = c10::GradMode::is_enabled()
        && (takes_part(input) || std::any_of(std::begin(others), std::end(others), takes_part));
    const bool running = normalizes && !options.training;
    const bool shares = normalizes && options.training && kt::shares_statistics();
    if (shares || (running && options.records) || !can_be_fused(input, others, weight, options)) {
        // Normalisation takes the mean away and the bias with it, so the bias goes to the running mean alone and its gradient is zero.
        const bool moves_bias = shares && others[1].defined();
        auto x = at::conv2d(input, weight, moves_bias ? Optional<at::Tensor>() : bias, 1, options.padding);
        if (moves_bias) shift_in_place(others[4], others[1].detach().neg());
        if (normalizes)
            x = kt::batch_norm(x, norm_weight, norm_bias, mean, variance, options.training, options.momentum, options.epsilon);
        if (moves_bias) {
            shift_in_place(others[4], others[1].detach());
            x = x + (others[1] * 0).view({1, -1, 1, 1});
        }
        if (options.relu) x.relu_();
        return options.pool[0] * options.pool[1] > 1 ? at::max_pool2d(x, options.pool, options.pool) : x;
    }

    const auto none = at::empty({0}, input.options());
    const auto or_none = [&](const at::Tensor& tensor) { return tensor.defined() ? tensor : none; };
    const auto x = input.contiguous(kt::kTogether);
    if (running) {  // the running statistics are a part of weight and bias
        const auto scale = others[2] * (others[5] + options.epsilon).rsqrt();
        const auto shift = others[3] - (others[1].defined() ? others[4] - others[1] : others[4]) * scale;
        return Block::apply(x, weight * scale.view({-1, 1, 1, 1}), shift, none, none, none, none, &options);
    }
    return Block::apply(x, weight, or_none(others[1]), or_none(others[2]), or_none(others[3]), or_none(others[4]), or_none(others[5]),
                        &options);
}

}  // namespace kt
