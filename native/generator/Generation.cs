namespace Kymo.Torch.Generator;

/// <summary>The files that follow from the table of operations.</summary>
public static class Generation
{
    /// <summary>Path (from the root of the checkout) and text of every generated file.</summary>
    /// <param name="table">The text of <c>native/operations.yaml</c>.</param>
    public static IEnumerable<(string Path, string Text)> Files(string table)
    {
        var operations = OperationTable.Parse(table);
        yield return ("native/operations.generated.h", CppWriter.Header(operations));
        yield return ("native/operations.generated.cpp", CppWriter.Source(operations));
        yield return ("src/Kymo.Torch/Generated/Tensor.Operations.cs",
            CSharpWriter.File("public readonly unsafe partial struct Tensor", operations.Where(o => o.IsMethod)));
        yield return ("src/Kymo.Torch/Generated/Functional.Operations.cs",
            CSharpWriter.File("public static unsafe partial class Functional", operations.Where(o => !o.IsMethod)));
    }
}
