// Compiled once for each instruction set: KT_KERNELS names the table, KT_WIDTH is the number of floats in a register. No header with
// inline functions may come in here, or the linker could pick one that this processor cannot run.
#include "convolution_kernels.h"

namespace kt {
namespace {

constexpr int V = KT_WIDTH;
constexpr int kWide = V == 16 ? 12 : 6;  // rows of a register block with two vectors in each
constexpr int kNarrow = 12;              // with one

typedef float Floats __attribute__((vector_size(V * 4), aligned(4), may_alias));
typedef int32_t Ints __attribute__((vector_size(V * 4)));
typedef uint8_t Bytes __attribute__((vector_size(V), aligned(1), may_alias));

#define KT_INLINE __attribute__((always_inline))
#define KT_UNROLL _Pragma("GCC unroll 16")

inline Floats load(const float* from) { return *reinterpret_cast<const Floats*>(from); }
inline void store(float* to, Floats value) { *reinterpret_cast<Floats*>(to) = value; }
inline Ints load_bytes(const uint8_t* from) { return __builtin_convertvector(*reinterpret_cast<const Bytes*>(from), Ints); }

// ---- products

template <int P, int N>
void row_block(const float* input, int64_t row, int64_t step, int64_t height, int64_t length, const float* weights, const float* bias,
               float* out, int64_t channels)
{
    Floats sum[P][N];
    KT_UNROLL for (int n = 0; n < N; n++) KT_UNROLL for (int p = 0; p < P; p++) sum[p][n] = load(bias + n * V);
    for (int64_t y = 0; y < height; y++) {
        const float* from = input + y * row;
        for (int64_t r = 0; r < length; r++, weights += N * V) {
            Floats w[N];
            KT_UNROLL for (int n = 0; n < N; n++) w[n] = load(weights + n * V);
            KT_UNROLL for (int p = 0; p < P; p++) KT_UNROLL for (int n = 0; n < N; n++) sum[p][n] += from[p * step + r] * w[n];
        }
    }
    KT_UNROLL for (int p = 0; p < P; p++) KT_UNROLL for (int n = 0; n < N; n++) store(out + p * channels + n * V, sum[p][n]);
}

template <int P, int N>
void weight_block(const float* input, int64_t step, const float* grad, int64_t channels, float* result, int64_t count)
{
    Floats sum[P][N];
    KT_UNROLL for (int p = 0; p < P; p++) KT_UNROLL for (int n = 0; n < N; n++) sum[p][n] = load(result + p * channels + n * V);
    for (int64_t x = 0; x < count; x++, input += step, grad += channels) {
        Floats g[N];
        KT_UNROLL for (int n = 0; n < N; n++) g[n] = load(grad + n * V);
        KT_UNROLL for (int p = 0; p < P; p++) KT_UNROLL for (int n = 0; n < N; n++) sum[p][n] += input[p] * g[n];
    }
    KT_UNROLL for (int p = 0; p < P; p++) KT_UNROLL for (int n = 0; n < N; n++) store(result + p * channels + n * V, sum[p][n]);
}

// Calls the block of exactly `size` rows.
template <int P, int N, class... Arguments> void row_block_of(int64_t size, Arguments... arguments)
{
    if (size == P) return row_block<P, N>(arguments...);
    if constexpr (P > 1) row_block_of<P - 1, N>(size, arguments...);
}

template <int P, int N, class... Arguments> void weight_block_of(int64_t size, Arguments... arguments)
{
    if (size == P) return weight_block<P, N>(arguments...);
    if constexpr (P > 1) weight_block_of<P - 1, N>(size, arguments...);
}

// Cuts count into the fewest parts of at most `most`, all about as large.
template <class Part> void in_parts(int64_t count, int64_t most, const Part& part)
{
    const int64_t parts = (count + most - 1) / most;
    for (int64_t i = 0, first = 0; i < parts; i++) {
        const int64_t size = (count - first) / (parts - i);
        part(first, size);
        first += size;
    }
}

void rows(const float* input, int64_t row, int64_t step, int64_t height, int64_t length, const float* weights, const float* bias,
          int64_t channels, float* out, int64_t count)
{
    for (int64_t o = 0; o < channels; o += 2 * V) {
        const bool two = channels - o >= 2 * V;
        in_parts(count, two ? kWide : kNarrow, [&](int64_t x, int64_t size) {
            const float *from = input + x * step, *w = weights + o * height * length;
            float* to = out + x * channels + o;
            if (two) row_block_of<kWide, 2>(size, from, row, step, height, length, w, bias + o, to, channels);
            else row_block_of<kNarrow, 1>(size, from, row, step, height, length, w, bias + o, to, channels);
        });
    }
}

void weights(const float* input, int64_t step, int64_t length, const float* grad, int64_t channels, float* result, int64_t count)
{
    for (int64_t o = 0; o < channels; o += 2 * V) {
        const bool two = channels - o >= 2 * V;
        in_parts(length, two ? kWide : kNarrow, [&](int64_t r, int64_t size) {
            float* to = result + r * channels + o;
            if (two) weight_block_of<kWide, 2>(size, input + r, step, grad + o, channels, to, count);
            else weight_block_of<kNarrow, 1>(size, input + r, step, grad + o, channels, to, count);
        });
    }
}

// ---- what happens to each element before and after; each loop runs over whole vectors of channels, then over single ones

struct Single {
    using Number = float;
    using Place = int32_t;
    static float load(const float* from) { return *from; }
    static void store(float* to, float value) { *to = value; }
    static int32_t load_bytes(const uint8_t* from) { return *from; }
    static void store_bytes(uint8_t* to, int32_t value) { *to = static_cast<uint8_t>(value); }
    static int32_t any(bool condition) { return condition ? -1 : 0; }
};

struct Many {
    using Number = Floats;
    using Place = Ints;
    static Floats load(const float* from) { return kt::load(from); }
    static void store(float* to, Floats value) { kt::store(to, value); }
    static Ints load_bytes(const uint8_t* from) { return kt::load_bytes(from); }
    static void store_bytes(uint8_t* to, Ints value) { *reinterpret_cast<Bytes*>(to) = __builtin_convertvector(value, Bytes); }
    static Ints any(Ints condition) { return condition; }
};

template <class Body> KT_INLINE inline void over_channels(int64_t channels, const Body& body)
{
    int64_t o = 0;
    for (; o + V <= channels; o += V) body(Many(), o);
    for (; o < channels; o++) body(Single(), o);
}

// As LibTorch's: the first of equal elements, and not-a-number wins. H and W are the window's sizes, 0 where they are not known here.
template <int H, int W, bool Scales> void pool_windows(const Windows& w, float* out, uint8_t* index)
{
    const int64_t height = H > 0 ? H : w.height, width = W > 0 ? W : w.width;
    for (int64_t i = 0; i < w.count; i++, out += w.channels)
        over_channels(w.channels, [&](auto kind, int64_t o) KT_INLINE {
            using Kind = decltype(kind);
            using Number = typename Kind::Number;
            using Place = typename Kind::Place;
            const float* from = w.values + i * width * w.step + o;
            const auto read = [&](int64_t y, int64_t x) KT_INLINE {
                const Number value = Kind::load(from + y * w.row + x * w.step);
                if constexpr (Scales) return value * Kind::load(w.scale + o) + Kind::load(w.shift + o);
                else return value;
            };
            Number best = read(0, 0);
            Place place = Place{};
            KT_UNROLL for (int64_t y = 0; y < height; y++)
                KT_UNROLL for (int64_t x = 0; x < width; x++) {
                    if (y == 0 && x == 0) continue;
                    const Number value = read(y, x);
                    const Place take = Kind::any(value > best) | Kind::any(value != value);
                    best = take ? value : best;
                    place = take ? Place{} + static_cast<int32_t>(y * width + x) : place;
                }
            if (w.relu) {
                const Place dropped = Kind::any(best <= 0.0f);
                best = dropped ? Number{} : best;
                place = place | (dropped & kDropped);
            }
            Kind::store(out + o, best);
            if (index != nullptr) Kind::store_bytes(index + i * w.channels + o, place);
        });
}

void pool(const Windows& w, float* out, uint8_t* index)
{
    const bool scales = w.scale != nullptr;
    if (w.height == 2 && w.width == 2) return scales ? pool_windows<2, 2, true>(w, out, index) : pool_windows<2, 2, false>(w, out, index);
    if (w.height == 1 && w.width == 1) return scales ? pool_windows<1, 1, true>(w, out, index) : pool_windows<1, 1, false>(w, out, index);
    return scales ? pool_windows<0, 0, true>(w, out, index) : pool_windows<0, 0, false>(w, out, index);
}

template <bool Indexed, bool Normalizes> void spread_row(const Spread& s, float* out)
{
    const int64_t windows = s.grad == nullptr ? 0 : s.windows;
    const auto put = [&](auto kind, auto value, int64_t x, int64_t o) KT_INLINE {
        using Kind = decltype(kind);
        if constexpr (Normalizes)
            value = Kind::load(s.factor + o) * value + Kind::load(s.slope + o) * Kind::load(s.values + x * s.channels + o)
                + Kind::load(s.offset + o);
        Kind::store(out + x * s.step + o, value);
    };
    for (int64_t i = 0; i < windows; i++)
        over_channels(s.channels, [&](auto kind, int64_t o) KT_INLINE {
            using Kind = decltype(kind);
            using Number = typename Kind::Number;
            const Number grad = Kind::load(s.grad + i * s.grad_step + o);
            if constexpr (Indexed) {
                const auto place = Kind::load_bytes(s.index + i * s.channels + o);
                for (int64_t j = 0; j < s.width; j++) {
                    const auto here = Kind::any(place == static_cast<int32_t>(s.first + j));
                    put(kind, here ? grad : Number{}, i * s.width + j, o);
                }
            }
            else put(kind, grad, i, o);
        });
    for (int64_t x = windows * s.width; x < s.columns; x++)
        over_channels(s.channels, [&](auto kind, int64_t o) KT_INLINE { put(kind, typename decltype(kind)::Number{}, x, o); });
}

void spread(const Spread& s, float* out)
{
    if (s.index != nullptr) s.values != nullptr ? spread_row<true, true>(s, out) : spread_row<true, false>(s, out);
    else s.values != nullptr ? spread_row<false, true>(s, out) : spread_row<false, false>(s, out);
}

void sums(const Spread& s, float* sums, float* products)
{
    for (int64_t i = 0; i < s.windows; i++)
        over_channels(s.channels, [&](auto kind, int64_t o) KT_INLINE {
            using Kind = decltype(kind);
            using Number = typename Kind::Number;
            const Number grad = Kind::load(s.grad + i * s.grad_step + o), none{};
            const auto place = s.index != nullptr ? Kind::load_bytes(s.index + i * s.channels + o) : typename Kind::Place{};
            Number sum = Kind::load(sums + o), product = Kind::load(products + o);
            if (s.values == nullptr) sum += Kind::any(place == static_cast<int32_t>(kDropped)) ? none : grad;
            else
                for (int64_t j = 0; j < s.width; j++) {
                    const Number passed = Kind::any(place == static_cast<int32_t>(s.first + j)) ? grad : none;
                    sum += passed;
                    product += passed * Kind::load(s.values + (i * s.width + j) * s.channels + o);
                }
            Kind::store(sums + o, sum);
            Kind::store(products + o, product);
        });
}

void moments(const float* values, int64_t step, int64_t channels, int64_t count, float* sums, float* squares)
{
    over_channels(channels, [&](auto kind, int64_t o) KT_INLINE {
        using Kind = decltype(kind);
        auto sum = Kind::load(sums + o), square = Kind::load(squares + o);
        for (int64_t x = 0; x < count; x++) {
            const auto value = Kind::load(values + x * step + o);
            sum += value;
            square += value * value;
        }
        Kind::store(sums + o, sum);
        Kind::store(squares + o, square);
    });
}

}  // namespace

extern const ConvolutionKernels KT_KERNELS;
const ConvolutionKernels KT_KERNELS{V, rows, weights, pool, spread, sums, moments};

}  // namespace kt
