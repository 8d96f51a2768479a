using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>
/// The one way JSON is written in run folders: keys sorted by code point, two spaces, non-ASCII kept, one line end at the end;
/// the same bytes as Python's <c>json.dumps(x, indent=2, sort_keys=True, ensure_ascii=False) + "\n"</c>. A number that is
/// infinite or not a number becomes <c>null</c>, and the object says so under <c>not_finite</c> (path to text).
/// </summary>
public static class CanonicalJson
{
    const string NotFiniteKey = "not_finite";
    const long LargestFile = 256L << 20;

    /// <summary>The text of an object for a file.</summary>
    public static string Text(JsonObject value)
    {
        var body = new Writer(indented: true);
        body.Value(value, "", 0);
        if (body.NotFinite.Count == 0) return body.ToString() + "\n";
        var noted = value.DeepClone().AsObject();
        noted[NotFiniteKey] = new JsonObject(body.NotFinite.Select(n => KeyValuePair.Create(n.Path, (JsonNode?)n.Text)));
        body = new Writer(indented: true);
        body.Value(noted, "", 0);
        return body.ToString() + "\n";
    }

    /// <summary>The text on one line without blanks, for hashing and for line-by-line logs. Keys are sorted.</summary>
    public static string Compact(JsonNode? value)
    {
        var body = new Writer(indented: false);
        body.Value(value, "", 0);
        return body.ToString();
    }

    /// <summary>The first hexadecimal digits of the SHA-256 of <see cref="Compact"/>.</summary>
    /// <param name="value">What to hash.</param>
    /// <param name="digits">1 to 64. Default 12.</param>
    public static string Hash(JsonNode? value, int digits = 12) =>
        Convert.ToHexStringLower(SHA256.HashData(AtomicFile.Utf8.GetBytes(Compact(value))))[..digits];

    /// <summary>Reads a file that holds one object.</summary>
    /// <exception cref="DataException">
    /// The file is absent, too large, not JSON, holds a key twice or something else than an object.
    /// </exception>
    public static JsonObject ReadObject(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw new DataException(path, "no such file");
        if (file.Length > LargestFile) throw new DataException(path, $"{file.Length} bytes: at most {LargestFile} are read");
        return ParseObject(path, File.ReadAllBytes(path));
    }

    /// <summary>Reads an object from bytes; <paramref name="path"/> is for the error only.</summary>
    /// <exception cref="DataException">Not JSON, a key twice, or something else than an object.</exception>
    public static JsonObject ParseObject(string path, ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8)) throw new DataException(path, "not UTF-8");
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false };
            var read = JsonNode.Parse(utf8, null, options) as JsonObject
                ?? throw new DataException(path, "expected a JSON object");
            Compact(read); // reads every text now: one with half a surrogate pair fails only when it is read
            return read;
        }
        catch (JsonException e)
        {
            throw new DataException(path, $"not JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine}: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new DataException(path, "holds a text that is not Unicode: half a surrogate pair", e);
        }
    }

    sealed class Writer(bool indented)
    {
        readonly StringBuilder _text = new();

        public List<(string Path, string Text)> NotFinite { get; } = [];

        public override string ToString() => _text.ToString();

        public void Value(JsonNode? node, string path, int depth)
        {
            switch (node)
            {
                case null: _text.Append("null"); break;
                case JsonObject fields: Object(fields, path, depth); break;
                case JsonArray items: Array(items, path, depth); break;
                case JsonValue value: Scalar(value, path); break;
            }
        }

        void Object(JsonObject fields, string path, int depth)
        {
            var keys = fields.Select(f => f.Key).ToArray();
            System.Array.Sort(keys, CompareByCodePoint);
            Open('{', keys.Length, depth);
            for (var i = 0; i < keys.Length; i++)
            {
                Separate(i, depth + 1);
                String(keys[i]);
                _text.Append(indented ? ": " : ":");
                Value(fields[keys[i]], path.Length == 0 ? keys[i] : $"{path}.{keys[i]}", depth + 1);
            }
            Close('}', keys.Length, depth);
        }

        void Array(JsonArray items, string path, int depth)
        {
            Open('[', items.Count, depth);
            for (var i = 0; i < items.Count; i++)
            {
                Separate(i, depth + 1);
                Value(items[i], $"{path}[{i}]", depth + 1);
            }
            Close(']', items.Count, depth);
        }

        void Open(char bracket, int count, int depth)
        {
            if (depth > 64) throw new ArgumentException("JSON nested deeper than 64");
            _text.Append(bracket);
            if (indented && count > 0) NewLine(depth + 1);
        }

        void Close(char bracket, int count, int depth)
        {
            if (indented && count > 0) NewLine(depth);
            _text.Append(bracket);
        }

        void Separate(int index, int depth)
        {
            if (index == 0) return;
            _text.Append(',');
            if (indented) NewLine(depth);
        }

        void NewLine(int depth) => _text.Append('\n').Append(' ', 2 * depth);

        void Scalar(JsonValue value, string path)
        {
            switch (value.GetValue<object>())
            {
                case JsonElement element: Element(element); break;
                case string text: String(text); break;
                case double number: Number(number, path, () => NumberText.Of(number)); break;
                case float number: Number(number, path, () => NumberText.Of(number)); break;
                case bool flag: _text.Append(flag ? "true" : "false"); break;
                default: _text.Append(value.ToJsonString()); break;
            }
        }

        void Element(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.String) String(element.GetString()!);
            else _text.Append(element.GetRawText());
        }

        void Number(double number, string path, Func<string> finiteText)
        {
            if (double.IsFinite(number))
            {
                _text.Append(finiteText());
                return;
            }
            NotFinite.Add((path, number.ToString(CultureInfo.InvariantCulture)));
            _text.Append("null");
        }

        void String(string text)
        {
            _text.Append('"');
            foreach (var c in text)
                _ = c switch
                {
                    '"' => _text.Append("\\\""),
                    '\\' => _text.Append("\\\\"),
                    '\n' => _text.Append("\\n"),
                    '\r' => _text.Append("\\r"),
                    '\t' => _text.Append("\\t"),
                    '\b' => _text.Append("\\b"),
                    '\f' => _text.Append("\\f"),
                    < ' ' => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                    _ => _text.Append(c),
                };
            _text.Append('"');
        }
    }

    /// <summary>Order of code points, which for surrogate pairs is not the order of UTF-16 units.</summary>
    static int CompareByCodePoint(string a, string b) =>
        Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));
}
