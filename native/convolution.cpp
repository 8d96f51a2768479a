// The passes of a convolution block over a batch: a few rows of one example go through convolution, ReLU and maxima while they are in the
// cache, and back.
//
// Work is cut into tasks that do not depend on the number of threads, and their sums are added in order: any number of threads gives
// the same bits.
#include "convolution.h"

#include <atomic>

namespace kt {

namespace {

constexpr int64_t kParts = 16;            // at most so many parts of a batch gather weight gradients of their own,
constexpr int64_t kPartBytes = 32 << 20;  // fewer, but at least four, where those would be larger together
constexpr int64_t kScratch = 320 << 10;   // bytes of rows a task aims to hold, so that they stay in the cache

using Sizes = ConvolutionSizes;

int64_t whole(int64_t count, int64_t multiple) { return (count + multiple - 1) / multiple * multiple; }

int64_t threads_for(int64_t tasks) { return std::max<int64_t>(1, std::min<int64_t>(at::get_num_threads(), tasks)); }

// Runs work(task, thread) for every task; a thread takes the next one when it is done.
template <class Work> void for_tasks(int64_t tasks, int64_t threads, const Work& work)
{
    std::atomic<int64_t> next{0};
    at::parallel_for(0, threads, 1, [&](int64_t from, int64_t to) {
        for (int64_t thread = from; thread < to; thread++)
            for (int64_t task = next++; task < tasks; task = next++) work(task, thread);
    });
}

// Rows of an example as a convolution reads them: with zeros around it.
struct Padded {
    Padded(const at::Tensor& x, const Sizes& s)
        : data(x.data_ptr<float>()), rows(s.rows), inner(s.columns * s.in), beside(s.wide / 2 * s.in), row(inner + 2 * beside)
    {
    }

    // Rows first .. first + count, (row, column, channel).
    void fill(int64_t example, int64_t first, int64_t count, float* to) const
    {
        for (int64_t y = first; y < first + count; y++, to += row) {
            if (y < 0 || y >= rows) {
                std::fill_n(to, row, 0.0f);
                continue;
            }
            std::fill_n(to, beside, 0.0f);
            std::copy_n(data + (example * rows + y) * inner, inner, to + beside);
            std::fill_n(to + beside + inner, beside, 0.0f);
        }
    }

    const float* data;
    int64_t rows, inner, beside, row;
};

// Weights (out, in, high, wide) as the kernels read them. Turned: for the walk back, where output channels come in and the kernel is
// read from its end; `inputs` channels come in then, of which those beyond the weights' have zeros.
at::Tensor pack(const at::Tensor& weight, bool turned, int64_t inputs)
{
    const int64_t width = convolution_kernels().width;
    const auto ordered = turned ? weight.flip({2, 3}).permute({2, 3, 0, 1}) : weight.permute({2, 3, 1, 0});
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

// One thread's part of the walk back.
struct Walk {
    // Rows first .. last of an example: their gradients, and those of the rows that the input's gradient needs around them.
    void take(int64_t example, int64_t first, int64_t last, bool around)
    {
        const Sizes& s = incoming.s;
        const int64_t margin = around ? above : 0;
        for (int64_t y = first - margin; y < last + margin; y++) {
            float* to = grads + (y - first + above) * grad_row + beside;
            if (y >= 0 && y < s.rows) kernels.spread(incoming.row(example, y), to);
            else std::fill_n(to, s.columns * s.filled, 0.0f);
        }
    }

    void add_bias(int64_t example, int64_t first, int64_t last, float* sums)
    {
        const Sizes& s = incoming.s;
        for (int64_t y = first; y < std::min(last, s.pooled_rows * s.window_high); y += s.window_high)
            kernels.sums(incoming.row(example, y), sums, sums + s.out);
    }

    void add_weights(int64_t count, float* sums)
    {
        const Sizes& s = incoming.s;
        const int64_t length = s.wide * s.in;
        for (int64_t y = 0; y < count; y++)
            for (int64_t j = 0; j < s.high; j++)
                kernels.weights(inputs + (y + j) * input_row, s.in, length, grads + (y + above) * grad_row + beside, s.filled,
                                sums + j * length * s.filled, s.columns);
    }

    // The input's gradient is a convolution of the output's, with the kernel turned.
    void to_input(int64_t count, const float* weights, const float* zeros, int64_t channels, float* to)
    {
        const Sizes& s = incoming.s;
        for (int64_t y = 0; y < count; y++)
            for (int64_t i = 0; i < s.columns; i += kColumns) {
                const int64_t columns = std::min(kColumns, s.columns - i);
                kernels.rows(grads + y * grad_row + i * s.filled, grad_row, s.filled, s.high, s.wide * s.filled, weights, zeros, channels,
                             tile, columns);
                kernels.pool({tile, 0, channels, nullptr, nullptr, s.in, 1, 1, columns, false}, to + (y * s.columns + i) * s.in, nullptr);
            }
    }

    const Incoming& incoming;
    const ConvolutionKernels& kernels;
    int64_t above, beside, input_row, grad_row;  // rows and floats of zeros around the gradients, floats of a row
    float *inputs, *grads, *tile;
};

}  // namespace

Sizes::ConvolutionSizes(const at::Tensor& x, const at::Tensor& weight, int64_t window_height, int64_t window_width)
    : width(convolution_kernels().width), batch(x.size(0)), in(x.size(1)), rows(x.size(2)), columns(x.size(3)), out(weight.size(0)),
      filled(whole(out, width)), high(weight.size(2)), wide(weight.size(3)), window_high(window_height), window_wide(window_width),
      pooled_rows(rows / window_height), pooled_columns(columns / window_width)
{
}

int64_t Sizes::band(int64_t floats) const
{
    const int64_t fit = kScratch / (4 * floats) / window_high * window_high;
    return std::max(window_high, std::min(fit, whole(rows, window_high)));
}

Spread Incoming::row(int64_t example, int64_t y) const
{
    const int64_t window = y / s.window_high, place = (example * s.pooled_rows + window) * s.pooled_columns * s.out;
    const float* gradients = grad.data_ptr<float>() + example * grad.stride(0) + window * grad.stride(2);
    return {window < s.pooled_rows ? gradients : nullptr,
            index != nullptr ? index + place : nullptr,
            values != nullptr ? values + (example * s.rows + y) * s.columns * s.out : nullptr,
            factor, slope, offset, s.out, s.window_wide, s.pooled_columns, s.columns,
            y % s.window_high * s.window_wide, s.filled, grad.stride(3)};
}

void convolve(const Sizes& s, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, bool relu, const at::Tensor& output,
              const at::Tensor& index, at::Tensor* moments)
{
    const auto& kernels = convolution_kernels();
    const Padded input(x, s);
    const auto packed = pack(weight, false, s.in), shift = filled_up(bias, s, x.options());
    const int64_t rows = s.pooled_rows * s.window_high, band = s.band(input.row), bands = (rows + band - 1) / band;
    const int64_t tasks = s.batch * bands;
    const int64_t columns = std::max<int64_t>(1, kColumns / s.window_wide), tile = columns * s.window_wide * s.filled;
    const int64_t threads = threads_for(tasks), held = (band + s.high - 1) * input.row;
    const auto scratch = at::empty({threads, held + s.window_high * tile}, x.options());
    const auto sums = at::zeros({moments != nullptr ? tasks : 0, 2, s.filled}, x.options());
    const float *w = packed.data_ptr<float>(), *b = shift.data_ptr<float>();
    float *to = output.data_ptr<float>(), *own = scratch.data_ptr<float>(), *own_sums = sums.data_ptr<float>();
    uint8_t* places = index.defined() ? index.data_ptr<uint8_t>() : nullptr;

    for_tasks(tasks, threads, [&](int64_t task, int64_t thread) {
        const int64_t example = task / bands, first = task % bands * band, last = std::min(first + band, rows);
        float *held_rows = own + thread * scratch.stride(0), *tiles = held_rows + held, *sum = own_sums + task * 2 * s.filled;
        input.fill(example, first - s.high / 2, last - first + s.high - 1, held_rows);
        for (int64_t y = first; y < last; y += s.window_high)
            for (int64_t i = 0; i < s.pooled_columns; i += columns) {
                const int64_t windows = std::min(columns, s.pooled_columns - i), count = windows * s.window_wide;
                for (int64_t j = 0; j < s.window_high; j++)
                    kernels.rows(held_rows + (y - first + j) * input.row + i * s.window_wide * s.in, input.row, s.in, s.high, s.wide * s.in,
                                 w, b, s.filled, tiles + j * tile, count);
                const int64_t place = ((example * s.pooled_rows + y / s.window_high) * s.pooled_columns + i) * s.out;
                kernels.pool({tiles, tile, s.filled, nullptr, nullptr, s.out, s.window_high, s.window_wide, windows, relu}, to + place,
                             places != nullptr ? places + place : nullptr);
                if (moments != nullptr) kernels.moments(tiles, s.filled, s.filled, count, sum, sum + s.filled);
            }
    });
    if (moments != nullptr) *moments = sums.to(at::kDouble).sum(0).narrow(1, 0, s.out);
}

void normalize(const Sizes& s, const at::Tensor& values, const at::Tensor& scale, const at::Tensor& shift, bool relu,
               const at::Tensor& output, const at::Tensor& index)
{
    const float *from = values.data_ptr<float>(), *a = scale.data_ptr<float>(), *b = shift.data_ptr<float>();
    float* to = output.data_ptr<float>();
    uint8_t* places = index.defined() ? index.data_ptr<uint8_t>() : nullptr;
    const int64_t tasks = s.batch * s.pooled_rows;
    for_tasks(tasks, threads_for(tasks), [&](int64_t task, int64_t) {
        const int64_t y = task / s.pooled_rows * s.rows + task % s.pooled_rows * s.window_high, place = task * s.pooled_columns * s.out;
        convolution_kernels().pool({from + y * s.columns * s.out, s.columns * s.out, s.out, a, b, s.out, s.window_high, s.window_wide,
                                    s.pooled_columns, relu},
                                   to + place, places != nullptr ? places + place : nullptr);
    });
}

at::Tensor sum_incoming(const Incoming& incoming)
{
    const Sizes& s = incoming.s;
    const auto partial = at::zeros({s.batch, 2, s.out}, at::kFloat);
    float* sums = partial.data_ptr<float>();
    for_tasks(s.batch, threads_for(s.batch), [&](int64_t example, int64_t) {
        float *sum = sums + example * 2 * s.out, *product = sum + s.out;
        for (int64_t y = 0; y < s.pooled_rows * s.window_high; y++) convolution_kernels().sums(incoming.row(example, y), sum, product);
    });
    return partial.to(at::kDouble).sum(0);
}

ConvolutionGradients walk_back(const Incoming& incoming, const at::Tensor& x, const at::Tensor& weight, bool wants_input,
                               bool wants_weight)
{
    const Sizes& s = incoming.s;
    const Padded input(x, s);
    const int64_t in_filled = whole(s.in, s.width), beside = s.wide / 2 * s.filled, grad_row = s.columns * s.filled + 2 * beside;
    const int64_t band = s.band(input.row + grad_row), held = (band + s.high - 1) * input.row, grads_held = (band + s.high - 1) * grad_row;
    const int64_t weights = s.high * s.wide * s.in * s.filled, parts = std::max<int64_t>(4, std::min(kParts, kPartBytes / (4 * weights)));
    const int64_t part = (s.batch + parts - 1) / parts, tasks = (s.batch + part - 1) / part, threads = threads_for(tasks);
    const auto packed = wants_input ? pack(weight, true, s.filled) : at::Tensor(), none = at::zeros({in_filled}, x.options());
    const auto scratch = at::empty({threads, held + grads_held + kColumns * in_filled}, x.options());
    const auto weight_sums = at::zeros({tasks, weights}, x.options()), bias_sums = at::zeros({tasks, 2, s.out}, x.options());
    const auto to_input = wants_input ? at::empty(x.sizes(), x.options().memory_format(kTogether)) : at::Tensor();
    float *own = scratch.data_ptr<float>(), *own_weights = weight_sums.data_ptr<float>(), *own_bias = bias_sums.data_ptr<float>();

    for_tasks(tasks, threads, [&](int64_t task, int64_t thread) {
        float *inputs = own + thread * scratch.stride(0), *grads = inputs + held;
        Walk walk{incoming, convolution_kernels(), s.high / 2, beside, input.row, grad_row, inputs, grads, grads + grads_held};
        std::fill_n(grads, grads_held, 0.0f);
        for (int64_t example = task * part; example < std::min((task + 1) * part, s.batch); example++)
            for (int64_t first = 0; first < s.rows; first += band) {
                const int64_t last = std::min(first + band, s.rows);
                walk.take(example, first, last, wants_input);
                if (incoming.values == nullptr) walk.add_bias(example, first, last, own_bias + task * 2 * s.out);
                if (wants_weight) {
                    input.fill(example, first - s.high / 2, last - first + s.high - 1, inputs);
                    walk.add_weights(last - first, own_weights + task * weights);
                }
                if (wants_input)
                    walk.to_input(last - first, packed.data_ptr<float>(), none.data_ptr<float>(), in_filled,
                                  to_input.data_ptr<float>() + (example * s.rows + first) * s.columns * s.in);
            }
    });
    const auto to_weight = weight_sums.sum(0).view({s.high, s.wide, s.in, s.filled}).narrow(3, 0, s.out).permute({3, 2, 0, 1}).contiguous();
    return {to_input, to_weight, bias_sums.sum(0)[0]};
}

}  // namespace kt
