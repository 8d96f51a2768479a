// A convolution with what usually follows it, as one node of history: batch normalisation, ReLU, the maximum of windows. LibTorch runs
// them one after another over the whole batch, and each writes and keeps a tensor as large as the convolution's output. Here a few rows
// of one example go through all of them while they are in the cache, and only the maxima and their places (a byte each) are kept; with
// normalisation the convolution's output too.
//
// Work is cut into tasks that do not depend on the number of threads, and their sums are added in order: any number of threads gives
// the same bits.
#include "convolution_kernels.h"
#include "internal.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <atomic>
#include <cmath>

namespace {

using kt::kColumns;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kParts = 16;           // at most so many parts of a batch gather weight gradients of their own
constexpr int64_t kScratch = 320 << 10;  // bytes of rows a task aims to hold, so that they stay in the cache
const auto kTogether = at::MemoryFormat::ChannelsLast;

int64_t whole(int64_t count, int64_t multiple) { return (count + multiple - 1) / multiple * multiple; }

// Runs work(task, thread) for every task; a thread takes the next one when it is done.
template <class Work> void for_tasks(int64_t tasks, int64_t threads, const Work& work)
{
    std::atomic<int64_t> next{0};
    at::parallel_for(0, threads, 1, [&](int64_t from, int64_t to) {
        for (int64_t thread = from; thread < to; thread++)
            for (int64_t task = next++; task < tasks; task = next++) work(task, thread);
    });
}

int64_t threads_for(int64_t tasks) { return std::max<int64_t>(1, std::min<int64_t>(at::get_num_threads(), tasks)); }

// The sizes of a convolution and of the windows over its output.
struct Sizes {
    Sizes(const at::Tensor& x, const at::Tensor& weight, int64_t window_height, int64_t window_width)
        : width(kt::convolution_kernels().width), batch(x.size(0)), in(x.size(1)), rows(x.size(2)), columns(x.size(3)),
          out(weight.size(0)), filled(whole(out, width)), high(weight.size(2)), wide(weight.size(3)), window_high(window_height),
          window_wide(window_width), pooled_rows(rows / window_height), pooled_columns(columns / window_width)
    {
    }

    int64_t width;
    int64_t batch, in, rows, columns, out, filled;  // filled: output channels filled up to whole vectors
    int64_t high, wide;                             // the kernel
    int64_t window_high, window_wide, pooled_rows, pooled_columns;

    // Rows of windows that are worked on together where a row of the output needs so many floats of rows that are kept.
    int64_t band(int64_t floats) const
    {
        const int64_t fit = kScratch / (4 * floats) / window_high * window_high;
        return std::max(window_high, std::min(fit, whole(rows, window_high)));
    }
};

// Rows first .. first + count of an example, (row, column, channel), with `beside` zeros on both sides and rows of zeros outside.
void fill_rows(const float* example, int64_t first, int64_t count, int64_t rows, int64_t length, int64_t beside, float* to)
{
    for (int64_t y = first; y < first + count; y++, to += length + 2 * beside) {
        if (y < 0 || y >= rows) {
            std::fill_n(to, length + 2 * beside, 0.0f);
            continue;
        }
        std::fill_n(to, beside, 0.0f);
        std::copy_n(example + y * length, length, to + beside);
        std::fill_n(to + beside + length, beside, 0.0f);
    }
}

// Weights (out, in, high, wide) as the kernels read them. Turned: for the walk back, where output channels come in and the kernel is
// read from its end; `inputs` channels come in then, of which those beyond the weights' have zeros.
at::Tensor pack(const at::Tensor& weight, bool turned, int64_t inputs)
{
    const int64_t width = kt::convolution_kernels().width;
    auto ordered = turned ? weight.flip({2, 3}).permute({2, 3, 0, 1}) : weight.permute({2, 3, 1, 0});
    const int64_t high = weight.size(2), wide = weight.size(3), outputs = ordered.size(3), filled = whole(outputs, width);
    auto all = at::zeros({high, wide, inputs, filled}, weight.options().memory_format(at::MemoryFormat::Contiguous));
    all.narrow(2, 0, ordered.size(2)).narrow(3, 0, outputs).copy_(ordered);
    all = all.view({high * wide * inputs, filled});
    std::vector<at::Tensor> blocks;
    for (int64_t o = 0; o < filled; o += 2 * width) blocks.push_back(all.narrow(1, o, std::min(2 * width, filled - o)).flatten());
    return at::cat(blocks);
}

at::Tensor filled_up(const at::Tensor& bias, const Sizes& s, const at::TensorOptions& options)
{
    auto result = at::zeros({s.filled}, options);
    if (bias.numel() > 0) result.narrow(0, 0, s.out).copy_(bias);
    return result;
}

// Convolution, ReLU and maxima. `index` may be undefined. With `sums` (task, 2, channel) the moments of the convolution's output.
void convolve(const Sizes& s, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, bool relu, const at::Tensor& output,
              const at::Tensor& index, at::Tensor* sums)
{
    const auto& kernels = kt::convolution_kernels();
    const auto packed = pack(weight, false, s.in), shift = filled_up(bias, s, x.options());
    const int64_t beside = s.wide / 2 * s.in, row = s.columns * s.in + 2 * beside, length = s.wide * s.in;
    const int64_t band = s.band(row), bands = (s.pooled_rows * s.window_high + band - 1) / band, tasks = s.batch * bands;
    const int64_t columns = std::max<int64_t>(1, kColumns / s.window_wide), tile = columns * s.window_wide * s.filled;
    const int64_t threads = threads_for(tasks);
    const int64_t held = (band + s.high - 1) * row;
    const auto scratch = at::empty({threads, held + s.window_high * tile}, x.options());
    if (sums != nullptr) *sums = at::zeros({tasks, 2, s.filled}, x.options());
    const float *from = x.data_ptr<float>(), *w = packed.data_ptr<float>(), *b = shift.data_ptr<float>();
    float *to = output.data_ptr<float>(), *own = scratch.data_ptr<float>(), *moments = sums != nullptr ? sums->data_ptr<float>() : nullptr;
    uint8_t* places = index.defined() ? index.data_ptr<uint8_t>() : nullptr;

    for_tasks(tasks, threads, [&](int64_t task, int64_t thread) {
        const int64_t example = task / bands, first = task % bands * band;
        const int64_t last = std::min(first + band, s.pooled_rows * s.window_high);
        float *held_rows = own + thread * scratch.stride(0), *tiles = held_rows + held;
        fill_rows(from + example * s.rows * s.columns * s.in, first - s.high / 2, last - first + s.high - 1, s.rows, s.columns * s.in, beside,
                  held_rows);
        for (int64_t y = first; y < last; y += s.window_high)
            for (int64_t i = 0; i < s.pooled_columns; i += columns) {
                const int64_t windows = std::min(columns, s.pooled_columns - i), count = windows * s.window_wide;
                for (int64_t j = 0; j < s.window_high; j++)
                    kernels.rows(held_rows + (y - first + j) * row + i * s.window_wide * s.in, row, s.in, s.high, length, w, b, s.filled,
                                 tiles + j * tile, count);
                const int64_t place = ((example * s.pooled_rows + y / s.window_high) * s.pooled_columns + i) * s.out;
                kernels.pool({tiles, tile, s.filled, nullptr, nullptr, s.out, s.window_high, s.window_wide, windows, relu}, to + place,
                             places != nullptr ? places + place : nullptr);
                if (moments != nullptr)
                    kernels.moments(tiles, s.filled, s.filled, count, moments + task * 2 * s.filled, moments + (task * 2 + 1) * s.filled);
            }
    });
}

// Normalisation, ReLU and maxima of a convolution's output.
void normalize(const Sizes& s, const at::Tensor& values, const at::Tensor& scale, const at::Tensor& shift, bool relu,
               const at::Tensor& output, const at::Tensor& index)
{
    const float *from = values.data_ptr<float>(), *a = scale.data_ptr<float>(), *b = shift.data_ptr<float>();
    float* to = output.data_ptr<float>();
    uint8_t* places = index.defined() ? index.data_ptr<uint8_t>() : nullptr;
    at::parallel_for(0, s.batch * s.pooled_rows, 4, [&](int64_t first, int64_t last) {
        for (int64_t i = first; i < last; i++) {
            const int64_t y = i / s.pooled_rows * s.rows + i % s.pooled_rows * s.window_high, place = i * s.pooled_columns * s.out;
            kt::convolution_kernels().pool({from + y * s.columns * s.out, s.columns * s.out, s.out, a, b, s.out, s.window_high,
                                            s.window_wide, s.pooled_columns, relu},
                                           to + place, places != nullptr ? places + place : nullptr);
        }
    });
}

// What every row of the convolution's output receives on the way back.
struct Incoming {
    const Sizes& s;
    const at::Tensor& grad;  // channels lie together; rows, columns may be one and the same
    const uint8_t* index;
    const float *values, *factor, *slope, *offset;

    kt::Spread row(int64_t example, int64_t y) const
    {
        const int64_t window = y / s.window_high, place = (example * s.pooled_rows + window) * s.pooled_columns * s.out;
        const bool inside = window < s.pooled_rows;
        return {inside ? grad.data_ptr<float>() + example * grad.stride(0) + window * grad.stride(2) : nullptr,
                index != nullptr ? index + place : nullptr,
                values != nullptr ? values + (example * s.rows + y) * s.columns * s.out : nullptr,
                factor, slope, offset, s.out, s.window_wide, s.pooled_columns, s.columns, y % s.window_high * s.window_wide, s.filled, grad.stride(3)};
    }
};

// Over the batch, the sum of each channel's gradients that pass and of gradient times value, as Float64 (2, channel).
at::Tensor sum_incoming(const Incoming& incoming)
{
    const Sizes& s = incoming.s;
    const auto partial = at::zeros({s.batch, 2, s.out}, at::kFloat);
    float* sums = partial.data_ptr<float>();
    for_tasks(s.batch, threads_for(s.batch), [&](int64_t example, int64_t) {
        float *sum = sums + example * 2 * s.out, *product = sum + s.out;
        for (int64_t y = 0; y < s.pooled_rows * s.window_high; y++) kt::convolution_kernels().sums(incoming.row(example, y), sum, product);
    });
    return partial.to(at::kDouble).sum(0);
}

// The gradients of input (where `to_input` is defined) and weight, and without normalisation that of the bias.
std::pair<at::Tensor, at::Tensor> walk_back(const Incoming& incoming, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& to_input)
{
    const Sizes& s = incoming.s;
    const auto& kernels = kt::convolution_kernels();
    const bool wants_input = to_input.defined();
    const int64_t in_filled = whole(s.in, s.width);
    const auto packed = wants_input ? pack(weight, true, s.filled) : at::Tensor(), none = at::zeros({in_filled}, x.options());
    const int64_t beside = s.wide / 2 * s.in, row = s.columns * s.in + 2 * beside, length = s.wide * s.in;
    const int64_t margin = s.wide / 2 * s.filled, grad_row = s.columns * s.filled + 2 * margin, above = s.high / 2;
    const int64_t band = s.band(row + grad_row), held = (band + s.high - 1) * row, grads_held = (band + s.high - 1) * grad_row;
    const int64_t part = (s.batch + kParts - 1) / kParts, tasks = (s.batch + part - 1) / part, threads = threads_for(tasks);
    const auto scratch = at::empty({threads, held + grads_held + kColumns * in_filled}, x.options());
    const auto partial = at::zeros({tasks, s.high * length, s.filled}, x.options()), bias_partial = at::zeros({tasks, 2, s.out}, x.options());
    const float *from = x.data_ptr<float>(), *w = wants_input ? packed.data_ptr<float>() : nullptr, *zeros = none.data_ptr<float>();
    float *own = scratch.data_ptr<float>(), *to_weights = partial.data_ptr<float>(), *to = wants_input ? to_input.data_ptr<float>() : nullptr;

    for_tasks(tasks, threads, [&](int64_t task, int64_t thread) {
        float *held_rows = own + thread * scratch.stride(0), *grads = held_rows + held, *tile = grads + grads_held;
        std::fill_n(grads, grads_held, 0.0f);
        float *result = to_weights + task * partial.stride(0), *to_bias = bias_partial.data_ptr<float>() + task * 2 * s.out;
        for (int64_t example = task * part; example < std::min((task + 1) * part, s.batch); example++)
            for (int64_t first = 0; first < s.rows; first += band) {
                const int64_t last = std::min(first + band, s.rows);
                fill_rows(from + example * s.rows * s.columns * s.in, first - above, last - first + s.high - 1, s.rows, s.columns * s.in, beside,
                          held_rows);
                for (int64_t y = wants_input ? first - above : first; y < (wants_input ? last + above : last); y++) {
                    float* grad = grads + (y - first + above) * grad_row + margin;
                    if (y >= 0 && y < s.rows) kernels.spread(incoming.row(example, y), grad);
                    else std::fill_n(grad, s.columns * s.filled, 0.0f);
                }
                for (int64_t y = first; y < last && incoming.values == nullptr; y += s.window_high)
                    if (y < s.pooled_rows * s.window_high) kernels.sums(incoming.row(example, y), to_bias, to_bias + s.out);
                for (int64_t y = first; y < last; y++)
                    for (int64_t j = 0; j < s.high; j++)
                        kernels.weights(held_rows + (y - first + j) * row, s.in, length, grads + (y - first + above) * grad_row + margin,
                                        s.filled, result + j * length * s.filled, s.columns);
                if (!wants_input) continue;
                for (int64_t y = first; y < last; y++)
                    for (int64_t i = 0; i < s.columns; i += kColumns) {
                        const int64_t count = std::min(kColumns, s.columns - i);
                        kernels.rows(grads + (y - first) * grad_row + i * s.filled, grad_row, s.filled, s.high, s.wide * s.filled, w, zeros,
                                     in_filled, tile, count);
                        kernels.pool({tile, 0, in_filled, nullptr, nullptr, s.in, 1, 1, count, false},
                                     to + ((example * s.rows + y) * s.columns + i) * s.in, nullptr);
                    }
            }
    });
    return {partial.sum(0).view({s.high, s.wide, s.in, s.filled}).narrow(3, 0, s.out).permute({3, 2, 0, 1}).contiguous(),
            bias_partial.sum(0)[0]};
}

// Arguments: x (batch, in, row, column) with channels together, weights, an empty tensor for what there is not; running statistics are
// moved here. Result: (batch, out, pooled row, pooled column) with channels together.
struct Block : torch::autograd::Function<Block> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                              const at::Tensor& norm_weight, const at::Tensor& norm_bias, const at::Tensor& mean, const at::Tensor& variance,
                              const kt::BlockOptions* options)
    {
        const Sizes s(x, weight, options->pool[0], options->pool[1]);
        const bool normalizes = norm_weight.numel() > 0, has_places = options->records && (options->relu || s.window_high * s.window_wide > 1);
        auto output = at::empty({s.batch, s.out, s.pooled_rows, s.pooled_columns}, x.options().memory_format(kTogether));
        const auto index = has_places ? at::empty(output.sizes(), x.options().dtype(at::kByte).memory_format(kTogether)) : at::Tensor();
        at::Tensor values, scale, center;
        if (!normalizes) convolve(s, x, weight, bias, options->relu, output, index, nullptr);
        else {
            const Sizes all(x, weight, 1, 1);
            values = at::empty({s.batch, s.out, s.rows, s.columns}, x.options().memory_format(kTogether));
            at::Tensor sums;
            convolve(all, x, weight, at::empty({0}, x.options()), false, values, at::Tensor(), &sums);
            const auto count = static_cast<double>(s.batch * s.rows * s.columns);
            const auto moments = sums.to(at::kDouble).sum(0).narrow(1, 0, s.out) / count;
            center = moments[0];
            const auto spread = (moments[1] - center * center).clamp_min(0);
            scale = (spread + options->epsilon).rsqrt();
            move(mean, bias.numel() > 0 ? center + bias : center, options->momentum);
            move(variance, spread * (count / (count - 1)), options->momentum);
            const auto factor = norm_weight * scale;
            normalize(s, values, factor.to(at::kFloat), (norm_bias - factor * center).to(at::kFloat), options->relu, output, index);
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
        const at::Tensor &x = saved[0], &weight = saved[1], &norm_weight = saved[2], &index = saved[3], &values = saved[4], &scale = saved[5],
                         &center = saved[6];
        const auto pool = context->saved_data["pool"].toIntVector();
        const Sizes s(x, weight, pool[0], pool[1]);
        const auto grad = grads[0].stride(1) == 1 ? grads[0] : grads[0].contiguous(kTogether);
        const bool normalizes = values.defined(), has_bias = context->saved_data["bias"].toBool();
        Incoming incoming{s, grad, index.defined() ? index.data_ptr<uint8_t>() : nullptr,
                          normalizes ? values.data_ptr<float>() : nullptr, nullptr, nullptr, nullptr};
        variable_list result(8);
        at::Tensor factor, slope, offset;
        if (normalizes) {
            const auto count = static_cast<double>(s.batch * s.rows * s.columns);
            const auto sums = sum_incoming(incoming);
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
        if (context->needs_input_grad(0)) result[0] = at::empty(x.sizes(), x.options().memory_format(kTogether));
        at::Tensor to_bias;
        std::tie(result[1], to_bias) = walk_back(incoming, x, weight, result[0]);
        // Normalisation takes the mean away and the bias with it.
        if (has_bias) result[2] = normalizes ? at::zeros({s.out}, x.options()) : to_bias;
        return result;
    }
};

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
                             const Optional<at::Tensor>& norm_weight, const Optional<at::Tensor>& norm_bias, const Optional<at::Tensor>& mean,
                             const Optional<at::Tensor>& variance, BlockOptions options)
{
    const auto given = [](const Optional<at::Tensor>& tensor) { return tensor.has_value() ? *tensor : at::Tensor(); };
    const at::Tensor others[] = {weight, given(bias), given(norm_weight), given(norm_bias), given(mean), given(variance)};
    const bool normalizes = others[2].defined();
    options.records = c10::GradMode::is_enabled()
        && (input.requires_grad() || std::any_of(std::begin(others), std::end(others), [](const at::Tensor& t) { return t.defined() && t.requires_grad(); }));
    const bool running = normalizes && !options.training;
    if ((running && options.records) || !can_be_fused(input, others, weight, options)) {
        auto x = at::conv2d(input, weight, bias, 1, options.padding);
        if (normalizes) x = at::batch_norm(x, norm_weight, norm_bias, mean, variance, options.training, options.momentum, options.epsilon, false);
        if (options.relu) x.relu_();
        return options.pool[0] * options.pool[1] > 1 ? at::max_pool2d(x, options.pool, options.pool) : x;
    }

    const auto none = at::empty({0}, input.options());
    const auto or_none = [&](const at::Tensor& tensor) { return tensor.defined() ? tensor : none; };
    const auto x = input.contiguous(kTogether);
    if (running) {  // the running statistics are a part of weight and bias
        const auto scale = others[2] * (others[5] + options.epsilon).rsqrt();
        const auto shift = others[3] - (others[1].defined() ? others[4] - others[1] : others[4]) * scale;
        return Block::apply(x, weight * scale.view({-1, 1, 1, 1}), shift, none, none, none, none, &options);
    }
    return Block::apply(x, weight, or_none(others[1]), or_none(others[2]), or_none(others[3]), or_none(others[4]), or_none(others[5]), &options);
}

}  // namespace kt
