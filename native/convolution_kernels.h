// The inner loops of convolution.cpp. They are compiled once for each instruction set, from convolution_kernels.cpp, with vectors as
// wide as the registers; convolution_kernels() gives those of this processor.
//
// Everything lies with its channels together: a row is (column, channel). A row of a padded input holds the columns that one row of the
// kernel reads for the output column x next to each other, from x * step on, so a convolution is a product of that row, read with
// overlap, and a matrix of weights (kernel row, kernel column and input channel, output channel).
#pragma once

#include <cstdint>

namespace kt {

constexpr int64_t kColumns = 24;   // columns that are computed between two looks at the weights
constexpr uint8_t kDropped = 255;  // a window whose maximum the ReLU took away

// Rows of the windows of a maximum, as they come from a convolution.
struct Windows {
    const float* values;    // the first row
    int64_t row;            // floats from one row to the next
    int64_t step;           // floats from one column to the next
    const float *scale, *shift;  // applied to each channel first, or both null
    int64_t channels, height, width, count;
    bool relu;
};

// What one row of a convolution's output receives on the way back: the gradient of the maxima, and with batch normalisation
// factor * gradient + slope * value + offset.
struct Spread {
    const float* grad;      // one row of maxima, or null where the row belongs to no window
    const uint8_t* index;   // which element of its window each maximum was, or null: every element is its own
    const float* values;    // the convolution's output, or null: no normalisation
    const float *factor, *slope, *offset;
    int64_t channels, width, windows, columns;  // width of a window, windows in the row, columns of the row
    int64_t first;          // the number that the row's first element has in its window
    int64_t step;           // floats from one column to the next in the result
    int64_t grad_step;      // floats from one maximum's gradient to the next; 0: all have the same
};

struct ConvolutionKernels {
    int64_t width;  // output channels of packed weights and of rows are filled up to a multiple of it

    // out[x][o] = bias[o] + sum over the kernel's rows y and over r < length of input[y * row + x * step + r] * weights[y][r][o].
    // The weights come in blocks of 2 * width output channels, the last one perhaps of width, each (y, r, o).
    void (*rows)(const float* input, int64_t row, int64_t step, int64_t height, int64_t length, const float* weights, const float* bias,
                 int64_t channels, float* out, int64_t count);

    // result[r][o] += sum over x of input[x * step + r] * grad[x][o], for r < length.
    void (*weights)(const float* input, int64_t step, int64_t length, const float* grad, int64_t channels, float* result, int64_t count);

    // The maximum of each window to out (window, channel), and which element it was to index where that is given.
    void (*pool)(const Windows& windows, float* out, uint8_t* index);

    // One row of the gradient, (column, channel).
    void (*spread)(const Spread& spread, float* out);

    // Adds each channel's sum of the gradients that pass to sums[o], and of gradient times value to products[o]: those of one row of
    // the convolution's output where there are values, of a row of windows where there are none.
    void (*sums)(const Spread& spread, float* sums, float* products);

    // Adds the sum of each channel and of its square.
    void (*moments)(const float* values, int64_t step, int64_t channels, int64_t count, float* sums, float* squares);
};

const ConvolutionKernels& convolution_kernels();

}  // namespace kt
