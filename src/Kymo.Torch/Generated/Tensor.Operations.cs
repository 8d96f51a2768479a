// Written by native/generator from native/operations.yaml. Change the table, not this file.

using System.Runtime.InteropServices;

namespace Kymo.Torch;

public readonly unsafe partial struct Tensor
{
    /// <summary>max(x, 0) of every element.</summary>
    public Tensor Relu()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_relu(Handle, &result), "relu");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_relu(nint input, nint* result);

    /// <summary>max(x, 0) of every element, written over the tensor itself.</summary>
    public Tensor ReluInPlace()
    {
        Native.Check(kt_relu_inplace(Handle), "relu_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_relu_inplace(nint input);

    /// <summary>1 / (1 + exp(-x)) of every element.</summary>
    public Tensor Sigmoid()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_sigmoid(Handle, &result), "sigmoid");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_sigmoid(nint input, nint* result);

    /// <summary>The hyperbolic tangent of every element.</summary>
    public Tensor Tanh()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_tanh(Handle, &result), "tanh");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_tanh(nint input, nint* result);

    /// <summary>e to the power of every element.</summary>
    public Tensor Exp()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_exp(Handle, &result), "exp");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_exp(nint input, nint* result);

    /// <summary>The natural logarithm of every element.</summary>
    public Tensor Log()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_log(Handle, &result), "log");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_log(nint input, nint* result);

    /// <summary>The natural logarithm of one plus every element.</summary>
    public Tensor Log1p()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_log1p(Handle, &result), "log1p");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_log1p(nint input, nint* result);

    /// <summary>The square root of every element.</summary>
    public Tensor Sqrt()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_sqrt(Handle, &result), "sqrt");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_sqrt(nint input, nint* result);

    /// <summary>One over the square root of every element.</summary>
    public Tensor Rsqrt()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_rsqrt(Handle, &result), "rsqrt");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_rsqrt(nint input, nint* result);

    /// <summary>Every element times itself.</summary>
    public Tensor Square()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_square(Handle, &result), "square");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_square(nint input, nint* result);

    /// <summary>The magnitude of every element.</summary>
    public Tensor Abs()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_abs(Handle, &result), "abs");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_abs(nint input, nint* result);

    /// <summary>Every element with its sign turned.</summary>
    public Tensor Neg()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_neg(Handle, &result), "neg");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_neg(nint input, nint* result);

    /// <summary>-1, 0 or 1 by the sign of every element.</summary>
    public Tensor Sign()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_sign(Handle, &result), "sign");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_sign(nint input, nint* result);

    /// <summary>One over every element.</summary>
    public Tensor Reciprocal()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_reciprocal(Handle, &result), "reciprocal");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_reciprocal(nint input, nint* result);

    /// <summary>The sine of every element, in radians.</summary>
    public Tensor Sin()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_sin(Handle, &result), "sin");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_sin(nint input, nint* result);

    /// <summary>The cosine of every element, in radians.</summary>
    public Tensor Cos()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_cos(Handle, &result), "cos");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_cos(nint input, nint* result);

    /// <summary>The Gauss error function of every element.</summary>
    public Tensor Erf()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_erf(Handle, &result), "erf");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_erf(nint input, nint* result);

    /// <summary>Every element rounded down.</summary>
    public Tensor Floor()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_floor(Handle, &result), "floor");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_floor(nint input, nint* result);

    /// <summary>Every element rounded up.</summary>
    public Tensor Ceil()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_ceil(Handle, &result), "ceil");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_ceil(nint input, nint* result);

    /// <summary>Every element rounded to the nearest whole number, halves to the even one.</summary>
    public Tensor Round()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_round(Handle, &result), "round");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_round(nint input, nint* result);

    /// <summary>x where positive, otherwise x times the slope.</summary>
    public Tensor LeakyRelu(double negativeSlope = 0.01)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_leaky_relu(Handle, negativeSlope, &result), "leaky_relu");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_leaky_relu(nint input, double negativeSlope, nint* result);

    /// <summary>x where positive, otherwise alpha (exp(x) - 1).</summary>
    public Tensor Elu(double alpha = 1)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_elu(Handle, alpha, &result), "elu");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_elu(nint input, double alpha, nint* result);

    /// <summary>x times the normal distribution function of x (exact, not the tanh approximation).</summary>
    public Tensor Gelu()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_gelu(Handle, &result), "gelu");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_gelu(nint input, nint* result);

    /// <summary>x times sigmoid(x).</summary>
    public Tensor Silu()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_silu(Handle, &result), "silu");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_silu(nint input, nint* result);

    /// <summary>log(1 + exp(beta x)) / beta, and x itself where beta x is above the threshold.</summary>
    public Tensor Softplus(double beta = 1, double threshold = 20)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_softplus(Handle, beta, threshold, &result), "softplus");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_softplus(nint input, double beta, double threshold, nint* result);

    /// <summary>Every element kept between the two bounds.</summary>
    public Tensor Hardtanh(double minVal = -1, double maxVal = 1)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_hardtanh(Handle, minVal, maxVal, &result), "hardtanh");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_hardtanh(nint input, double minVal, double maxVal, nint* result);

    /// <summary>Every element kept between the bounds that are given.</summary>
    public Tensor Clamp(double? min = null, double? max = null)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_clamp(Handle, min ?? 0, min.HasValue ? 1 : 0, max ?? 0, max.HasValue ? 1 : 0, &result), "clamp");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_clamp(nint input, double min, int minGiven, double max, int maxGiven, nint* result);

    /// <summary>exp(x) over the sum of exp(x) along one dimension.</summary>
    public Tensor Softmax(long dim = -1)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_softmax(Handle, dim, &result), "softmax");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_softmax(nint input, long dim, nint* result);

    /// <summary>The logarithm of the softmax along one dimension, without overflow.</summary>
    public Tensor LogSoftmax(long dim = -1)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_log_softmax(Handle, dim, &result), "log_softmax");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_log_softmax(nint input, long dim, nint* result);

    /// <summary>The same values as another element type; the tensor itself where it already has it.</summary>
    public Tensor To(ElementType dtype)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_to_dtype(Handle, (int)dtype, &result), "to");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_to_dtype(nint input, int dtype, nint* result);

    /// <summary>Not-a-number and the infinities replaced (by 0 and the largest and smallest numbers where nothing is given).</summary>
    public Tensor NanToNum(double? nan = null, double? positiveInfinity = null, double? negativeInfinity = null)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_nan_to_num(Handle, nan ?? 0, nan.HasValue ? 1 : 0, positiveInfinity ?? 0, positiveInfinity.HasValue ? 1 : 0, negativeInfinity ?? 0, negativeInfinity.HasValue ? 1 : 0, &result), "nan_to_num");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_nan_to_num(nint input, double nan, int nanGiven, double positiveInfinity, int positiveInfinityGiven, double negativeInfinity, int negativeInfinityGiven, nint* result);

    /// <summary>True where the element is neither infinite nor not-a-number.</summary>
    public Tensor IsFinite()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_isfinite(Handle, &result), "isfinite");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_isfinite(nint input, nint* result);

    /// <summary>x + alpha y, with broadcasting.</summary>
    public Tensor Add(Tensor other, double alpha = 1)
    {
        TensorScope? scope = Scope;
        Join(ref scope, other);
        nint result;
        Native.Check(kt_add_tensor(Handle, other.Handle, alpha, &result), "add");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_add_tensor(nint input, nint other, double alpha, nint* result);

    /// <summary>Every element plus a number.</summary>
    public Tensor Add(double other)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_add_scalar(Handle, other, &result), "add");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_add_scalar(nint input, double other, nint* result);

    /// <summary>Adds alpha y to the tensor itself.</summary>
    public Tensor AddInPlace(Tensor other, double alpha = 1)
    {
        Native.Check(kt_add_inplace_tensor(Handle, other.Handle, alpha), "add_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_add_inplace_tensor(nint input, nint other, double alpha);

    /// <summary>Adds a number to every element of the tensor itself.</summary>
    public Tensor AddInPlace(double other)
    {
        Native.Check(kt_add_inplace_scalar(Handle, other), "add_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_add_inplace_scalar(nint input, double other);

    /// <summary>x - alpha y, with broadcasting.</summary>
    public Tensor Subtract(Tensor other, double alpha = 1)
    {
        TensorScope? scope = Scope;
        Join(ref scope, other);
        nint result;
        Native.Check(kt_sub_tensor(Handle, other.Handle, alpha, &result), "sub");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_sub_tensor(nint input, nint other, double alpha, nint* result);

    /// <summary>Every element minus a number.</summary>
    public Tensor Subtract(double other)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_sub_scalar(Handle, other, &result), "sub");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_sub_scalar(nint input, double other, nint* result);

    /// <summary>Subtracts alpha y from the tensor itself.</summary>
    public Tensor SubtractInPlace(Tensor other, double alpha = 1)
    {
        Native.Check(kt_sub_inplace_tensor(Handle, other.Handle, alpha), "sub_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_sub_inplace_tensor(nint input, nint other, double alpha);

    /// <summary>Subtracts a number from every element of the tensor itself.</summary>
    public Tensor SubtractInPlace(double other)
    {
        Native.Check(kt_sub_inplace_scalar(Handle, other), "sub_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_sub_inplace_scalar(nint input, double other);

    /// <summary>The element-wise product, with broadcasting.</summary>
    public Tensor Multiply(Tensor other)
    {
        TensorScope? scope = Scope;
        Join(ref scope, other);
        nint result;
        Native.Check(kt_mul_tensor(Handle, other.Handle, &result), "mul");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_mul_tensor(nint input, nint other, nint* result);

    /// <summary>Every element times a number.</summary>
    public Tensor Multiply(double other)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_mul_scalar(Handle, other, &result), "mul");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_mul_scalar(nint input, double other, nint* result);

    /// <summary>Multiplies the tensor itself by another, element by element.</summary>
    public Tensor MultiplyInPlace(Tensor other)
    {
        Native.Check(kt_mul_inplace_tensor(Handle, other.Handle), "mul_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_mul_inplace_tensor(nint input, nint other);

    /// <summary>Multiplies every element of the tensor itself by a number.</summary>
    public Tensor MultiplyInPlace(double other)
    {
        Native.Check(kt_mul_inplace_scalar(Handle, other), "mul_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_mul_inplace_scalar(nint input, double other);

    /// <summary>The element-wise quotient, with broadcasting.</summary>
    public Tensor Divide(Tensor other)
    {
        TensorScope? scope = Scope;
        Join(ref scope, other);
        nint result;
        Native.Check(kt_div_tensor(Handle, other.Handle, &result), "div");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_div_tensor(nint input, nint other, nint* result);

    /// <summary>Every element over a number.</summary>
    public Tensor Divide(double other)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_div_scalar(Handle, other, &result), "div");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_div_scalar(nint input, double other, nint* result);

    /// <summary>Divides the tensor itself by another, element by element.</summary>
    public Tensor DivideInPlace(Tensor other)
    {
        Native.Check(kt_div_inplace_tensor(Handle, other.Handle), "div_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_div_inplace_tensor(nint input, nint other);

    /// <summary>Divides every element of the tensor itself by a number.</summary>
    public Tensor DivideInPlace(double other)
    {
        Native.Check(kt_div_inplace_scalar(Handle, other), "div_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_div_inplace_scalar(nint input, double other);

    /// <summary>A number minus every element.</summary>
    public Tensor SubtractFrom(double other)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_rsub_scalar(Handle, other, &result), "rsub");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_rsub_scalar(nint input, double other, nint* result);

    /// <summary>Every element to a power.</summary>
    public Tensor Pow(double exponent)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_pow_scalar(Handle, exponent, &result), "pow");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_pow_scalar(nint input, double exponent, nint* result);

    /// <summary>The larger of two elements, with broadcasting.</summary>
    public Tensor Maximum(Tensor other)
    {
        TensorScope? scope = Scope;
        Join(ref scope, other);
        nint result;
        Native.Check(kt_maximum(Handle, other.Handle, &result), "maximum");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_maximum(nint input, nint other, nint* result);

    /// <summary>The smaller of two elements, with broadcasting.</summary>
    public Tensor Minimum(Tensor other)
    {
        TensorScope? scope = Scope;
        Join(ref scope, other);
        nint result;
        Native.Check(kt_minimum(Handle, other.Handle, &result), "minimum");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_minimum(nint input, nint other, nint* result);

    /// <summary>x + weight (end - x).</summary>
    public Tensor Lerp(Tensor end, double weight)
    {
        TensorScope? scope = Scope;
        Join(ref scope, end);
        nint result;
        Native.Check(kt_lerp_scalar(Handle, end.Handle, weight, &result), "lerp");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_lerp_scalar(nint input, nint end, double weight, nint* result);

    /// <summary>Moves the tensor itself the given part of the way to another (an exponential moving average).</summary>
    public Tensor LerpInPlace(Tensor end, double weight)
    {
        Native.Check(kt_lerp_inplace_scalar(Handle, end.Handle, weight), "lerp_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_lerp_inplace_scalar(nint input, nint end, double weight);

    /// <summary>The matrix product; leading dimensions are batches and broadcast.</summary>
    public Tensor MatrixMultiply(Tensor other)
    {
        TensorScope? scope = Scope;
        Join(ref scope, other);
        nint result;
        Native.Check(kt_matmul(Handle, other.Handle, &result), "matmul");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_matmul(nint input, nint other, nint* result);

    /// <summary>True where the element equals a number.</summary>
    public Tensor EqualTo(double other)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_eq_scalar(Handle, other, &result), "eq");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_eq_scalar(nint input, double other, nint* result);

    /// <summary>True where two elements are equal, with broadcasting.</summary>
    public Tensor EqualTo(Tensor other)
    {
        TensorScope? scope = Scope;
        Join(ref scope, other);
        nint result;
        Native.Check(kt_eq_tensor(Handle, other.Handle, &result), "eq");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_eq_tensor(nint input, nint other, nint* result);

    /// <summary>True where the element is below a number.</summary>
    public Tensor LessThan(double other)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_lt_scalar(Handle, other, &result), "lt");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_lt_scalar(nint input, double other, nint* result);

    /// <summary>True where the element is above a number.</summary>
    public Tensor GreaterThan(double other)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_gt_scalar(Handle, other, &result), "gt");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_gt_scalar(nint input, double other, nint* result);

    /// <summary>True where the element is below the other&apos;s, with broadcasting.</summary>
    public Tensor LessThan(Tensor other)
    {
        TensorScope? scope = Scope;
        Join(ref scope, other);
        nint result;
        Native.Check(kt_lt_tensor(Handle, other.Handle, &result), "lt");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_lt_tensor(nint input, nint other, nint* result);

    /// <summary>True where the element is above the other&apos;s, with broadcasting.</summary>
    public Tensor GreaterThan(Tensor other)
    {
        TensorScope? scope = Scope;
        Join(ref scope, other);
        nint result;
        Native.Check(kt_gt_tensor(Handle, other.Handle, &result), "gt");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_gt_tensor(nint input, nint other, nint* result);

    /// <summary>True where both are true.</summary>
    public Tensor LogicalAnd(Tensor other)
    {
        TensorScope? scope = Scope;
        Join(ref scope, other);
        nint result;
        Native.Check(kt_logical_and(Handle, other.Handle, &result), "logical_and");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_logical_and(nint input, nint other, nint* result);

    /// <summary>True where the element is false.</summary>
    public Tensor LogicalNot()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_logical_not(Handle, &result), "logical_not");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_logical_not(nint input, nint* result);

    /// <summary>A number where the mask is true, the element elsewhere.</summary>
    public Tensor MaskedFill(Tensor mask, double value)
    {
        TensorScope? scope = Scope;
        Join(ref scope, mask);
        nint result;
        Native.Check(kt_masked_fill_scalar(Handle, mask.Handle, value, &result), "masked_fill");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_masked_fill_scalar(nint input, nint mask, double value, nint* result);

    /// <summary>Sets every element to zero.</summary>
    public Tensor FillZero()
    {
        Native.Check(kt_zero_inplace(Handle), "zero_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_zero_inplace(nint input);

    /// <summary>Sets every element to a number.</summary>
    public Tensor Fill(double value)
    {
        Native.Check(kt_fill_inplace(Handle, value), "fill_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_fill_inplace(nint input, double value);

    /// <summary>Copies another tensor&apos;s values, converting element type and device, with broadcasting.</summary>
    public Tensor CopyFrom(Tensor source)
    {
        Native.Check(kt_copy_inplace(Handle, source.Handle), "copy_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_copy_inplace(nint input, nint source);

    /// <summary>Draws every element uniformly from [from, to).</summary>
    public Tensor FillUniform(double from, double to, RandomGenerator generator)
    {
        Native.Check(kt_uniform_inplace(Handle, from, to, generator.Handle), "uniform_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_uniform_inplace(nint input, double from, double to, nint generator);

    /// <summary>Draws every element from a normal distribution.</summary>
    public Tensor FillNormal(double mean, double standardDeviation, RandomGenerator generator)
    {
        Native.Check(kt_normal_inplace(Handle, mean, standardDeviation, generator.Handle), "normal_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_normal_inplace(nint input, double mean, double standardDeviation, nint generator);

    /// <summary>Sets every element to 1 with probability p and to 0 otherwise.</summary>
    public Tensor FillBernoulli(double p, RandomGenerator generator)
    {
        Native.Check(kt_bernoulli_inplace(Handle, p, generator.Handle), "bernoulli_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_bernoulli_inplace(nint input, double p, nint generator);

    /// <summary>Draws every element uniformly from the whole numbers from, ..., to - 1.</summary>
    public Tensor FillIntegers(long from, long to, RandomGenerator generator)
    {
        Native.Check(kt_randint_inplace(Handle, from, to, generator.Handle), "randint_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_randint_inplace(nint input, long from, long to, nint generator);

    /// <summary>The sum of all elements, a scalar.</summary>
    public Tensor Sum()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_sum(Handle, &result), "sum");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_sum(nint input, nint* result);

    /// <summary>The sum along the given dimensions.</summary>
    public Tensor Sum(ReadOnlySpan<long> dim, bool keepDim = false)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* dimPointer = dim)
            Native.Check(kt_sum_dim_intlist(Handle, dimPointer, dim.Length, keepDim ? 1 : 0, &result), "sum");
        return Wrap(result, scope);
    }

    /// <summary>The sum along the given dimensions.</summary>
    public Tensor Sum(long dim, bool keepDim = false) =>
        Sum([dim], keepDim);

    [LibraryImport(Native.Library)]
    private static partial int kt_sum_dim_intlist(nint input, long* dim, int dimCount, int keepDim, nint* result);

    /// <summary>The mean of all elements, a scalar.</summary>
    public Tensor Mean()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_mean(Handle, &result), "mean");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_mean(nint input, nint* result);

    /// <summary>The mean along the given dimensions.</summary>
    public Tensor Mean(ReadOnlySpan<long> dim, bool keepDim = false)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* dimPointer = dim)
            Native.Check(kt_mean_dim(Handle, dimPointer, dim.Length, keepDim ? 1 : 0, &result), "mean");
        return Wrap(result, scope);
    }

    /// <summary>The mean along the given dimensions.</summary>
    public Tensor Mean(long dim, bool keepDim = false) =>
        Mean([dim], keepDim);

    [LibraryImport(Native.Library)]
    private static partial int kt_mean_dim(nint input, long* dim, int dimCount, int keepDim, nint* result);

    /// <summary>The variance along the given dimensions, over n - 1 when unbiased and over n otherwise.</summary>
    public Tensor Variance(ReadOnlySpan<long> dim, bool unbiased = true, bool keepDim = false)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* dimPointer = dim)
            Native.Check(kt_var_dim(Handle, dimPointer, dim.Length, unbiased ? 1 : 0, keepDim ? 1 : 0, &result), "var");
        return Wrap(result, scope);
    }

    /// <summary>The variance along the given dimensions, over n - 1 when unbiased and over n otherwise.</summary>
    public Tensor Variance(long dim, bool unbiased = true, bool keepDim = false) =>
        Variance([dim], unbiased, keepDim);

    [LibraryImport(Native.Library)]
    private static partial int kt_var_dim(nint input, long* dim, int dimCount, int unbiased, int keepDim, nint* result);

    /// <summary>The standard deviation along the given dimensions, over n - 1 when unbiased and over n otherwise.</summary>
    public Tensor StandardDeviation(ReadOnlySpan<long> dim, bool unbiased = true, bool keepDim = false)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* dimPointer = dim)
            Native.Check(kt_std_dim(Handle, dimPointer, dim.Length, unbiased ? 1 : 0, keepDim ? 1 : 0, &result), "std");
        return Wrap(result, scope);
    }

    /// <summary>The standard deviation along the given dimensions, over n - 1 when unbiased and over n otherwise.</summary>
    public Tensor StandardDeviation(long dim, bool unbiased = true, bool keepDim = false) =>
        StandardDeviation([dim], unbiased, keepDim);

    [LibraryImport(Native.Library)]
    private static partial int kt_std_dim(nint input, long* dim, int dimCount, int unbiased, int keepDim, nint* result);

    /// <summary>The square root of the sum of squares of all elements, a scalar.</summary>
    public Tensor Norm()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_norm(Handle, &result), "norm");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_norm(nint input, nint* result);

    /// <summary>The square root of the sum of squares along the given dimensions.</summary>
    public Tensor Norm(ReadOnlySpan<long> dim, bool keepDim = false)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* dimPointer = dim)
            Native.Check(kt_norm_dim(Handle, dimPointer, dim.Length, keepDim ? 1 : 0, &result), "norm");
        return Wrap(result, scope);
    }

    /// <summary>The square root of the sum of squares along the given dimensions.</summary>
    public Tensor Norm(long dim, bool keepDim = false) =>
        Norm([dim], keepDim);

    [LibraryImport(Native.Library)]
    private static partial int kt_norm_dim(nint input, long* dim, int dimCount, int keepDim, nint* result);

    /// <summary>The largest element, a scalar.</summary>
    public Tensor Max()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_max(Handle, &result), "max");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_max(nint input, nint* result);

    /// <summary>The smallest element, a scalar.</summary>
    public Tensor Min()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_min(Handle, &result), "min");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_min(nint input, nint* result);

    /// <summary>The largest element along the given dimensions. Equal maxima share the gradient.</summary>
    public Tensor Max(ReadOnlySpan<long> dim, bool keepDim = false)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* dimPointer = dim)
            Native.Check(kt_amax(Handle, dimPointer, dim.Length, keepDim ? 1 : 0, &result), "amax");
        return Wrap(result, scope);
    }

    /// <summary>The largest element along the given dimensions. Equal maxima share the gradient.</summary>
    public Tensor Max(long dim, bool keepDim = false) =>
        Max([dim], keepDim);

    [LibraryImport(Native.Library)]
    private static partial int kt_amax(nint input, long* dim, int dimCount, int keepDim, nint* result);

    /// <summary>The smallest element along the given dimensions. Equal minima share the gradient.</summary>
    public Tensor Min(ReadOnlySpan<long> dim, bool keepDim = false)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* dimPointer = dim)
            Native.Check(kt_amin(Handle, dimPointer, dim.Length, keepDim ? 1 : 0, &result), "amin");
        return Wrap(result, scope);
    }

    /// <summary>The smallest element along the given dimensions. Equal minima share the gradient.</summary>
    public Tensor Min(long dim, bool keepDim = false) =>
        Min([dim], keepDim);

    [LibraryImport(Native.Library)]
    private static partial int kt_amin(nint input, long* dim, int dimCount, int keepDim, nint* result);

    /// <summary>The largest element along one dimension and where it stands. The gradient goes to that element alone.</summary>
    public (Tensor Values, Tensor Indices) MaxWithIndices(long dim, bool keepDim = false)
    {
        TensorScope? scope = Scope;
        nint values, indices;
        Native.Check(kt_max_dim(Handle, dim, keepDim ? 1 : 0, &values, &indices), "max");
        return (Wrap(values, scope), Wrap(indices, scope));
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_max_dim(nint input, long dim, int keepDim, nint* values, nint* indices);

    /// <summary>Where the largest element along one dimension stands.</summary>
    public Tensor ArgMax(long dim, bool keepDim = false)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_argmax(Handle, dim, keepDim ? 1 : 0, &result), "argmax");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_argmax(nint input, long dim, int keepDim, nint* result);

    /// <summary>Where the smallest element along one dimension stands.</summary>
    public Tensor ArgMin(long dim, bool keepDim = false)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_argmin(Handle, dim, keepDim ? 1 : 0, &result), "argmin");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_argmin(nint input, long dim, int keepDim, nint* result);

    /// <summary>The logarithm of the sum of exp(x) along the given dimensions, without overflow.</summary>
    public Tensor LogSumExp(ReadOnlySpan<long> dim, bool keepDim = false)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* dimPointer = dim)
            Native.Check(kt_logsumexp(Handle, dimPointer, dim.Length, keepDim ? 1 : 0, &result), "logsumexp");
        return Wrap(result, scope);
    }

    /// <summary>The logarithm of the sum of exp(x) along the given dimensions, without overflow.</summary>
    public Tensor LogSumExp(long dim, bool keepDim = false) =>
        LogSumExp([dim], keepDim);

    [LibraryImport(Native.Library)]
    private static partial int kt_logsumexp(nint input, long* dim, int dimCount, int keepDim, nint* result);

    /// <summary>The running sum along one dimension.</summary>
    public Tensor CumulativeSum(long dim)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_cumsum(Handle, dim, &result), "cumsum");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_cumsum(nint input, long dim, nint* result);

    /// <summary>True if every element is, a scalar.</summary>
    public Tensor All()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_all(Handle, &result), "all");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_all(nint input, nint* result);

    /// <summary>True if at least one element is, a scalar.</summary>
    public Tensor Any()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_any(Handle, &result), "any");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_any(nint input, nint* result);

    /// <summary>The k largest (or smallest) elements along one dimension in order, and where they stand.</summary>
    public (Tensor Values, Tensor Indices) TopK(long k, long dim = -1, bool largest = true)
    {
        TensorScope? scope = Scope;
        nint values, indices;
        Native.Check(kt_topk(Handle, k, dim, largest ? 1 : 0, &values, &indices), "topk");
        return (Wrap(values, scope), Wrap(indices, scope));
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_topk(nint input, long k, long dim, int largest, nint* values, nint* indices);

    /// <summary>The elements in order along one dimension, and where they stood.</summary>
    public (Tensor Values, Tensor Indices) Sort(long dim = -1, bool descending = false)
    {
        TensorScope? scope = Scope;
        nint values, indices;
        Native.Check(kt_sort(Handle, dim, descending ? 1 : 0, &values, &indices), "sort");
        return (Wrap(values, scope), Wrap(indices, scope));
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_sort(nint input, long dim, int descending, nint* values, nint* indices);

    /// <summary>The same elements in another shape; one size may be -1. A view where the strides allow it, a copy otherwise.</summary>
    public Tensor Reshape(params ReadOnlySpan<long> shape)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* shapePointer = shape)
            Native.Check(kt_reshape(Handle, shapePointer, shape.Length, &result), "reshape");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_reshape(nint input, long* shape, int shapeCount, nint* result);

    /// <summary>The same memory in another shape; an error where the strides do not allow it.</summary>
    public Tensor View(params ReadOnlySpan<long> size)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* sizePointer = size)
            Native.Check(kt_view(Handle, sizePointer, size.Length, &result), "view");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_view(nint input, long* size, int sizeCount, nint* result);

    /// <summary>The dimensions from start to end as one.</summary>
    public Tensor Flatten(long startDim = 0, long endDim = -1)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_flatten(Handle, startDim, endDim, &result), "flatten");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_flatten(nint input, long startDim, long endDim, nint* result);

    /// <summary>Two dimensions exchanged, a view.</summary>
    public Tensor Transpose(long dim0, long dim1)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_transpose(Handle, dim0, dim1, &result), "transpose");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_transpose(nint input, long dim0, long dim1, nint* result);

    /// <summary>The dimensions in another order, a view.</summary>
    public Tensor Permute(params ReadOnlySpan<long> dims)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* dimsPointer = dims)
            Native.Check(kt_permute(Handle, dimsPointer, dims.Length, &result), "permute");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_permute(nint input, long* dims, int dimsCount, nint* result);

    /// <summary>A dimension of size one inserted, a view.</summary>
    public Tensor Unsqueeze(long dim)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_unsqueeze(Handle, dim, &result), "unsqueeze");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_unsqueeze(nint input, long dim, nint* result);

    /// <summary>A dimension of size one left out, a view.</summary>
    public Tensor Squeeze(long dim)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_squeeze(Handle, dim, &result), "squeeze");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_squeeze(nint input, long dim, nint* result);

    /// <summary>A stretch of one dimension, a view.</summary>
    public Tensor Narrow(long dim, long start, long length)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_narrow(Handle, dim, start, length, &result), "narrow");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_narrow(nint input, long dim, long start, long length, nint* result);

    /// <summary>One entry of one dimension, which is left out of the shape, a view.</summary>
    public Tensor Select(long dim, long index)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_select(Handle, dim, index, &result), "select");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_select(nint input, long dim, long index, nint* result);

    /// <summary>Every step-th entry of one dimension from start up to, but without, end, a view.</summary>
    public Tensor Slice(long dim, long start, long end, long step = 1)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_slice(Handle, dim, start, end, step, &result), "slice");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_slice(nint input, long dim, long start, long end, long step, nint* result);

    /// <summary>Dimensions of size one repeated without copying, a view.</summary>
    public Tensor Expand(params ReadOnlySpan<long> size)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* sizePointer = size)
            Native.Check(kt_expand(Handle, sizePointer, size.Length, &result), "expand");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_expand(nint input, long* size, int sizeCount, nint* result);

    /// <summary>The tensor repeated along each dimension, a copy.</summary>
    public Tensor Repeat(params ReadOnlySpan<long> repeats)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* repeatsPointer = repeats)
            Native.Check(kt_repeat(Handle, repeatsPointer, repeats.Length, &result), "repeat");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_repeat(nint input, long* repeats, int repeatsCount, nint* result);

    /// <summary>The order along the given dimensions turned round.</summary>
    public Tensor Flip(params ReadOnlySpan<long> dims)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* dimsPointer = dims)
            Native.Check(kt_flip(Handle, dimsPointer, dims.Length, &result), "flip");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_flip(nint input, long* dims, int dimsCount, nint* result);

    /// <summary>The elements moved along the given dimensions; what leaves at one end enters at the other.</summary>
    public Tensor Roll(ReadOnlySpan<long> shifts, params ReadOnlySpan<long> dims)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* shiftsPointer = shifts)
        fixed (long* dimsPointer = dims)
            Native.Check(kt_roll(Handle, shiftsPointer, shifts.Length, dimsPointer, dims.Length, &result), "roll");
        return Wrap(result, scope);
    }

    /// <summary>The elements moved along the given dimensions; what leaves at one end enters at the other.</summary>
    public Tensor Roll(long shifts, long dims) =>
        Roll([shifts], [dims]);

    [LibraryImport(Native.Library)]
    private static partial int kt_roll(nint input, long* shifts, int shiftsCount, long* dims, int dimsCount, nint* result);

    /// <summary>Windows of one dimension as a new last dimension, a view.</summary>
    public Tensor Unfold(long dimension, long size, long step)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_unfold(Handle, dimension, size, step, &result), "unfold");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_unfold(nint input, long dimension, long size, long step, nint* result);

    /// <summary>The elements in the given order in memory; the tensor itself where they already are.</summary>
    public Tensor Contiguous(MemoryFormat memoryFormat = MemoryFormat.Contiguous)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_contiguous(Handle, (int)memoryFormat, &result), "contiguous");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_contiguous(nint input, int memoryFormat, nint* result);

    /// <summary>The same memory without a history for gradients.</summary>
    public Tensor Detach()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_detach(Handle, &result), "detach");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_detach(nint input, nint* result);

    /// <summary>A copy that keeps the history for gradients.</summary>
    public Tensor Clone()
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_clone(Handle, &result), "clone");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_clone(nint input, nint* result);

    /// <summary>The entries of one dimension that an Int64 tensor names, in its order.</summary>
    public Tensor IndexSelect(long dim, Tensor index)
    {
        TensorScope? scope = Scope;
        Join(ref scope, index);
        nint result;
        Native.Check(kt_index_select(Handle, dim, index.Handle, &result), "index_select");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_index_select(nint input, long dim, nint index, nint* result);

    /// <summary>Along one dimension the entry that an Int64 tensor names at each place.</summary>
    public Tensor Gather(long dim, Tensor index)
    {
        TensorScope? scope = Scope;
        Join(ref scope, index);
        nint result;
        Native.Check(kt_gather(Handle, dim, index.Handle, &result), "gather");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_gather(nint input, long dim, nint index, nint* result);

    /// <summary>Writes the entries of another tensor to the places that an Int64 tensor names.</summary>
    public Tensor IndexCopyInPlace(long dim, Tensor index, Tensor source)
    {
        Native.Check(kt_index_copy_inplace(Handle, dim, index.Handle, source.Handle), "index_copy_");
        return this;
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_index_copy_inplace(nint input, long dim, nint index, nint source);

    /// <summary>The tensor with borders of one value; sizes are before and after, the last dimension first.</summary>
    public Tensor Pad(ReadOnlySpan<long> pad, double value = 0)
    {
        TensorScope? scope = Scope;
        nint result;
        fixed (long* padPointer = pad)
            Native.Check(kt_constant_pad_nd(Handle, padPointer, pad.Length, value, &result), "constant_pad_nd");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_constant_pad_nd(nint input, long* pad, int padCount, double value, nint* result);

    /// <summary>The elements on and below a diagonal, zero above.</summary>
    public Tensor LowerTriangle(long diagonal = 0)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_tril(Handle, diagonal, &result), "tril");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_tril(nint input, long diagonal, nint* result);

    /// <summary>The elements on and above a diagonal, zero below.</summary>
    public Tensor UpperTriangle(long diagonal = 0)
    {
        TensorScope? scope = Scope;
        nint result;
        Native.Check(kt_triu(Handle, diagonal, &result), "triu");
        return Wrap(result, scope);
    }

    [LibraryImport(Native.Library)]
    private static partial int kt_triu(nint input, long diagonal, nint* result);
}
