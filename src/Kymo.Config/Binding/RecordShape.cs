using System.Collections.Concurrent;
using System.Reflection;
using System.Text;

namespace Kymo.Config;

/// <summary>One setting of a record.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Type">The type of its value.</param>
/// <param name="HasDefault">Whether it may be left out.</param>
/// <param name="Default">Its value then.</param>
/// <param name="IsOptional">Whether it may be null.</param>
/// <param name="Property">The property, with its rules.</param>
sealed record Setting(string Key, Type Type, bool HasDefault, object? Default, bool IsOptional, PropertyInfo Property)
{
    public RangeAttribute? Range => Property.GetCustomAttribute<RangeAttribute>();

    public AllowedValuesAttribute? Allowed => Property.GetCustomAttribute<AllowedValuesAttribute>();

    /// <summary>What may stand here, in words.</summary>
    public string Expected
    {
        get
        {
            var words = RecordShape.ElementOf(Type) is null ? ExpectedOf(Type) : "a list, each " + ExpectedItem;
            return IsOptional ? words + ", or null" : words;
        }
    }

    /// <summary>What each item of a list may be, in words.</summary>
    public string ExpectedItem => ExpectedOf(RecordShape.ElementOf(Type) ?? Type);

    string ExpectedOf(Type type) => Allowed is { } allowed
        ? "one of " + string.Join(", ", allowed.Values)
        : RecordShape.Words(type) + (Range is { } range ? FormattableString.Invariant($" from {range.Low} to {range.High}") : "");
}

/// <summary>The settings of a record type, from its primary constructor.</summary>
sealed class RecordShape
{
    static readonly ConcurrentDictionary<Type, RecordShape> s_shapes = new();

    RecordShape(Type type)
    {
        Constructor = type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)
            ?? throw new ArgumentException($"{type} has no public constructor");
        var nullability = new NullabilityInfoContext();
        Settings = [.. Constructor.GetParameters().Select(parameter =>
        {
            var property = type.GetProperty(parameter.Name!) ?? throw new ArgumentException($"{type} has no property {parameter.Name}");
            var key = property.GetCustomAttribute<KeyAttribute>()?.Key ?? Snake(parameter.Name!);
            return new Setting(key, parameter.ParameterType, parameter.HasDefaultValue, Default(parameter),
                nullability.Create(parameter).WriteState == NullabilityState.Nullable, property);
        })];
    }

    public ConstructorInfo Constructor { get; }

    public IReadOnlyList<Setting> Settings { get; }

    public static RecordShape Of(Type type) => s_shapes.GetOrAdd(type, static key => new RecordShape(key));

    /// <summary>Whether a type is bound from a map of its own settings.</summary>
    public static bool IsRecord(Type type) => type.IsClass && type != typeof(string) && type.GetMethod("<Clone>$") is not null;

    /// <summary>The element type of a list, or null.</summary>
    public static Type? ElementOf(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GenericTypeArguments[0]
        : null;

    /// <summary>The value type of a map with text keys, or null.</summary>
    public static Type? ValueOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) && type.GenericTypeArguments[0] == typeof(string)
            ? type.GenericTypeArguments[1]
            : null;

    /// <summary>A type in words.</summary>
    public static string Words(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum) return "one of " + string.Join(", ", Enum.GetNames(type).Select(Snake));
        if (ElementOf(type) is { } element) return "a list, each " + Words(element);
        if (ValueOf(type) is not null || IsRecord(type)) return "a map";
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "true or false",
            TypeCode.Int32 or TypeCode.Int64 => "an integer",
            TypeCode.Single or TypeCode.Double => "a number",
            _ => "a text",
        };
    }

    /// <summary><c>LearningRate</c> and <c>learningRate</c> become <c>learning_rate</c>.</summary>
    public static string Snake(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }

    static object? Default(ParameterInfo parameter) =>
        parameter is { HasDefaultValue: true, ParameterType.IsEnum: true, DefaultValue: { } value }
            ? Enum.ToObject(parameter.ParameterType, value)
            : parameter.HasDefaultValue ? parameter.DefaultValue : null;
}
