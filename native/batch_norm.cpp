// Batch normalisation that takes the statistics of all processes that share a batch. Without such processes it is at::batch_norm.
#include "internal.h"

#include <torch/csrc/autograd/custom_function.h>

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// The processes that share this thread's batches; null for none.
thread_local kt_group sharing = nullptr;

at::Tensor by_channel(const at::Tensor& channel, const at::Tensor& like)
{
    std::vector<int64_t> shape(static_cast<size_t>(like.dim()), 1);
    shape[1] = -1;
    return channel.to(like.scalar_type()).view(shape);
}

std::vector<int64_t> all_but_channel(const at::Tensor& x)
{
    std::vector<int64_t> dims;
    for (int64_t i = 0; i < x.dim(); i++)
        if (i != 1) dims.push_back(i);
    return dims;
}

// Arguments as at::batch_norm's, an empty tensor for what there is not. Sums are taken in double; the mean is taken off before squares
// are summed. The gradients of scale and shift are this process's part of their sum, as every other parameter's are.
struct SharedNorm : torch::autograd::Function<SharedNorm> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                              const at::Tensor& running_mean, const at::Tensor& running_variance, double momentum, double epsilon)
    {
        const auto x = input.to(at::kFloat);
        const auto dims = all_but_channel(x);
        const auto channels = x.size(1);
        auto sums = at::cat({x.sum(dims, false, at::kDouble), at::full({1}, static_cast<double>(x.numel() / channels), at::kDouble)});
        kt::sum_over(sharing, sums);
        const auto count = sums[channels].item<double>();
        if (count < 2) throw kt::Invalid("batch normalisation needs more than one value for each channel while training");
        const auto mean = sums.narrow(0, 0, channels) / count;
        const auto centered = x - by_channel(mean, x);
        auto squares = (centered * centered).sum(dims, false, at::kDouble);
        kt::sum_over(sharing, squares);
        const auto variance = squares / count;
        const auto scale = (variance + epsilon).rsqrt();
        const auto normal = centered * by_channel(scale, x);
        if (running_mean.numel() > 0) running_mean.mul_(1 - momentum).add_(mean.to(running_mean.scalar_type()), momentum);
        if (running_variance.numel() > 0)
            running_variance.mul_(1 - momentum).add_((squares / (count - 1)).to(running_variance.scalar_type()), momentum);
        context->save_for_backward({normal, weight, scale});
        context->saved_data["count"] = count;
        context->saved_data["group"] = reinterpret_cast<int64_t>(sharing);
        auto output = weight.numel() > 0 ? normal * by_channel(weight, x) : normal.clone();
        if (bias.numel() > 0) output = output + by_channel(bias, x);
        return output.to(input.scalar_type());
    }

    static variable_list backward(AutogradContext* context, variable_list grads)
    {
        const auto saved = context->get_saved_variables();
        const at::Tensor &normal = saved[0], &weight = saved[1], &scale = saved[2];
        const auto grad = grads[0].to(at::kFloat);
        const auto dims = all_but_channel(grad);
        const auto channels = grad.size(1);
        const auto shift = grad.sum(dims, false, at::kDouble), slope = (grad * normal).sum(dims, false, at::kDouble);
        auto sums = at::cat({shift, slope});
        kt::sum_over(reinterpret_cast<kt_group>(context->saved_data["group"].toInt()), sums);
        sums.div_(context->saved_data["count"].toDouble());
        const auto strength = weight.numel() > 0 ? scale * weight : scale;
        const auto tilted = grad - by_channel(sums.narrow(0, 0, channels), grad) - normal * by_channel(sums.narrow(0, channels, channels), grad);
        variable_list result(7);
        result[0] = (tilted * by_channel(strength, grad)).to(grads[0].scalar_type());
        if (weight.numel() > 0) result[1] = slope.to(weight.scalar_type());
        result[2] = shift.to(at::kFloat);
        return result;
    }
};

}  // namespace

namespace kt {

bool shares_statistics() { return sharing != nullptr; }

at::Tensor batch_norm(const at::Tensor& input, const Optional<at::Tensor>& weight, const Optional<at::Tensor>& bias,
                      const Optional<at::Tensor>& mean, const Optional<at::Tensor>& variance, bool training, double momentum, double epsilon)
{
    if (!training || sharing == nullptr) return at::batch_norm(input, weight, bias, mean, variance, training, momentum, epsilon, true);
    if (input.dim() < 2 || input.numel() == 0) throw Invalid("batch normalisation needs (batch, channel, ...) with at least one value");
    const auto none = at::empty({0}, input.options());
    const auto or_none = [&](const Optional<at::Tensor>& tensor) { return tensor.has_value() && tensor->defined() ? *tensor : none; };
    return SharedNorm::apply(input, or_none(weight), or_none(bias), or_none(mean), or_none(variance), momentum, epsilon);
}

}  // namespace kt

extern "C" int32_t kt_group_share_statistics(kt_group group)
{
    KT_BEGIN
    sharing = group;
    KT_END
}
