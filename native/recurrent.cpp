// Recurrent layers. LibTorch builds them on a CPU from a dozen small operations per time step, each with a node of history. Here a
// layer is one node: the input's part of all gates is one matrix product, the walk back gathers the weights' gradients of all steps in
// one product each, and in between every thread takes some rows of the batch through all time steps, without meeting the others.
//
// Rows of the gates are those of LibTorch: reset, update, new (GRU); input, forget, cell, output (LSTM). Shapes inside are
// (time, batch, ...). In-between values: `gates` holds the gates after their activation, `hidden` the state's part of GRU's new gate.
#include "internal.h"
#include "loops.h"

#include <torch/csrc/autograd/custom_function.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

using kt::Cell;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kRows = 8;  // rows of a batch that one thread takes at least

int64_t gates_of(Cell cell) { return cell == Cell::lstm ? 4 : cell == Cell::gru ? 3 : 1; }

// ---- one row forwards; n is the state's size

KT_CLONES void plain_row(float* __restrict gate, float* __restrict state, int64_t n, bool relu)
{
    if (relu)
        for (int64_t i = 0; i < n; i++) state[i] = gate[i] = gate[i] > 0 ? gate[i] : 0;
    else
        for (int64_t i = 0; i < n; i++) state[i] = gate[i] = kt::hyperbolic_tangent(gate[i]);
}

KT_CLONES void gru_row(float* __restrict gate, float* __restrict hidden, const float* __restrict part, const float* __restrict before,
                       float* __restrict state, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const float r = kt::sigmoid(gate[i] + part[i]), z = kt::sigmoid(gate[n + i] + part[n + i]);
        const float h = part[2 * n + i], c = kt::hyperbolic_tangent(gate[2 * n + i] + r * h);
        gate[i] = r;
        gate[n + i] = z;
        gate[2 * n + i] = c;
        hidden[i] = h;
        state[i] = c + z * (before[i] - c);
    }
}

KT_CLONES void lstm_row(float* __restrict gate, const float* __restrict before, float* __restrict cell, float* __restrict state, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const float in = kt::sigmoid(gate[i]), forget = kt::sigmoid(gate[n + i]);
        const float candidate = kt::hyperbolic_tangent(gate[2 * n + i]), out = kt::sigmoid(gate[3 * n + i]);
        gate[i] = in;
        gate[n + i] = forget;
        gate[2 * n + i] = candidate;
        gate[3 * n + i] = out;
        cell[i] = forget * before[i] + in * candidate;
        state[i] = out * kt::hyperbolic_tangent(cell[i]);
    }
}

// ---- one row backwards; `grad` is the state's gradient and becomes what goes straight to the state before

KT_CLONES void plain_row_back(const float* __restrict gate, float* __restrict to_gate, const float* __restrict grad, int64_t n, bool relu)
{
    if (relu)
        for (int64_t i = 0; i < n; i++) to_gate[i] = gate[i] > 0 ? grad[i] : 0;
    else
        for (int64_t i = 0; i < n; i++) to_gate[i] = grad[i] * (1 - gate[i] * gate[i]);
}

KT_CLONES void gru_row_back(const float* __restrict gate, const float* __restrict hidden, const float* __restrict before,
                            float* __restrict to_gate, float* __restrict to_part, float* __restrict grad, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const float r = gate[i], z = gate[n + i], c = gate[2 * n + i], g = grad[i];
        const float dc = g * (1 - z) * (1 - c * c);
        const float dz = g * (before[i] - c) * z * (1 - z);
        const float dr = dc * hidden[i] * r * (1 - r);
        to_gate[i] = to_part[i] = dr;
        to_gate[n + i] = to_part[n + i] = dz;
        to_gate[2 * n + i] = dc;
        to_part[2 * n + i] = dc * r;
        grad[i] = g * z;
    }
}

KT_CLONES void lstm_row_back(const float* __restrict gate, const float* __restrict before, const float* __restrict cell,
                             float* __restrict to_gate, const float* __restrict grad, float* __restrict cell_grad, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const float in = gate[i], forget = gate[n + i], candidate = gate[2 * n + i], out = gate[3 * n + i];
        const float t = kt::hyperbolic_tangent(cell[i]);
        const float dc = cell_grad[i] + grad[i] * out * (1 - t * t);
        to_gate[i] = dc * candidate * in * (1 - in);
        to_gate[n + i] = dc * before[i] * forget * (1 - forget);
        to_gate[2 * n + i] = dc * in * (1 - candidate * candidate);
        to_gate[3 * n + i] = grad[i] * t * out * (1 - out);
        cell_grad[i] = dc * forget;
    }
}

// ---- small matrix products

// c (count, n) += a (count, inner) b (inner, n), all row-major without gaps, from column `first` on.
KT_CLONES void add_product_plainly(const float* a, const float* b, float* c, int64_t count, int64_t inner, int64_t n, int64_t first)
{
    for (int64_t i = 0; i < count; i++)
        for (int64_t k = 0; k < inner; k++) {
            const float factor = a[i * inner + k];
            for (int64_t j = first; j < n; j++) c[i * n + j] += factor * b[k * n + j];
        }
}

#if defined(__x86_64__) && defined(__GNUC__)
#define KT_AVX2 __attribute__((target("avx2,fma")))

// M rows and sixteen columns at a time, kept in registers.
template <int M> KT_AVX2 void add_block(const float* a, const float* b, float* c, int64_t inner, int64_t n)
{
    __m256 left[M], right[M];
#pragma GCC unroll 8
    for (int r = 0; r < M; r++) {
        left[r] = _mm256_loadu_ps(c + r * n);
        right[r] = _mm256_loadu_ps(c + r * n + 8);
    }
    for (int64_t k = 0; k < inner; k++) {
        const __m256 b0 = _mm256_loadu_ps(b + k * n), b1 = _mm256_loadu_ps(b + k * n + 8);
#pragma GCC unroll 8
        for (int r = 0; r < M; r++) {
            const __m256 factor = _mm256_broadcast_ss(a + r * inner + k);
            left[r] = _mm256_fmadd_ps(factor, b0, left[r]);
            right[r] = _mm256_fmadd_ps(factor, b1, right[r]);
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < M; r++) {
        _mm256_storeu_ps(c + r * n, left[r]);
        _mm256_storeu_ps(c + r * n + 8, right[r]);
    }
}

void add_product(const float* a, const float* b, float* c, int64_t count, int64_t inner, int64_t n)
{
    static const bool has_vectors = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    int64_t j = 0;
    for (; has_vectors && j + 16 <= n; j += 16) {
        int64_t i = 0;
        for (; i + 4 <= count; i += 4) add_block<4>(a + i * inner, b + j, c + i * n + j, inner, n);
        for (; i < count; i++) add_block<1>(a + i * inner, b + j, c + i * n + j, inner, n);
    }
    if (j < n) add_product_plainly(a, b, c, count, inner, n, j);
}
#else
void add_product(const float* a, const float* b, float* c, int64_t count, int64_t inner, int64_t n)
{
    add_product_plainly(a, b, c, count, inner, n, 0);
}
#endif

float* at_step(const at::Tensor& tensor, int64_t step) { return tensor.data_ptr<float>() + step * tensor.stride(0); }

// One layer in one direction. Arguments: x (time, batch, in), h0 and c0 (batch, n), weights; an empty tensor stands for what a layer
// does not have. Results: output (time, batch, n), last state and, for LSTM, last cell.
struct Layer : torch::autograd::Function<Layer> {
    static variable_list forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& h0, const at::Tensor& c0,
                                 const at::Tensor& w_in, const at::Tensor& w_state, const at::Tensor& b_in, const at::Tensor& b_state,
                                 int64_t cell_number)
    {
        const auto cell = static_cast<Cell>(cell_number);
        const int64_t steps = x.size(0), batch = x.size(1), n = w_state.size(1), width = gates_of(cell) * n;
        const bool is_gru = cell == Cell::gru, is_lstm = cell == Cell::lstm;

        // GRU's second bias stays with the state's part; elsewhere both biases are added at once.
        const bool biases = b_in.numel() > 0;
        const auto bias = biases ? (is_gru ? b_in : b_in + b_state) : at::Tensor();
        const auto flat = x.reshape({steps * batch, x.size(2)});
        auto gates = (bias.defined() ? at::addmm(bias, flat, w_in.t()) : at::mm(flat, w_in.t())).view({steps, batch, width});
        auto states = at::empty({steps + 1, batch, n}, x.options());
        states.select(0, 0).copy_(h0);
        auto cells = is_lstm ? at::empty({steps + 1, batch, n}, x.options()) : at::Tensor();
        if (is_lstm) cells.select(0, 0).copy_(c0);
        auto hidden = is_gru ? at::empty({steps, batch, n}, x.options()) : at::Tensor();
        const auto turned = w_state.t().contiguous();
        const auto state_bias = is_gru ? (biases ? b_state.contiguous() : at::zeros({width}, x.options())) : at::Tensor();

        at::parallel_for(0, batch, kRows, [&](int64_t from, int64_t to) {
            const int64_t count = to - from;
            std::vector<float> part(is_gru ? count * width : 0);
            for (int64_t t = 0; t < steps; t++) {
                float *gate = at_step(gates, t) + from * width, *before = at_step(states, t) + from * n, *after = at_step(states, t + 1) + from * n;
                if (is_gru)
                    for (int64_t i = 0; i < count; i++) std::copy_n(state_bias.data_ptr<float>(), width, part.data() + i * width);
                add_product(before, turned.data_ptr<float>(), is_gru ? part.data() : gate, count, n, width);
                for (int64_t i = 0; i < count; i++) {
                    float *g = gate + i * width, *b = before + i * n, *a = after + i * n;
                    if (is_gru) gru_row(g, at_step(hidden, t) + (from + i) * n, part.data() + i * width, b, a, n);
                    else if (is_lstm) lstm_row(g, at_step(cells, t) + (from + i) * n, at_step(cells, t + 1) + (from + i) * n, a, n);
                    else plain_row(g, a, n, cell == Cell::relu);
                }
            }
        });

        context->save_for_backward({x, w_in, w_state, gates, states, cells, hidden});
        context->saved_data["cell"] = cell_number;
        context->saved_data["biases"] = biases;
        variable_list results = {states.narrow(0, 1, steps).clone(), states.select(0, steps).clone()};
        if (is_lstm) results.push_back(cells.select(0, steps).clone());
        return results;
    }

    static variable_list backward(AutogradContext* context, variable_list grads)
    {
        const auto saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &w_in = saved[1], &w_state = saved[2], &gates = saved[3], &states = saved[4], &cells = saved[5],
                         &hidden = saved[6];
        const auto cell = static_cast<Cell>(context->saved_data["cell"].toInt());
        const int64_t steps = x.size(0), batch = x.size(1), n = w_state.size(1), width = gates_of(cell) * n;
        const bool is_gru = cell == Cell::gru, is_lstm = cell == Cell::lstm;
        const auto first = states.select(0, 0);

        auto grad = grads[1].defined() ? grads[1].clone(at::MemoryFormat::Contiguous) : at::zeros_like(first);
        auto cell_grad = !is_lstm ? at::Tensor() : grads[2].defined() ? grads[2].clone(at::MemoryFormat::Contiguous) : at::zeros_like(first);
        const auto output_grad = grads[0].defined() ? grads[0].contiguous() : at::Tensor();
        auto to_gates = at::empty({steps, batch, width}, x.options());
        auto to_parts = is_gru ? at::empty({steps, batch, width}, x.options()) : to_gates;

        const auto weight = w_state.contiguous();
        at::parallel_for(0, batch, kRows, [&](int64_t from, int64_t to) {
            const int64_t count = to - from;
            float* all = grad.data_ptr<float>() + from * n;
            for (int64_t t = steps - 1; t >= 0; t--) {
                float *gate = at_step(gates, t) + from * width, *before = at_step(states, t) + from * n;
                float *out = at_step(to_gates, t) + from * width, *part = at_step(to_parts, t) + from * width;
                if (output_grad.defined()) {
                    const float* given = at_step(output_grad, t) + from * n;
                    for (int64_t i = 0; i < count * n; i++) all[i] += given[i];
                }
                for (int64_t i = 0; i < count; i++) {
                    float *g = gate + i * width, *o = out + i * width, *d = all + i * n;
                    if (is_gru) gru_row_back(g, at_step(hidden, t) + (from + i) * n, before + i * n, o, part + i * width, d, n);
                    else if (is_lstm) {
                        lstm_row_back(g, at_step(cells, t) + (from + i) * n, at_step(cells, t + 1) + (from + i) * n, o, d,
                                      cell_grad.data_ptr<float>() + (from + i) * n, n);
                    }
                    else plain_row_back(g, o, d, n, cell == Cell::relu);
                }
                if (!is_gru) std::fill_n(all, count * n, 0.0f);
                add_product(part, weight.data_ptr<float>(), all, count, width, n);
            }
        });

        const auto flat_gates = to_gates.view({steps * batch, width}), flat_parts = to_parts.view({steps * batch, width});
        const auto flat = x.reshape({steps * batch, x.size(2)});
        const bool biases = context->saved_data["biases"].toBool();
        const auto bias_grad = biases ? flat_gates.sum(0) : at::Tensor();
        return {
            context->needs_input_grad(0) ? at::mm(flat_gates, w_in).view(x.sizes()) : at::Tensor(),
            grad,
            cell_grad,
            at::mm(flat_gates.t(), flat),
            at::mm(flat_parts.t(), states.narrow(0, 0, steps).reshape({steps * batch, n})),
            bias_grad,
            !biases ? at::Tensor() : is_gru ? flat_parts.sum(0) : bias_grad.clone(),
            {},
        };
    }
};

bool can_be_fused(const at::Tensor& input, at::TensorList state, at::TensorList weights)
{
    const auto is_plain = [](const at::Tensor& tensor) { return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat; };
    return input.dim() == 3 && input.numel() > 0 && is_plain(input) && std::all_of(state.begin(), state.end(), is_plain)
        && std::all_of(weights.begin(), weights.end(), is_plain);
}

void check(Cell cell, const at::Tensor& x, at::TensorList state, at::TensorList weights, int64_t per_layer, int64_t layers, int64_t directions)
{
    if (static_cast<int64_t>(weights.size()) != per_layer * layers * directions)
        throw kt::Invalid(std::to_string(weights.size()) + " weights, expected " + std::to_string(per_layer * layers * directions));
    const int64_t n = weights[1].size(1);
    if (weights[0].dim() != 2 || weights[0].size(1) != x.size(2) || weights[0].size(0) != gates_of(cell) * n)
        throw kt::Invalid("the input has " + std::to_string(x.size(2)) + " features, the layer was made for " + std::to_string(weights[0].size(1)));
    for (const auto& each : state)
        if (each.sizes() != at::IntArrayRef({layers * directions, x.size(1), n}))
            throw kt::Invalid("the state has the wrong shape, expected (" + std::to_string(layers * directions) + ", "
                              + std::to_string(x.size(1)) + ", " + std::to_string(n) + ")");
}

}  // namespace

namespace kt {

std::tuple<at::Tensor, at::Tensor, at::Tensor> recurrent(Cell cell, const at::Tensor& input, at::TensorList state, at::TensorList weights,
                                                         bool has_biases, int64_t layers, bool bidirectional, bool batch_first)
{
    if (!can_be_fused(input, state, weights)) {
        if (cell == Cell::lstm) return at::lstm(input, state, weights, has_biases, layers, 0.0, false, bidirectional, batch_first);
        const auto run = [&](auto&& call) { return call(input, state[0], weights, has_biases, layers, 0.0, false, bidirectional, batch_first); };
        auto results = cell == Cell::gru ? run([](auto&&... a) { return at::gru(a...); })
            : cell == Cell::relu ? run([](auto&&... a) { return at::rnn_relu(a...); })
                                 : run([](auto&&... a) { return at::rnn_tanh(a...); });
        return {std::get<0>(results), std::get<1>(results), at::Tensor()};
    }

    const int64_t directions = bidirectional ? 2 : 1, per_layer = has_biases ? 4 : 2;
    auto x = batch_first ? input.transpose(0, 1) : input;
    check(cell, x, state, weights, per_layer, layers, directions);
    std::vector<at::Tensor> last, last_cells;
    const auto none = at::empty({0}, input.options());
    for (int64_t layer = 0; layer < layers; layer++) {
        std::vector<at::Tensor> outputs;
        for (int64_t direction = 0; direction < directions; direction++) {
            const int64_t index = layer * directions + direction;
            const at::Tensor* w = &weights[index * per_layer];
            const auto read = (direction == 1 ? x.flip({0}) : x).contiguous();
            const auto results = Layer::apply(read, state[0].select(0, index), cell == Cell::lstm ? state[1].select(0, index) : none,
                                              w[0], w[1], has_biases ? w[2] : none, has_biases ? w[3] : none,
                                              static_cast<int64_t>(cell));
            outputs.push_back(direction == 1 ? results[0].flip({0}) : results[0]);
            last.push_back(results[1]);
            if (cell == Cell::lstm) last_cells.push_back(results[2]);
        }
        x = directions == 2 ? at::cat(outputs, 2) : outputs[0];
    }
    return {batch_first ? x.transpose(0, 1) : x, at::stack(last), cell == Cell::lstm ? at::stack(last_cells) : at::Tensor()};
}

}  // namespace kt
