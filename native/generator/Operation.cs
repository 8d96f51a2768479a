namespace Kymo.Torch.Generator;

/// <summary>What an argument is, by its type in the table.</summary>
public enum Kind
{
    Tensor, OptionalTensor, TensorList, Int, OptionalInt, IntList, Float, OptionalFloat, Scalar, Bool,
    ScalarType, MemoryFormat, Reduction, Generator,
}

/// <summary>One argument of an operation.</summary>
/// <param name="Kind">Its type.</param>
/// <param name="Name">Its name in the table (snake case).</param>
/// <param name="Default">Its default as the table writes it, or null.</param>
/// <param name="IsSingle">An <c>int[1]</c>: C# also offers an overload with one number.</param>
/// <param name="IsWritten">A <c>Tensor(a!)</c>: changed in place.</param>
public sealed record Argument(Kind Kind, string Name, string? Default, bool IsSingle, bool IsWritten)
{
    /// <summary>The name in C#: camel case, and the field's word where the table's is a keyword or too short.</summary>
    public string CSharpName => Name switch
    {
        "params" => "parameters",
        "keepdim" => "keepDim",
        "posinf" => "positiveInfinity",
        "neginf" => "negativeInfinity",
        "self" => "input",
        "src" => "source",
        "hx" => "state",
        "std" => "standardDeviation",
        _ => Words.Camel(Name),
    };
}

/// <summary>One entry of the table.</summary>
public sealed record Operation(
    string Name, string Overload, Argument[] Arguments, string[] Results, bool InPlace, bool IsMethod, string Doc, string? Cpp,
    string CSharpName)
{
    /// <summary>The exported C name.</summary>
    public string Export => "kt_" + Name.TrimEnd('_') + (Name.EndsWith('_') ? "_inplace" : "")
        + (Overload.Length == 0 ? "" : "_" + Overload.ToLowerInvariant());
}

static class Words
{
    internal static string Pascal(string snake) => string.Concat(snake.Split('_', StringSplitOptions.RemoveEmptyEntries)
        .Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    internal static string Camel(string snake)
    {
        var pascal = Pascal(snake);
        return char.ToLowerInvariant(pascal[0]) + pascal[1..];
    }
}
