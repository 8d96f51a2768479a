// What convolution.cpp does over a batch and convolution_block.cpp joins to one node of history. Tensors are Float32 on the CPU with
// channels together.
#pragma once

#include "convolution_kernels.h"
#include "internal.h"

namespace kt {

constexpr auto kTogether = at::MemoryFormat::ChannelsLast;

// The sizes of a convolution that keeps rows and columns, and of the windows over its output.
struct ConvolutionSizes {
    ConvolutionSizes(const at::Tensor& x, const at::Tensor& weight, int64_t window_height, int64_t window_width);

    // Rows of the output that are worked on together where each needs so many floats of rows that are kept.
    int64_t band(int64_t floats) const;

    int64_t width;                                  // channels in a vector
    int64_t batch, in, rows, columns, out, filled;  // filled: output channels filled up to whole vectors
    int64_t high, wide;                             // the kernel
    int64_t window_high, window_wide, pooled_rows, pooled_columns;
};

// What every row of the convolution's output receives on the way back.
struct Incoming {
    Spread row(int64_t example, int64_t y) const;

    const ConvolutionSizes& s;
    const at::Tensor& grad;  // channels lie together; rows, columns may be one and the same
    const uint8_t* index;
    const float *values, *factor, *slope, *offset;
};

struct ConvolutionGradients {
    at::Tensor input, weight, bias;  // the bias's only without normalisation
};

// Convolution, ReLU and maxima to output and index, which may be undefined. With `moments` the sum of each channel of the convolution's
// output and of its square, Float64 (2, channel).
void convolve(const ConvolutionSizes& s, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, bool relu,
              const at::Tensor& output, const at::Tensor& index, at::Tensor* moments);

// values * scale + shift of each channel, ReLU and maxima.
void normalize(const ConvolutionSizes& s, const at::Tensor& values, const at::Tensor& scale, const at::Tensor& shift, bool relu,
               const at::Tensor& output, const at::Tensor& index);

// Over the batch, the sum of each channel's gradients that pass and of gradient times value, Float64 (2, channel).
at::Tensor sum_incoming(const Incoming& incoming);

ConvolutionGradients walk_back(const Incoming& incoming, const at::Tensor& x, const at::Tensor& weight, bool wants_input,
                               bool wants_weight);

}  // namespace kt
