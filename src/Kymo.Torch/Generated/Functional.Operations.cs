// Written by native/generator from native/operations.yaml. Change the table, not this file.

using System.Runtime.InteropServices;

namespace Kymo.Torch;

public static unsafe partial class Functional
{
    /// <summary>The first where the condition is true, the second elsewhere, with broadcasting.</summary>
    public static Tensor Where(Tensor condition, Tensor input, Tensor other)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, condition);
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, other);
        nint result;
        Native.Check(kt_where(condition.Handle, input.Handle, other.Handle, &result), "where");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_where(nint condition, nint input, nint other, nint* result);

    /// <summary>Tensors joined along an existing dimension.</summary>
    public static Tensor Concatenate(ReadOnlySpan<Tensor> tensors, long dim = 0)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, tensors);
        nint result;
        Span<nint> tensorsHandles = tensors.Length <= 64 ? stackalloc nint[64] : new nint[tensors.Length];
        Tensor.HandlesOf(tensors, tensorsHandles);
        fixed (nint* tensorsPointer = tensorsHandles)
            Native.Check(kt_cat(tensorsPointer, tensors.Length, dim, &result), "cat");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_cat(nint* tensors, int tensorsCount, long dim, nint* result);

    /// <summary>Tensors of one shape joined along a new dimension.</summary>
    public static Tensor Stack(ReadOnlySpan<Tensor> tensors, long dim = 0)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, tensors);
        nint result;
        Span<nint> tensorsHandles = tensors.Length <= 64 ? stackalloc nint[64] : new nint[tensors.Length];
        Tensor.HandlesOf(tensors, tensorsHandles);
        fixed (nint* tensorsPointer = tensorsHandles)
            Native.Check(kt_stack(tensorsPointer, tensors.Length, dim, &result), "stack");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_stack(nint* tensors, int tensorsCount, long dim, nint* result);

    /// <summary>For Int64 classes a last dimension that is 1 at the class and 0 elsewhere (Int64).</summary>
    public static Tensor OneHot(Tensor input, long numClasses)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        nint result;
        Native.Check(kt_one_hot(input.Handle, numClasses, &result), "one_hot");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_one_hot(nint input, long numClasses, nint* result);

    /// <summary>x Wᵀ + b for x (..., in) and W (out, in).</summary>
    public static Tensor Linear(Tensor input, Tensor weight, Tensor? bias)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, weight);
        Tensor.Join(ref scope, bias);
        nint result;
        Native.Check(kt_linear(input.Handle, weight.Handle, Tensor.HandleOf(bias), &result), "linear");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_linear(nint input, nint weight, nint bias, nint* result);

    /// <summary>Cross-correlation of x (batch, channel, time) with W (out, in / groups, k).</summary>
    public static Tensor Conv1d(Tensor input, Tensor weight, Tensor? bias, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, ReadOnlySpan<long> dilation, long groups = 1)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, weight);
        Tensor.Join(ref scope, bias);
        nint result;
        fixed (long* stridePointer = stride)
        fixed (long* paddingPointer = padding)
        fixed (long* dilationPointer = dilation)
            Native.Check(kt_conv1d(input.Handle, weight.Handle, Tensor.HandleOf(bias), stridePointer, stride.Length, paddingPointer, padding.Length, dilationPointer, dilation.Length, groups, &result), "conv1d");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_conv1d(nint input, nint weight, nint bias, long* stride, int strideCount, long* padding, int paddingCount, long* dilation, int dilationCount, long groups, nint* result);

    /// <summary>Cross-correlation of x (batch, channel, height, width) with W (out, in / groups, kh, kw).</summary>
    public static Tensor Conv2d(Tensor input, Tensor weight, Tensor? bias, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, ReadOnlySpan<long> dilation, long groups = 1)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, weight);
        Tensor.Join(ref scope, bias);
        nint result;
        fixed (long* stridePointer = stride)
        fixed (long* paddingPointer = padding)
        fixed (long* dilationPointer = dilation)
            Native.Check(kt_conv2d(input.Handle, weight.Handle, Tensor.HandleOf(bias), stridePointer, stride.Length, paddingPointer, padding.Length, dilationPointer, dilation.Length, groups, &result), "conv2d");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_conv2d(nint input, nint weight, nint bias, long* stride, int strideCount, long* padding, int paddingCount, long* dilation, int dilationCount, long groups, nint* result);

    /// <summary>Normalisation of each channel over batch and space; in training the running statistics are moved.</summary>
    public static Tensor BatchNorm(Tensor input, Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVar, bool training, double momentum, double eps)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, weight);
        Tensor.Join(ref scope, bias);
        Tensor.Join(ref scope, runningMean);
        Tensor.Join(ref scope, runningVar);
        nint result;
        Native.Check(kt_batch_norm(input.Handle, Tensor.HandleOf(weight), Tensor.HandleOf(bias), Tensor.HandleOf(runningMean), Tensor.HandleOf(runningVar), training ? 1 : 0, momentum, eps, &result), "batch_norm");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_batch_norm(nint input, nint weight, nint bias, nint runningMean, nint runningVar, int training, double momentum, double eps, nint* result);

    /// <summary>Normalisation over the last dimensions of each entry.</summary>
    public static Tensor LayerNorm(Tensor input, ReadOnlySpan<long> normalizedShape, Tensor? weight, Tensor? bias, double eps = 1e-5)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, weight);
        Tensor.Join(ref scope, bias);
        nint result;
        fixed (long* normalizedShapePointer = normalizedShape)
            Native.Check(kt_layer_norm(input.Handle, normalizedShapePointer, normalizedShape.Length, Tensor.HandleOf(weight), Tensor.HandleOf(bias), eps, &result), "layer_norm");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_layer_norm(nint input, long* normalizedShape, int normalizedShapeCount, nint weight, nint bias, double eps, nint* result);

    /// <summary>The rows of W (count, size) that Int64 indices name.</summary>
    public static Tensor Embedding(Tensor weight, Tensor indices, long paddingIdx = -1)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, weight);
        Tensor.Join(ref scope, indices);
        nint result;
        Native.Check(kt_embedding(weight.Handle, indices.Handle, paddingIdx, &result), "embedding");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_embedding(nint weight, nint indices, long paddingIdx, nint* result);

    /// <summary>The maximum of each window of x (batch, channel, time).</summary>
    public static Tensor MaxPool1d(Tensor input, ReadOnlySpan<long> kernelSize, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, ReadOnlySpan<long> dilation, bool ceilMode = false)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        nint result;
        fixed (long* kernelSizePointer = kernelSize)
        fixed (long* stridePointer = stride)
        fixed (long* paddingPointer = padding)
        fixed (long* dilationPointer = dilation)
            Native.Check(kt_max_pool1d(input.Handle, kernelSizePointer, kernelSize.Length, stridePointer, stride.Length, paddingPointer, padding.Length, dilationPointer, dilation.Length, ceilMode ? 1 : 0, &result), "max_pool1d");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_max_pool1d(nint input, long* kernelSize, int kernelSizeCount, long* stride, int strideCount, long* padding, int paddingCount, long* dilation, int dilationCount, int ceilMode, nint* result);

    /// <summary>A convolution of stride 1, batch normalisation where norm_weight is given, ReLU where asked for, and the maximum of windows that do not overlap, as one operation.</summary>
    public static Tensor ConvolutionBlock(Tensor input, Tensor weight, Tensor? bias, Tensor? normWeight, Tensor? normBias, Tensor? mean, Tensor? variance, bool training, double momentum, double eps, bool relu, ReadOnlySpan<long> padding, params ReadOnlySpan<long> pool)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, weight);
        Tensor.Join(ref scope, bias);
        Tensor.Join(ref scope, normWeight);
        Tensor.Join(ref scope, normBias);
        Tensor.Join(ref scope, mean);
        Tensor.Join(ref scope, variance);
        nint result;
        fixed (long* paddingPointer = padding)
        fixed (long* poolPointer = pool)
            Native.Check(kt_convolution_block(input.Handle, weight.Handle, Tensor.HandleOf(bias), Tensor.HandleOf(normWeight), Tensor.HandleOf(normBias), Tensor.HandleOf(mean), Tensor.HandleOf(variance), training ? 1 : 0, momentum, eps, relu ? 1 : 0, paddingPointer, padding.Length, poolPointer, pool.Length, &result), "convolution_block");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_convolution_block(nint input, nint weight, nint bias, nint normWeight, nint normBias, nint mean, nint variance, int training, double momentum, double eps, int relu, long* padding, int paddingCount, long* pool, int poolCount, nint* result);

    /// <summary>The maximum of each window of x (batch, channel, height, width).</summary>
    public static Tensor MaxPool2d(Tensor input, ReadOnlySpan<long> kernelSize, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, ReadOnlySpan<long> dilation, bool ceilMode = false)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        nint result;
        fixed (long* kernelSizePointer = kernelSize)
        fixed (long* stridePointer = stride)
        fixed (long* paddingPointer = padding)
        fixed (long* dilationPointer = dilation)
            Native.Check(kt_max_pool2d(input.Handle, kernelSizePointer, kernelSize.Length, stridePointer, stride.Length, paddingPointer, padding.Length, dilationPointer, dilation.Length, ceilMode ? 1 : 0, &result), "max_pool2d");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_max_pool2d(nint input, long* kernelSize, int kernelSizeCount, long* stride, int strideCount, long* padding, int paddingCount, long* dilation, int dilationCount, int ceilMode, nint* result);

    /// <summary>The mean of each window of x (batch, channel, time).</summary>
    public static Tensor AvgPool1d(Tensor input, ReadOnlySpan<long> kernelSize, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, bool ceilMode = false, bool countIncludePad = true)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        nint result;
        fixed (long* kernelSizePointer = kernelSize)
        fixed (long* stridePointer = stride)
        fixed (long* paddingPointer = padding)
            Native.Check(kt_avg_pool1d(input.Handle, kernelSizePointer, kernelSize.Length, stridePointer, stride.Length, paddingPointer, padding.Length, ceilMode ? 1 : 0, countIncludePad ? 1 : 0, &result), "avg_pool1d");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_avg_pool1d(nint input, long* kernelSize, int kernelSizeCount, long* stride, int strideCount, long* padding, int paddingCount, int ceilMode, int countIncludePad, nint* result);

    /// <summary>The mean of each window of x (batch, channel, height, width).</summary>
    public static Tensor AvgPool2d(Tensor input, ReadOnlySpan<long> kernelSize, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, bool ceilMode = false, bool countIncludePad = true)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        nint result;
        fixed (long* kernelSizePointer = kernelSize)
        fixed (long* stridePointer = stride)
        fixed (long* paddingPointer = padding)
            Native.Check(kt_avg_pool2d(input.Handle, kernelSizePointer, kernelSize.Length, stridePointer, stride.Length, paddingPointer, padding.Length, ceilMode ? 1 : 0, countIncludePad ? 1 : 0, &result), "avg_pool2d");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_avg_pool2d(nint input, long* kernelSize, int kernelSizeCount, long* stride, int strideCount, long* padding, int paddingCount, int ceilMode, int countIncludePad, nint* result);

    /// <summary>The mean of as many windows along time as the output has places.</summary>
    public static Tensor AdaptiveAvgPool1d(Tensor input, params ReadOnlySpan<long> outputSize)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        nint result;
        fixed (long* outputSizePointer = outputSize)
            Native.Check(kt_adaptive_avg_pool1d(input.Handle, outputSizePointer, outputSize.Length, &result), "adaptive_avg_pool1d");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_adaptive_avg_pool1d(nint input, long* outputSize, int outputSizeCount, nint* result);

    /// <summary>The mean of as many windows along height and width as the output has places.</summary>
    public static Tensor AdaptiveAvgPool2d(Tensor input, params ReadOnlySpan<long> outputSize)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        nint result;
        fixed (long* outputSizePointer = outputSize)
            Native.Check(kt_adaptive_avg_pool2d(input.Handle, outputSizePointer, outputSize.Length, &result), "adaptive_avg_pool2d");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_adaptive_avg_pool2d(nint input, long* outputSize, int outputSizeCount, nint* result);

    /// <summary>The maximum of as many windows along time as the output has places.</summary>
    public static Tensor AdaptiveMaxPool1d(Tensor input, params ReadOnlySpan<long> outputSize)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        nint result;
        fixed (long* outputSizePointer = outputSize)
            Native.Check(kt_adaptive_max_pool1d(input.Handle, outputSizePointer, outputSize.Length, &result), "adaptive_max_pool1d");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_adaptive_max_pool1d(nint input, long* outputSize, int outputSizeCount, nint* result);

    /// <summary>The maximum of as many windows along height and width as the output has places.</summary>
    public static Tensor AdaptiveMaxPool2d(Tensor input, params ReadOnlySpan<long> outputSize)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        nint result;
        fixed (long* outputSizePointer = outputSize)
            Native.Check(kt_adaptive_max_pool2d(input.Handle, outputSizePointer, outputSize.Length, &result), "adaptive_max_pool2d");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_adaptive_max_pool2d(nint input, long* outputSize, int outputSizeCount, nint* result);

    /// <summary>Every element set to zero with probability p and divided by 1 - p otherwise.</summary>
    public static Tensor Dropout(Tensor input, double p, RandomGenerator generator)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        nint result;
        Native.Check(kt_dropout(input.Handle, p, generator.Handle, &result), "dropout");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_dropout(nint input, double p, nint generator, nint* result);

    /// <summary>A stack of plain recurrent layers with tanh; output of every step and last hidden state.</summary>
    public static (Tensor Output, Tensor Hidden) RnnTanh(Tensor input, Tensor state, ReadOnlySpan<Tensor> parameters, bool hasBiases, long numLayers, bool bidirectional, bool batchFirst)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, state);
        Tensor.Join(ref scope, parameters);
        nint output, hidden;
        Span<nint> parametersHandles = parameters.Length <= 64 ? stackalloc nint[64] : new nint[parameters.Length];
        Tensor.HandlesOf(parameters, parametersHandles);
        fixed (nint* parametersPointer = parametersHandles)
            Native.Check(kt_rnn_tanh(input.Handle, state.Handle, parametersPointer, parameters.Length, hasBiases ? 1 : 0, numLayers, bidirectional ? 1 : 0, batchFirst ? 1 : 0, &output, &hidden), "rnn_tanh");
        return (Tensor.Wrap(output, scope), Tensor.Wrap(hidden, scope));
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_rnn_tanh(nint input, nint state, nint* parameters, int parametersCount, int hasBiases, long numLayers, int bidirectional, int batchFirst, nint* output, nint* hidden);

    /// <summary>A stack of plain recurrent layers with ReLU; output of every step and last hidden state.</summary>
    public static (Tensor Output, Tensor Hidden) RnnRelu(Tensor input, Tensor state, ReadOnlySpan<Tensor> parameters, bool hasBiases, long numLayers, bool bidirectional, bool batchFirst)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, state);
        Tensor.Join(ref scope, parameters);
        nint output, hidden;
        Span<nint> parametersHandles = parameters.Length <= 64 ? stackalloc nint[64] : new nint[parameters.Length];
        Tensor.HandlesOf(parameters, parametersHandles);
        fixed (nint* parametersPointer = parametersHandles)
            Native.Check(kt_rnn_relu(input.Handle, state.Handle, parametersPointer, parameters.Length, hasBiases ? 1 : 0, numLayers, bidirectional ? 1 : 0, batchFirst ? 1 : 0, &output, &hidden), "rnn_relu");
        return (Tensor.Wrap(output, scope), Tensor.Wrap(hidden, scope));
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_rnn_relu(nint input, nint state, nint* parameters, int parametersCount, int hasBiases, long numLayers, int bidirectional, int batchFirst, nint* output, nint* hidden);

    /// <summary>A stack of gated recurrent units; output of every step and last hidden state.</summary>
    public static (Tensor Output, Tensor Hidden) Gru(Tensor input, Tensor state, ReadOnlySpan<Tensor> parameters, bool hasBiases, long numLayers, bool bidirectional, bool batchFirst)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, state);
        Tensor.Join(ref scope, parameters);
        nint output, hidden;
        Span<nint> parametersHandles = parameters.Length <= 64 ? stackalloc nint[64] : new nint[parameters.Length];
        Tensor.HandlesOf(parameters, parametersHandles);
        fixed (nint* parametersPointer = parametersHandles)
            Native.Check(kt_gru(input.Handle, state.Handle, parametersPointer, parameters.Length, hasBiases ? 1 : 0, numLayers, bidirectional ? 1 : 0, batchFirst ? 1 : 0, &output, &hidden), "gru");
        return (Tensor.Wrap(output, scope), Tensor.Wrap(hidden, scope));
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_gru(nint input, nint state, nint* parameters, int parametersCount, int hasBiases, long numLayers, int bidirectional, int batchFirst, nint* output, nint* hidden);

    /// <summary>A stack of long short-term memories; output of every step, last hidden and cell state.</summary>
    public static (Tensor Output, Tensor Hidden, Tensor Cell) Lstm(Tensor input, ReadOnlySpan<Tensor> state, ReadOnlySpan<Tensor> parameters, bool hasBiases, long numLayers, bool bidirectional, bool batchFirst)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, state);
        Tensor.Join(ref scope, parameters);
        nint output, hidden, cell;
        Span<nint> stateHandles = state.Length <= 64 ? stackalloc nint[64] : new nint[state.Length];
        Tensor.HandlesOf(state, stateHandles);
        Span<nint> parametersHandles = parameters.Length <= 64 ? stackalloc nint[64] : new nint[parameters.Length];
        Tensor.HandlesOf(parameters, parametersHandles);
        fixed (nint* statePointer = stateHandles)
        fixed (nint* parametersPointer = parametersHandles)
            Native.Check(kt_lstm(input.Handle, statePointer, state.Length, parametersPointer, parameters.Length, hasBiases ? 1 : 0, numLayers, bidirectional ? 1 : 0, batchFirst ? 1 : 0, &output, &hidden, &cell), "lstm");
        return (Tensor.Wrap(output, scope), Tensor.Wrap(hidden, scope), Tensor.Wrap(cell, scope));
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_lstm(nint input, nint* state, int stateCount, nint* parameters, int parametersCount, int hasBiases, long numLayers, int bidirectional, int batchFirst, nint* output, nint* hidden, nint* cell);

    /// <summary>Cross-entropy of logits (batch, class, ...) against Int64 classes (batch, ...) or class probabilities of the logits&apos; shape.</summary>
    public static Tensor CrossEntropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, long ignoreIndex = -100, double labelSmoothing = 0.0)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, target);
        Tensor.Join(ref scope, weight);
        nint result;
        Native.Check(kt_cross_entropy_loss(input.Handle, target.Handle, Tensor.HandleOf(weight), (int)reduction, ignoreIndex, labelSmoothing, &result), "cross_entropy_loss");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_cross_entropy_loss(nint input, nint target, nint weight, int reduction, long ignoreIndex, double labelSmoothing, nint* result);

    /// <summary>Minus the log-probability (batch, class) of each Int64 class.</summary>
    public static Tensor NegativeLogLikelihood(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, long ignoreIndex = -100)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, target);
        Tensor.Join(ref scope, weight);
        nint result;
        Native.Check(kt_nll_loss(input.Handle, target.Handle, Tensor.HandleOf(weight), (int)reduction, ignoreIndex, &result), "nll_loss");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_nll_loss(nint input, nint target, nint weight, int reduction, long ignoreIndex, nint* result);

    /// <summary>The squared difference.</summary>
    public static Tensor MeanSquaredError(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, target);
        nint result;
        Native.Check(kt_mse_loss(input.Handle, target.Handle, (int)reduction, &result), "mse_loss");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_mse_loss(nint input, nint target, int reduction, nint* result);

    /// <summary>The absolute difference.</summary>
    public static Tensor MeanAbsoluteError(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, target);
        nint result;
        Native.Check(kt_l1_loss(input.Handle, target.Handle, (int)reduction, &result), "l1_loss");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_l1_loss(nint input, nint target, int reduction, nint* result);

    /// <summary>The squared difference over 2 beta where it is below beta, the absolute one minus beta / 2 elsewhere.</summary>
    public static Tensor SmoothL1(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1.0)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, target);
        nint result;
        Native.Check(kt_smooth_l1_loss(input.Handle, target.Handle, (int)reduction, beta, &result), "smooth_l1_loss");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_smooth_l1_loss(nint input, nint target, int reduction, double beta, nint* result);

    /// <summary>Cross-entropy of probabilities against targets between 0 and 1.</summary>
    public static Tensor BinaryCrossEntropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, target);
        Tensor.Join(ref scope, weight);
        nint result;
        Native.Check(kt_binary_cross_entropy(input.Handle, target.Handle, Tensor.HandleOf(weight), (int)reduction, &result), "binary_cross_entropy");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_binary_cross_entropy(nint input, nint target, nint weight, int reduction, nint* result);

    /// <summary>Cross-entropy of sigmoid(x) against targets between 0 and 1, without overflow.</summary>
    public static Tensor BinaryCrossEntropyWithLogits(Tensor input, Tensor target, Tensor? weight = null, Tensor? posWeight = null, Reduction reduction = Reduction.Mean)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, target);
        Tensor.Join(ref scope, weight);
        Tensor.Join(ref scope, posWeight);
        nint result;
        Native.Check(kt_binary_cross_entropy_with_logits(input.Handle, target.Handle, Tensor.HandleOf(weight), Tensor.HandleOf(posWeight), (int)reduction, &result), "binary_cross_entropy_with_logits");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_binary_cross_entropy_with_logits(nint input, nint target, nint weight, nint posWeight, int reduction, nint* result);

    /// <summary>target (log target - x) for log-probabilities x.</summary>
    public static Tensor KullbackLeibler(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, bool logTarget = false)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input);
        Tensor.Join(ref scope, target);
        nint result;
        Native.Check(kt_kl_div(input.Handle, target.Handle, (int)reduction, logTarget ? 1 : 0, &result), "kl_div");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_kl_div(nint input, nint target, int reduction, int logTarget, nint* result);

    /// <summary>The cosine of the angle between vectors along one dimension.</summary>
    public static Tensor CosineSimilarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, x1);
        Tensor.Join(ref scope, x2);
        nint result;
        Native.Check(kt_cosine_similarity(x1.Handle, x2.Handle, dim, eps, &result), "cosine_similarity");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_cosine_similarity(nint x1, nint x2, long dim, double eps, nint* result);

    /// <summary>1 - cosine where the target is 1, max(0, cosine - margin) where it is -1.</summary>
    public static Tensor CosineEmbedding(Tensor input1, Tensor input2, Tensor target, double margin = 0.0, Reduction reduction = Reduction.Mean)
    {
        TensorScope? scope = null;
        Tensor.Join(ref scope, input1);
        Tensor.Join(ref scope, input2);
        Tensor.Join(ref scope, target);
        nint result;
        Native.Check(kt_cosine_embedding_loss(input1.Handle, input2.Handle, target.Handle, margin, (int)reduction, &result), "cosine_embedding_loss");
        return Tensor.Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_cosine_embedding_loss(nint input1, nint input2, nint target, double margin, int reduction, nint* result);
}
