using System.Text;

namespace Kymo.Torch.Generator;

/// <summary>Writes the C++ side: declarations and one function per operation that converts, calls, and reports a status.</summary>
static class CppWriter
{
    internal static string Header(IReadOnlyList<Operation> operations)
    {
        var text = new StringBuilder("""
            // Written by native/generator from native/operations.yaml. Change the table, not this file.
            // Included by kymo_torch.h inside its extern "C".


            """);
        foreach (var operation in operations) text.Append("KT_EXPORT ").Append(Signature(operation)).Append(";\n");
        return text.ToString();
    }

    internal static string Source(IReadOnlyList<Operation> operations)
    {
        var text = new StringBuilder("""
            // Written by native/generator from native/operations.yaml. Change the table, not this file.

            #include "internal.h"


            """);
        foreach (var operation in operations) Write(text, operation);
        return text.ToString();
    }

    static void Write(StringBuilder text, Operation operation)
    {
        text.Append(Signature(operation)).Append("\n{\n    KT_BEGIN\n");
        foreach (var argument in operation.Arguments) text.Append(Conversion(argument));
        text.Append("    ");
        var call = Call(operation);
        if (operation.Results.Length == 1) text.Append($"kt::give({operation.Results[0]}, {call});\n");
        else if (operation.Results.Length > 1)
        {
            text.Append($"auto results = {call};\n");
            for (var i = 0; i < operation.Results.Length; i++)
                text.Append($"    kt::give({operation.Results[i]}, std::move(std::get<{i}>(results)));\n");
        }
        else text.Append(call).Append(";\n");
        text.Append("    KT_END\n}\n\n");
    }

    static string Call(Operation operation)
    {
        if (operation.Cpp is { } given) return given;
        var isMember = operation.InPlace || operation.Arguments.Any(a => a.Kind == Kind.MemoryFormat);
        var arguments = string.Join(", ", operation.Arguments.Skip(isMember ? 1 : 0).Select(a => a.Name));
        return isMember ? $"{operation.Arguments[0].Name}.{operation.Name}({arguments})" : $"at::{operation.Name}({arguments})";
    }

    static string Signature(Operation operation)
    {
        var parameters = operation.Arguments.SelectMany(Parameters).Concat(operation.Results.Select(r => $"kt_tensor* {r}"));
        return $"int32_t {operation.Export}({string.Join(", ", parameters)})";
    }

    static IEnumerable<string> Parameters(Argument argument) => argument.Kind switch
    {
        Kind.Tensor or Kind.OptionalTensor => [$"kt_tensor {argument.Name}_"],
        Kind.TensorList => [$"const kt_tensor* {argument.Name}_", $"int32_t {argument.Name}_count"],
        Kind.Int => [$"int64_t {argument.Name}"],
        Kind.OptionalInt => [$"int64_t {argument.Name}_", $"int32_t {argument.Name}_given"],
        Kind.IntList => [$"const int64_t* {argument.Name}_", $"int32_t {argument.Name}_count"],
        Kind.Float => [$"double {argument.Name}"],
        Kind.OptionalFloat => [$"double {argument.Name}_", $"int32_t {argument.Name}_given"],
        Kind.Scalar => [$"double {argument.Name}_"],
        Kind.Bool or Kind.ScalarType or Kind.MemoryFormat or Kind.Reduction => [$"int32_t {argument.Name}_"],
        Kind.Generator => [$"kt_generator {argument.Name}_"],
        _ => throw new InvalidOperationException(argument.Kind.ToString()),
    };

    static string Conversion(Argument argument)
    {
        var name = argument.Name;
        return argument.Kind switch
        {
            Kind.Tensor => $"    const at::Tensor& {name} = kt::in({name}_);\n",
            Kind.OptionalTensor => $"    const auto {name} = kt::optional({name}_);\n",
            Kind.TensorList => $"    const auto {name} = kt::list({name}_, {name}_count);\n",
            Kind.OptionalInt => $"    const auto {name} = kt::given({name}_, {name}_given);\n",
            Kind.OptionalFloat => $"    const auto {name} = kt::given({name}_, {name}_given);\n",
            Kind.IntList => $"    const at::IntArrayRef {name} = kt::ints({name}_, {name}_count);\n",
            Kind.Scalar => $"    const at::Scalar {name} = kt::scalar({name}_);\n",
            Kind.Bool => $"    const bool {name} = {name}_ != 0;\n",
            Kind.ScalarType => $"    const auto {name} = static_cast<at::ScalarType>({name}_);\n",
            Kind.MemoryFormat => $"    const auto {name} = static_cast<at::MemoryFormat>({name}_);\n",
            Kind.Reduction => $"    const int64_t {name} = {name}_;\n",
            Kind.Generator => $"    const auto {name} = kt::in({name}_);\n",
            _ => "",
        };
    }
}
