using System.Security;
using System.Text;

namespace Kymo.Torch.Generator;

/// <summary>Writes the C# side: a private raw import and a checked public wrapper for every operation.</summary>
static class CSharpWriter
{
    internal static string File(string type, IEnumerable<Operation> operations)
    {
        var text = new StringBuilder($$"""
            // Written by native/generator from native/operations.yaml. Change the table, not this file.

            using System.Runtime.InteropServices;

            namespace Kymo.Torch;

            {{type}}
            {

            """);
        var first = true;
        foreach (var operation in operations)
        {
            if (!first) text.Append('\n');
            first = false;
            Write(text, operation);
        }

        return text.Append("}\n").ToString();
    }

    static void Write(StringBuilder text, Operation operation)
    {
        var arguments = operation.IsMethod ? operation.Arguments[1..] : operation.Arguments;
        var summary = $"    /// <summary>{SecurityElement.Escape(operation.Doc)}</summary>\n";
        var returns = operation.Results.Length > 1
            ? "(" + string.Join(", ", operation.Results.Select(r => "Tensor " + Words.Pascal(r))) + ")" : "Tensor";
        var modifiers = operation.IsMethod ? "public" : "public static";

        text.Append(summary);
        text.Append($"    {modifiers} {returns} {operation.CSharpName}({string.Join(", ", Parameters(arguments))})\n    {{\n");
        WriteBody(text, operation, arguments);
        text.Append("    }\n\n");
        if (operation.IsMethod && arguments.Any(a => a.IsSingle))
        {
            var forwarded = string.Join(", ", arguments.Select(a => a.IsSingle ? $"[{a.CSharpName}]" : a.CSharpName));
            text.Append(summary);
            text.Append($"    {modifiers} {returns} {operation.CSharpName}({string.Join(", ", Parameters(arguments, single: true))}) =>\n");
            text.Append($"        {operation.CSharpName}({forwarded});\n\n");
        }

        var raw = operation.Arguments.SelectMany(RawParameters).Concat(operation.Results.Select(r => "nint* " + Words.Camel(r)));
        text.Append("    [LibraryImport(Native.Library)]\n");
        text.Append($"    private static partial int {operation.Export}({string.Join(", ", raw)});\n");
    }

    static void WriteBody(StringBuilder text, Operation operation, Argument[] arguments)
    {
        var returnsTensor = operation.Results.Length > 0;
        if (returnsTensor)
        {
            text.Append($"        TensorScope? scope = {(operation.IsMethod ? "Scope" : "null")};\n");
            foreach (var argument in arguments.Where(a => a.Kind is Kind.Tensor or Kind.OptionalTensor or Kind.TensorList))
                text.Append($"        Join(ref scope, {argument.CSharpName});\n".Replace("Join(", operation.IsMethod ? "Join(" : "Tensor.Join("));
            text.Append($"        nint {string.Join(", ", operation.Results.Select(Words.Camel))};\n");
        }

        var prefix = operation.IsMethod ? "" : "Tensor.";
        foreach (var argument in arguments.Where(a => a.Kind == Kind.TensorList))
        {
            var name = argument.CSharpName;
            text.Append($"        Span<nint> {name}Handles = {name}.Length <= 64 ? stackalloc nint[64] : new nint[{name}.Length];\n");
            text.Append($"        {prefix}HandlesOf({name}, {name}Handles);\n");
        }

        var indent = "        ";
        foreach (var argument in arguments.Where(a => a.Kind == Kind.TensorList))
            text.Append($"{indent}fixed (nint* {argument.CSharpName}Pointer = {argument.CSharpName}Handles)\n");
        foreach (var argument in arguments.Where(a => a.Kind == Kind.IntList))
            text.Append($"{indent}fixed (long* {argument.CSharpName}Pointer = {argument.CSharpName})\n");
        if (arguments.Any(a => a.Kind is Kind.IntList or Kind.TensorList)) indent += "    ";
        var passed = operation.Arguments.SelectMany((a, i) => Passed(a, operation.IsMethod && i == 0, prefix))
            .Concat(operation.Results.Select(r => "&" + Words.Camel(r)));
        text.Append($"{indent}Native.Check({operation.Export}({string.Join(", ", passed)}), \"{operation.Name}\");\n");

        if (!returnsTensor) text.Append($"        return {(operation.IsMethod ? "this" : operation.Arguments[0].CSharpName)};\n");
        else if (operation.Results.Length == 1) text.Append($"        return {prefix}Wrap(result, scope);\n");
        else text.Append($"        return ({string.Join(", ", operation.Results.Select(r => $"{prefix}Wrap({Words.Camel(r)}, scope)"))});\n");
    }

    static IEnumerable<string> Parameters(Argument[] arguments, bool single = false)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            var isLast = i == arguments.Length - 1;
            var type = argument.Kind switch
            {
                Kind.Tensor => "Tensor",
                Kind.OptionalTensor => "Tensor?",
                Kind.TensorList => "ReadOnlySpan<Tensor>",
                Kind.Int => "long",
                Kind.OptionalInt => "long?",
                Kind.IntList when single && argument.IsSingle => "long",
                Kind.IntList => (isLast ? "params " : "") + "ReadOnlySpan<long>",
                Kind.Float or Kind.Scalar => "double",
                Kind.OptionalFloat => "double?",
                Kind.Bool => "bool",
                Kind.ScalarType => "ElementType",
                Kind.MemoryFormat => "MemoryFormat",
                Kind.Reduction => "Reduction",
                Kind.Generator => "RandomGenerator",
                _ => throw new InvalidOperationException(argument.Kind.ToString()),
            };
            yield return $"{type} {argument.CSharpName}{(argument.Default is null ? "" : " = " + Default(argument))}";
        }
    }

    static string Default(Argument argument) => argument.Default switch
    {
        "None" => "null",
        "True" => "true",
        "False" => "false",
        "contiguous_format" => "MemoryFormat.Contiguous",
        "Mean" => "Reduction.Mean",
        var other => other!,
    };

    static IEnumerable<string> RawParameters(Argument argument)
    {
        var name = argument.CSharpName;
        return argument.Kind switch
        {
            Kind.Tensor or Kind.OptionalTensor or Kind.Generator => [$"nint {name}"],
            Kind.TensorList => [$"nint* {name}", $"int {name}Count"],
            Kind.IntList => [$"long* {name}", $"int {name}Count"],
            Kind.Int => [$"long {name}"],
            Kind.OptionalInt => [$"long {name}", $"int {name}Given"],
            Kind.Float or Kind.Scalar => [$"double {name}"],
            Kind.OptionalFloat => [$"double {name}", $"int {name}Given"],
            _ => [$"int {name}"],
        };
    }

    static IEnumerable<string> Passed(Argument argument, bool isThis, string prefix)
    {
        var name = argument.CSharpName;
        return argument.Kind switch
        {
            Kind.Tensor when isThis => ["Handle"],
            Kind.Tensor or Kind.Generator => [$"{name}.Handle"],
            Kind.OptionalTensor => [$"{prefix}HandleOf({name})"],
            Kind.TensorList or Kind.IntList => [$"{name}Pointer", $"{name}.Length"],
            Kind.OptionalInt or Kind.OptionalFloat => [$"{name} ?? 0", $"{name}.HasValue ? 1 : 0"],
            Kind.Bool => [$"{name} ? 1 : 0"],
            Kind.ScalarType or Kind.MemoryFormat or Kind.Reduction => [$"(int){name}"],
            _ => [name],
        };
    }
}
