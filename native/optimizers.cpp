// One call steps all parameters. Dense float32 memory goes through one fused loop; everything else (other types, other devices,
// gradients laid out otherwise) through LibTorch's operations with the same formula.
#include "internal.h"

#include <c10/core/GradMode.h>

#include <cmath>

namespace {

constexpr int64_t kGrain = 16384;

struct Adam {
    float decay, keep_rate, beta1, rest1, beta2, rest2, correction2_root, epsilon, step_size;
};

KT_CLONES void adam_loop(float* parameter, const float* gradient, float* average, float* square, int64_t count, const Adam& a)
{
    for (int64_t i = 0; i < count; i++) {
        float p = parameter[i] * a.keep_rate;
        const float g = gradient[i] + a.decay * p;
        const float m = average[i] * a.beta1 + g * a.rest1;
        const float v = square[i] * a.beta2 + a.rest2 * g * g;
        average[i] = m;
        square[i] = v;
        parameter[i] = p - a.step_size * (m / (std::sqrt(v) / a.correction2_root + a.epsilon));
    }
}

struct Descent {
    float rate, momentum, rest, decay;
    bool first, nesterov;
};

KT_CLONES void momentum_loop(float* parameter, const float* gradient, float* velocity, int64_t count, const Descent& d)
{
    for (int64_t i = 0; i < count; i++) {
        const float g = gradient[i] + d.decay * parameter[i];
        const float v = d.first ? g : velocity[i] * d.momentum + g * d.rest;
        velocity[i] = v;
        parameter[i] -= d.rate * (d.nesterov ? g + d.momentum * v : v);
    }
}

KT_CLONES void descent_loop(float* parameter, const float* gradient, int64_t count, const Descent& d)
{
    for (int64_t i = 0; i < count; i++) parameter[i] -= d.rate * (gradient[i] + d.decay * parameter[i]);
}

bool is_dense_float(const at::Tensor& tensor)
{
    return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_non_overlapping_and_dense();
}

bool same_layout(const at::Tensor& a, const at::Tensor& b)
{
    return is_dense_float(b) && a.sizes() == b.sizes() && a.strides() == b.strides();
}

template <class Loop> void parallel(int64_t count, const Loop& loop)
{
    if (count <= kGrain) loop(0, count);
    else at::parallel_for(0, count, kGrain, loop);
}

void adam_by_operations(const at::Tensor& p, at::Tensor g, const at::Tensor& m, const at::Tensor& v, double rate, double beta1,
                        double beta2, double epsilon, double decay, bool decoupled, double correction1, double correction2)
{
    if (decay != 0) {
        if (decoupled) p.mul_(1 - rate * decay);
        else g = g.add(p, decay);
    }
    m.mul_(beta1).add_(g, 1 - beta1);
    v.mul_(beta2).addcmul_(g, g, 1 - beta2);
    p.addcdiv_(m, v.sqrt().div_(std::sqrt(correction2)).add_(epsilon), -rate / correction1);
}

void sgd_by_operations(const at::Tensor& p, at::Tensor g, const at::Tensor& velocity, bool first, double rate, double momentum,
                       double dampening, double decay, bool nesterov)
{
    if (decay != 0) g = g.add(p, decay);
    if (momentum != 0) {
        if (first) velocity.copy_(g);
        else velocity.mul_(momentum).add_(g, 1 - dampening);
        g = nesterov ? g.add(velocity, momentum) : velocity;
    }
    p.add_(g, -rate);
}

}  // namespace

extern "C" {

int32_t kt_adam_step(const kt_tensor* parameters, const kt_tensor* averages, const kt_tensor* squares, int64_t* steps, int32_t count,
                     double rate, double beta1, double beta2, double epsilon, double decay, int32_t decoupled)
{
    KT_BEGIN
    c10::AutoGradMode off(false);
    for (int32_t i = 0; i < count; i++) {
        const at::Tensor &p = kt::in(parameters[i]), &m = kt::in(averages[i]), &v = kt::in(squares[i]);
        const at::Tensor& g = p.grad();
        if (!g.defined()) continue;
        const auto step = static_cast<double>(++steps[i]);
        const double correction1 = 1 - std::pow(beta1, step), correction2 = 1 - std::pow(beta2, step);
        if (!is_dense_float(p) || !same_layout(p, g) || !same_layout(p, m) || !same_layout(p, v)) {
            adam_by_operations(p, g, m, v, rate, beta1, beta2, epsilon, decay, decoupled != 0, correction1, correction2);
            continue;
        }
        const Adam a{decoupled != 0 ? 0.0f : static_cast<float>(decay), decoupled != 0 ? static_cast<float>(1 - rate * decay) : 1.0f,
                     static_cast<float>(beta1), static_cast<float>(1 - beta1), static_cast<float>(beta2), static_cast<float>(1 - beta2),
                     static_cast<float>(std::sqrt(correction2)), static_cast<float>(epsilon), static_cast<float>(rate / correction1)};
        float *pp = p.data_ptr<float>(), *gp = g.data_ptr<float>(), *mp = m.data_ptr<float>(), *vp = v.data_ptr<float>();
        parallel(p.numel(), [&](int64_t from, int64_t to) { adam_loop(pp + from, gp + from, mp + from, vp + from, to - from, a); });
    }
    KT_END
}

int32_t kt_sgd_step(const kt_tensor* parameters, const kt_tensor* velocities, int64_t* steps, int32_t count, double rate,
                    double momentum, double dampening, double decay, int32_t nesterov)
{
    KT_BEGIN
    c10::AutoGradMode off(false);
    if (momentum != 0 && velocities == nullptr) throw kt::Invalid("momentum without velocities");
    for (int32_t i = 0; i < count; i++) {
        const at::Tensor& p = kt::in(parameters[i]);
        const at::Tensor& g = p.grad();
        if (!g.defined()) continue;
        const bool first = steps[i]++ == 0;
        const at::Tensor velocity = momentum != 0 ? kt::in(velocities[i]) : at::Tensor();
        if (!is_dense_float(p) || !same_layout(p, g) || (momentum != 0 && !same_layout(p, velocity))) {
            sgd_by_operations(p, g, velocity, first, rate, momentum, dampening, decay, nesterov != 0);
            continue;
        }
        const Descent d{static_cast<float>(rate), static_cast<float>(momentum), static_cast<float>(1 - dampening),
                        static_cast<float>(decay), first, nesterov != 0};
        float *pp = p.data_ptr<float>(), *gp = g.data_ptr<float>(), *vp = momentum != 0 ? velocity.data_ptr<float>() : nullptr;
        parallel(p.numel(), [&](int64_t from, int64_t to) {
            if (vp != nullptr) momentum_loop(pp + from, gp + from, vp + from, to - from, d);
            else descent_loop(pp + from, gp + from, to - from, d);
        });
    }
    KT_END
}

int32_t kt_zero_gradients(const kt_tensor* parameters, int32_t count, int32_t keep)
{
    KT_BEGIN
    c10::AutoGradMode off(false);
    for (int32_t i = 0; i < count; i++) {
        auto& grad = kt::in(parameters[i]).mutable_grad();
        if (!grad.defined()) continue;
        if (keep == 0) grad = at::Tensor();
        else grad.detach_().zero_();
    }
    KT_END
}

int32_t kt_clip_gradient_norm(const kt_tensor* parameters, int32_t count, double limit, double order, double* norm)
{
    KT_BEGIN
    c10::AutoGradMode off(false);
    std::vector<at::Tensor> grads, norms;
    for (int32_t i = 0; i < count; i++) {
        const at::Tensor& grad = kt::in(parameters[i]).grad();
        if (!grad.defined()) continue;
        grads.push_back(grad);
        norms.push_back(std::isinf(order) ? grad.abs().max() : grad.norm(at::Scalar(order)));
    }
    *norm = 0;
    if (grads.empty()) return KT_OK;
    const auto all = at::stack(norms);
    *norm = (std::isinf(order) ? all.max() : all.norm(at::Scalar(order))).item().toDouble();
    const double scale = limit / (*norm + 1e-6);
    if (limit > 0 && scale < 1)
        for (const auto& grad : grads) grad.mul_(scale);
    KT_END
}

int32_t kt_clip_gradient_value(const kt_tensor* parameters, int32_t count, double limit)
{
    KT_BEGIN
    c10::AutoGradMode off(false);
    for (int32_t i = 0; i < count; i++) {
        const at::Tensor& grad = kt::in(parameters[i]).grad();
        if (grad.defined()) grad.clamp_(-limit, limit);
    }
    KT_END
}

}  // extern "C"
