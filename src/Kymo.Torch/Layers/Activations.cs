namespace Kymo.Torch.Layers;

/// <summary>max(x, 0). PyTorch's <c>nn.ReLU</c>.</summary>
/// <param name="inPlace">Whether it writes over its input, which saves memory where nothing else needs the input.</param>
public sealed class Relu(bool inPlace = false) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => inPlace ? input.ReluInPlace() : input.Relu();
}

/// <summary>x where positive, otherwise x times a slope. PyTorch's <c>nn.LeakyReLU</c>.</summary>
/// <param name="slope">The slope below zero.</param>
public sealed class LeakyRelu(double slope = 0.01) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.LeakyRelu(slope);
}

/// <summary>x where positive, otherwise alpha (exp(x) - 1). PyTorch's <c>nn.ELU</c>.</summary>
/// <param name="alpha">The bound below zero.</param>
public sealed class Elu(double alpha = 1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Elu(alpha);
}

/// <summary>x times the normal distribution function of x. PyTorch's <c>nn.GELU</c>.</summary>
public sealed class Gelu : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Gelu();
}

/// <summary>x times sigmoid(x). PyTorch's <c>nn.SiLU</c>.</summary>
public sealed class Silu : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Silu();
}

/// <summary>1 / (1 + exp(-x)). PyTorch's <c>nn.Sigmoid</c>.</summary>
public sealed class Sigmoid : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Sigmoid();
}

/// <summary>The hyperbolic tangent. PyTorch's <c>nn.Tanh</c>.</summary>
public sealed class Tanh : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Tanh();
}

/// <summary>exp(x) over the sum of exp(x) along one dimension. PyTorch's <c>nn.Softmax</c>.</summary>
/// <param name="dim">The dimension.</param>
public sealed class Softmax(long dim = -1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Softmax(dim);
}

/// <summary>The dimensions from start to end as one. PyTorch's <c>nn.Flatten</c>.</summary>
/// <param name="startDim">The first.</param>
/// <param name="endDim">The last.</param>
public sealed class Flatten(long startDim = 1, long endDim = -1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Flatten(startDim, endDim);
}

/// <summary>The input as it is. PyTorch's <c>nn.Identity</c>.</summary>
public sealed class Identity : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input;
}
