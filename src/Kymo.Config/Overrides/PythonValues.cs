namespace Kymo.Config;

/// <summary>Override values as Python names, prints and orders them.</summary>
static class PythonValues
{
    /// <summary>The value as Python's <c>repr</c> prints it.</summary>
    public static string Quoted(OverrideValue value) => value switch
    {
        NullValue => "None",
        BoolValue flag => flag.Value ? "True" : "False",
        IntValue number => number.Value.ToString(),
        FloatValue number => PythonText.Of(number.Value),
        TextValue text => PythonText.Quoted(text.Text),
        QuotedValue quoted => PythonText.Quoted(quoted.Text),
        ListValue list => $"[{string.Join(", ", list.Items.Select(Quoted))}]",
        DictValue dict => $"{{{string.Join(", ", dict.Items.Select(item => $"{Quoted(item.Key)}: {Quoted(item.Value)}"))}}}",
        _ => value.ToString(),
    };

    /// <summary>The name of a value's type.</summary>
    public static string TypeName(OverrideValue value) => value switch
    {
        NullValue => "NoneType",
        BoolValue => "bool",
        IntValue => "int",
        FloatValue => "float",
        TextValue => "str",
        QuotedValue => "QuotedString",
        ListValue => "list",
        DictValue => "dict",
        GlobSweep => "Glob",
        _ => value.GetType().Name,
    };

    /// <summary>Order of two texts by their code points.</summary>
    public static int Compare(string a, string b)
    {
        var length = Math.Min(a.Length, b.Length);
        for (var i = 0; i < length; i++)
        {
            if (a[i] == b[i]) continue;
            var (left, right) = (a[i], b[i]);
            // A surrogate belongs to a code point above all others.
            if (char.IsSurrogate(left) != char.IsSurrogate(right)) return char.IsSurrogate(left) ? 1 : -1;
            return left.CompareTo(right);
        }
        return a.Length.CompareTo(b.Length);
    }
}
