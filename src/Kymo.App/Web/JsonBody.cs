using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Kymo.App.Web;

/// <summary>
/// The JSON body of a request: read within bounds of size and time, then field by field with every fault collected, in the words of
/// FastAPI with pydantic 2 (a switch gives those of pydantic 1).
/// </summary>
sealed class JsonBody : IDisposable
{
    const int Deepest = 64;
    // What a fault shows of the input: enough to see it, never the whole recording.
    const int LongestInput = 512;

    static readonly byte[] s_mark = [0xef, 0xbb, 0xbf];

    readonly JsonDocument _document;
    readonly List<RequestFault> _faults = [];

    JsonBody(JsonDocument document) => _document = document;

    /// <summary>The faults so far, in field order.</summary>
    public IReadOnlyList<RequestFault> Faults => _faults;

    /// <summary>The body as it came, after the bounds were kept.</summary>
    /// <exception cref="BadHttpRequestException">413 or 408.</exception>
    public static async Task<byte[]> Bytes(HttpContext context, long most, double seconds)
    {
        if (context.Request.ContentLength > most) throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(TimeSpan.FromSeconds(seconds));
        var bytes = new ArrayBufferWriter<byte>((int)Math.Min(context.Request.ContentLength ?? 4096, 1 << 16) + 1);
        try
        {
            while (true)
            {
                var read = await context.Request.Body.ReadAsync(bytes.GetMemory(4096), patience.Token);
                if (read == 0) return bytes.WrittenSpan.ToArray();
                bytes.Advance(read);
                if (bytes.WrittenCount > most) throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException("too slow", StatusCodes.Status408RequestTimeout);
        }
    }

    /// <summary>Receives a large body into a file, so that it takes no memory while it arrives.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">The file to make.</param>
    /// <param name="most">Bytes at most; more is 413.</param>
    /// <param name="seconds">Seconds at most; more is 408.</param>
    /// <exception cref="BadHttpRequestException">Too large or too slow.</exception>
    public static async Task ToFile(HttpContext context, string path, long most, double seconds)
    {
        if (context.Request.ContentLength > most) throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(TimeSpan.FromSeconds(seconds));
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true);
        var buffer = new byte[1 << 16];
        var total = 0L;
        try
        {
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer, patience.Token)) > 0)
            {
                total += read;
                if (total > most) throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
                await file.WriteAsync(buffer.AsMemory(0, read), patience.Token);
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException("too slow", StatusCodes.Status408RequestTimeout);
        }
    }

    /// <summary>Reads an object.</summary>
    /// <param name="bytes">The body.</param>
    /// <param name="mediaType">Its Content-Type; null where there is none.</param>
    /// <param name="fault">What keeps it from being one.</param>
    /// <param name="version1">Whether pydantic 1 is followed.</param>
    /// <exception cref="BadHttpRequestException">Neither text nor of a depth that is read: 400.</exception>
    public static JsonBody? Read(byte[] bytes, string? mediaType, out RequestFault? fault, bool version1 = false)
    {
        fault = null;
        if (bytes.AsSpan().StartsWith(s_mark)) bytes = bytes[s_mark.Length..];
        if (bytes.Length == 0)
        {
            fault = Missing([], null);
            return null;
        }
        if (mediaType is { Length: > 0 } && !IsJson(mediaType))
        {
            fault = NoObject(Shown(Encoding.UTF8.GetString(bytes, 0, Math.Min(bytes.Length, LongestInput))));
            return null;
        }
        JsonDocument document;
        try
        {
            document = Parse(bytes);
        }
        catch (JsonException error) when (!System.Text.Unicode.Utf8.IsValid(bytes) || error.Message.Contains("maximum", StringComparison.Ordinal))
        {
            throw new BadHttpRequestException("There was an error parsing the body");
        }
        catch (JsonException error)
        {
            fault = Invalid(bytes, error);
            return null;
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object) return new JsonBody(document);
        // Pydantic 1 makes a dictionary of an empty list.
        if (version1 && document.RootElement.ValueKind == JsonValueKind.Array && document.RootElement.GetArrayLength() == 0)
        {
            document.Dispose();
            return new JsonBody(JsonDocument.Parse("{}"));
        }
        using (document) fault = document.RootElement.ValueKind == JsonValueKind.Null ? Missing([], null) : NoObject(Shown(document.RootElement));
        return null;
    }

    /// <summary>The root, for bodies of free form.</summary>
    public JsonElement Root => _document.RootElement;

    /// <summary>A text out of a few.</summary>
    public string? Choice(string field, IReadOnlyList<string> allowed)
    {
        if (!Required(field, out var value)) return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && allowed.Contains(text)) return text;
        var words = string.Join(", ", allowed.Take(allowed.Count - 1).Select(one => $"'{one}'")) + (allowed.Count > 1 ? " or " : "") + $"'{allowed[^1]}'";
        _faults.Add(new RequestFault(["body", field], "enum", "Input should be " + words, Shown(value), new JsonObject { ["expected"] = words })
        {
            Version1 = value.ValueKind == JsonValueKind.Null ? ("type_error.none.not_allowed", "none is not an allowed value", null) : ("type_error.enum", "value is not a valid enumeration member; permitted: " + string.Join(", ", allowed.Select(one => $"'{one}'")),
                new JsonObject { ["enum_values"] = new JsonArray([.. allowed.Select(one => (JsonNode)one)]) }),
        });
        return null;
    }

    /// <summary>Finite numbers.</summary>
    /// <param name="field">The field.</param>
    /// <param name="isRequired">Whether it must be there; empty where it need not and is not.</param>
    public double[]? Numbers(string field, bool isRequired = true)
    {
        if (!_document.RootElement.TryGetProperty(field, out var value))
        {
            if (!isRequired) return [];
            _faults.Add(Missing([field], Shown(_document.RootElement)));
            return null;
        }
        if (value.ValueKind != JsonValueKind.Array)
        {
            _faults.Add(new RequestFault(["body", field], "list_type", "Input should be a valid list", Shown(value))
            {
                Version1 = value.ValueKind == JsonValueKind.Null
                ? ("type_error.none.not_allowed", "none is not an allowed value", null) : ("type_error.list", "value is not a valid list", null)
            });
            return null;
        }
        var numbers = new double[value.GetArrayLength()];
        var before = _faults.Count;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            // A body of faults only is told once: what is wrong with the first hundred says what is wrong with all.
            if (_faults.Count - before < 100 && Number(item, ["body", field, index], out var number)) numbers[index] = number;
            index++;
        }
        return _faults.Count == before ? numbers : null;
    }

    /// <summary>Adds a fault of several fields together.</summary>
    public void Rule(string field, string text, JsonNode? input) => _faults.Add(new RequestFault(
        ["body", field], "value_error", "Value error, " + text, input, new JsonObject { ["error"] = new JsonObject() })
    { Version1 = ("value_error", text, null) });

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();

    /// <summary>A key that is absent, or a body.</summary>
    public static RequestFault Missing(IReadOnlyList<object> field, JsonNode? input) =>
        new(["body", .. field], "missing", "Field required", input) { Version1 = ("value_error.missing", "field required", null) };

    bool Required(string field, out JsonElement value)
    {
        if (_document.RootElement.TryGetProperty(field, out value)) return true;
        _faults.Add(Missing([field], Shown(_document.RootElement)));
        return false;
    }

    bool Number(JsonElement item, IReadOnlyList<object> location, out double number)
    {
        number = 0;
        switch (item.ValueKind)
        {
            case JsonValueKind.Number when item.TryGetDouble(out number):
            case JsonValueKind.String when TextNumber(item.GetString()!, out number):
                if (double.IsFinite(number)) return true;
                _faults.Add(new RequestFault(location, "finite_number", "Input should be a finite number", Shown(item)) { Version1 = ("value_error.number.not_finite_number", "ensure this value is a finite number", null) });
                return false;
            case JsonValueKind.True or JsonValueKind.False:
                number = item.ValueKind == JsonValueKind.True ? 1 : 0;
                return true;
            case JsonValueKind.String:
                _faults.Add(new RequestFault(location, "float_parsing", "Input should be a valid number, unable to parse string as a number", Shown(item)) { Version1 = ("type_error.float", "value is not a valid float", null) });
                return false;
            case JsonValueKind.Null:
                _faults.Add(new RequestFault(location, "float_type", "Input should be a valid number", null) { Version1 = ("type_error.none.not_allowed", "none is not an allowed value", null) });
                return false;
            default:
                _faults.Add(new RequestFault(location, "float_type", "Input should be a valid number", Shown(item)) { Version1 = ("type_error.float", "value is not a valid float", null) });
                return false;
        }
    }

    static bool TextNumber(string text, out double number)
    {
        text = text.Trim();
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)) return true;
        number = text.TrimStart('+', '-').ToLowerInvariant() is "nan" or "inf" or "infinity" ? double.NaN : 0;
        return double.IsNaN(number);
    }

    // Python's JSON takes NaN and Infinity; they become texts, which are refused as what they are.
    static JsonDocument Parse(byte[] bytes)
    {
        var options = new JsonDocumentOptions { MaxDepth = Deepest };
        try
        {
            return Checked(JsonDocument.Parse(bytes, options));
        }
        catch (JsonException)
        {
            if (!Quoted(bytes, out var quoted)) throw;
            return Checked(JsonDocument.Parse(quoted, options));
        }
    }

    // Texts with half a surrogate pair cannot be shown again; they are refused here, once.
    static JsonDocument Checked(JsonDocument document)
    {
        try
        {
            Walk(document.RootElement);
            return document;
        }
        catch (InvalidOperationException error)
        {
            document.Dispose();
            throw new JsonException("a text that is no Unicode", error);
        }
    }

    static void Walk(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                _ = property.Name;
                Walk(property.Value);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                if (item.ValueKind != JsonValueKind.Number) Walk(item);
        }
        else if (element.ValueKind == JsonValueKind.String) _ = element.GetString();
    }

    static bool Quoted(byte[] bytes, out byte[] quoted)
    {
        var output = new ArrayBufferWriter<byte>(bytes.Length + 16);
        var (isText, found) = (false, false);
        for (var i = 0; i < bytes.Length; i++)
        {
            var letter = bytes[i];
            if (isText)
            {
                if (letter == '\\' && i + 1 < bytes.Length)
                {
                    output.Write(bytes.AsSpan(i++, 2));
                    continue;
                }
                isText = letter != '"';
            }
            else if (letter == '"') isText = true;
            else
            {
                var rest = bytes.AsSpan(i);
                var word = rest.StartsWith("NaN"u8) ? 3 : rest.StartsWith("Infinity"u8) ? 8 : rest.StartsWith("-Infinity"u8) ? 9 : 0;
                if (word > 0)
                {
                    found = true;
                    output.Write("\""u8);
                    output.Write(rest[..word]);
                    output.Write("\""u8);
                    i += word - 1;
                    continue;
                }
            }
            output.Write(bytes.AsSpan(i, 1));
        }
        quoted = output.WrittenSpan.ToArray();
        return found;
    }

    static bool IsJson(string mediaType)
    {
        var type = mediaType.Split(';')[0].Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
    }

    static RequestFault NoObject(JsonNode? input) => new(["body"], "model_attributes_type", "Input should be a valid dictionary or object to extract fields from", input)
    {
        Version1 = ("type_error.dict", "value is not a valid dict", null),
    };

    static RequestFault Invalid(byte[] bytes, JsonException error)
    {
        var (line, column) = ((int)(error.LineNumber ?? 0), (int)(error.BytePositionInLine ?? 0));
        var start = 0;
        for (var i = 0; i < line; i++)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', start);
            if (end < 0) break;
            start = end + 1;
        }
        var position = Math.Min(start + column, bytes.Length);
        return new RequestFault(["body", position], "json_invalid", "JSON decode error", new JsonObject(), new JsonObject { ["error"] = "no valid JSON here" })
        {
            Version1 = ("value_error.jsondecode", "no valid JSON here", new JsonObject { ["msg"] = "no valid JSON here", ["doc"] = "", ["pos"] = position, ["lineno"] = line + 1, ["colno"] = column + 1 }),
        };
    }

    static JsonNode? Shown(JsonElement element)
    {
        var text = element.GetRawText();
        return text.Length <= LongestInput ? JsonNode.Parse(text) : Shown(text);
    }

    static JsonValue Shown(string text) => JsonValue.Create(text.Length <= LongestInput ? text : string.Concat(text.AsSpan(0, LongestInput), "..."));
}
