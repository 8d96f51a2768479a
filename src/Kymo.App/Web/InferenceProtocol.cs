using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kymo.App.Web.Models;
using Kymo.Onnx;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web;

/// <summary>The Open Inference Protocol, version 2, over HTTP, with Triton's binary data and repository verbs.</summary>
static class InferenceProtocol
{
    const string HeaderLength = "Inference-Header-Content-Length";

    public static void Map(IEndpointRouteBuilder routes, Service service)
    {
        routes.Get("/v2", context => context.Json(new JsonObject
        {
            ["name"] = "kymo",
            ["version"] = typeof(InferenceProtocol).Assembly.GetName().Version!.ToString(3),
            ["extensions"] = new JsonArray("binary_tensor_data", "model_repository", "statistics", "model_configuration"),
        }));
        routes.Get("/v2/health/live", context => context.Json(new JsonObject { ["live"] = true }));
        routes.Get("/v2/health/ready", context => Ready(context, service.NotReady().Count == 0, "ready", StatusCodes.Status503ServiceUnavailable));
        foreach (var model in (string[])["/v2/models/{name}", "/v2/models/{name}/versions/{version}"])
        {
            routes.Get(model, context => Held(context, service, served => context.Json(Describe(served, service))));
            routes.Get(model + "/ready", context => context.Json(
                new JsonObject { ["name"] = Route(context, "name"), ["ready"] = IsReady(context, service) },
                IsReady(context, service) ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest));
            routes.Get(model + "/config", context => Held(context, service, served => context.Json(Configuration(served, service))));
            routes.Get(model + "/stats", context => Held(context, service, served => context.Json(new JsonObject { ["model_stats"] = new JsonArray(Statistics(served)) })));
            routes.Post(model + "/infer", context => Held(context, service, served => Infer(context, service, served)));
        }
        routes.Get("/v2/models/stats", context => context.Json(new JsonObject { ["model_stats"] = new JsonArray([.. service.Models.Ready.Select(served => (JsonNode)Statistics(served))]) }));
        routes.Post("/v2/repository/index", context => Index(context, service));
        routes.Post("/v2/repository/models/{name}/load", context => Fault(context, service.Models.Load(Route(context, "name"))));
        routes.Post("/v2/repository/models/{name}/unload", context =>
            Fault(context, service.Models.Unload(Route(context, "name")) ? null : $"no model '{Route(context, "name")}' is loaded"));
    }

    static string Route(HttpContext context, string key) => (string)context.Request.RouteValues[key]! is { Length: > 100 } text ? text[..100] : (string)context.Request.RouteValues[key]!;

    static Task Error(HttpContext context, int status, string text) => context.Json(new JsonObject { ["error"] = text }, status);

    static Task Fault(HttpContext context, string? fault) => fault is null ? context.Json(new JsonObject()) : Error(context, StatusCodes.Status400BadRequest, fault);

    static Task Ready(HttpContext context, bool isReady, string key, int otherwise) =>
        context.Json(new JsonObject { [key] = isReady }, isReady ? StatusCodes.Status200OK : otherwise);

    static int? Version(HttpContext context) => context.Request.RouteValues.TryGetValue("version", out var text)
        ? int.TryParse((string)text!, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1
        : null;

    static bool IsReady(HttpContext context, Service service)
    {
        if (service.Models.Hold(Route(context, "name"), Version(context)) is not { } hold) return false;
        hold.Dispose();
        return true;
    }

    static Task Held(HttpContext context, Service service, Func<ServedModel, Task> answer) =>
        service.Models.Hold(Route(context, "name"), Version(context)) is { } hold
            ? context.With(hold, answer)
            : Error(context, StatusCodes.Status404NotFound, $"Request for unknown model: '{Route(context, "name")}'{(Version(context) is { } version ? $" version {version}" : "")} is not found");

    static async Task Index(HttpContext context, Service service)
    {
        var bytes = await JsonBody.Bytes(context, service.Options.MaxBodyBytes, service.Options.BodySeconds);
        var onlyReady = false;
        if (bytes.Length > 0)
        {
            using var body = JsonBody.Read(bytes, null, out _);
            if (body is null)
            {
                await Error(context, StatusCodes.Status400BadRequest, "the body is no JSON object");
                return;
            }
            onlyReady = body.Root.TryGetProperty("ready", out var ready) && ready.ValueKind == JsonValueKind.True;
        }
        await context.Json(new JsonArray([.. service.Models.States.Where(state => state.IsReady || !onlyReady).Select(state => (JsonNode)new JsonObject
        {
            ["name"] = state.Name,
            ["version"] = Text(state.Version),
            ["state"] = state.IsReady ? "READY" : "UNAVAILABLE",
            ["reason"] = state.Reason,
        })]));
    }

    static JsonObject Describe(ServedModel model, Service service)
    {
        JsonArray Values(IReadOnlyList<OnnxValueInfo> values) => new([.. values.Select(value => (JsonNode)new JsonObject
        {
            ["name"] = value.Name,
            ["datatype"] = InferenceTensor.NameOf(value.Type),
            ["shape"] = new JsonArray([.. (value.Shape ?? []).Select(size => (JsonNode)(size.Size ?? -1))]),
        })]);
        return new JsonObject
        {
            ["name"] = model.Name,
            ["versions"] = new JsonArray([.. service.Models.Ready.Where(other => other.Name == model.Name).Select(other => (JsonNode)Text(other.Version))]),
            ["platform"] = "onnx_onnxv1",
            ["inputs"] = Values(model.Network.Session.Inputs),
            ["outputs"] = Values(model.Network.Session.Outputs),
        };
    }

    static JsonObject Configuration(ServedModel model, Service service)
    {
        JsonArray Values(IReadOnlyList<OnnxValueInfo> values) => new([.. values.Select(value => (JsonNode)new JsonObject
        {
            ["name"] = value.Name,
            ["data_type"] = "TYPE_" + InferenceTensor.NameOf(value.Type),
            ["dims"] = new JsonArray([.. (value.Shape ?? []).Skip(1).Select(size => (JsonNode)(size.Size ?? -1))]),
        })]);
        return new JsonObject
        {
            ["name"] = model.Name,
            ["platform"] = "onnxruntime_onnx",
            ["max_batch_size"] = service.Options.MaxBatchSize,
            ["input"] = Values(model.Network.Session.Inputs),
            ["output"] = Values(model.Network.Session.Outputs),
            ["dynamic_batching"] = new JsonObject { ["max_queue_delay_microseconds"] = (long)(service.Options.MaxLatencyMs * 1000) },
        };
    }

    static JsonObject Statistics(ServedModel model)
    {
        var statistics = model.Statistics;
        JsonObject Times(double count, double seconds) => new() { ["count"] = (long)count, ["ns"] = (long)(seconds * 1e9) };
        var failed = statistics.Codes.Where(entry => entry.Key >= 400).Sum(entry => entry.Value.Value);
        return new JsonObject
        {
            ["name"] = model.Name,
            ["version"] = Text(model.Version),
            ["last_inference"] = 0,
            ["inference_count"] = (long)statistics.Batch.Sum,
            ["execution_count"] = statistics.Batch.Count,
            ["inference_stats"] = new JsonObject
            {
                ["success"] = Times(statistics.Duration.Count - failed, statistics.Duration.Sum),
                ["fail"] = Times(failed, 0),
                ["queue"] = Times(statistics.Queue.Count, statistics.Queue.Sum),
                ["compute_infer"] = Times(statistics.Compute.Count, statistics.Compute.Sum),
            },
        };
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    static async Task Infer(HttpContext context, Service service, ServedModel model)
    {
        try
        {
            var body = await Inflated(context, service);
            ReadOnlyMemory<byte> binary = default;
            if (context.Request.Headers[HeaderLength].ToString() is { Length: > 0 } text)
            {
                if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > body.Length)
                    throw new InferenceFault($"{HeaderLength} is {(text.Length > 40 ? text[..40] : text)}; the body has {body.Length} bytes");
                (body, binary) = (body[..length], body.AsMemory(length));
            }
            using var request = JsonBody.Read(body, null, out _) ?? throw new InferenceFault("the body is no JSON object");
            var inputs = Inputs(request.Root, model, binary);
            var wanted = Wanted(request.Root, model, out var allBinary);
            if (await Outputs(service, model, inputs) is not { } outputs)
            {
                context.Response.Headers.RetryAfter = "1";
                await Error(context, StatusCodes.Status429TooManyRequests, "too many requests wait for this model; try again in a second");
                return;
            }
            await Answer(context, model, request.Root, outputs, wanted, allBinary);
        }
        catch (InferenceFault fault)
        {
            await Error(context, StatusCodes.Status400BadRequest, fault.Message);
        }
        catch (OnnxException error)
        {
            await Error(context, StatusCodes.Status400BadRequest, error.Problem);
        }
    }

    static List<OnnxTensor> Inputs(JsonElement request, ServedModel model, ReadOnlyMemory<byte> binary)
    {
        if (!request.TryGetProperty("inputs", out var list) || list.ValueKind != JsonValueKind.Array) throw new InferenceFault("the request has no inputs");
        var known = model.Network.Session.Inputs;
        var inputs = new List<OnnxTensor>();
        foreach (var input in list.EnumerateArray())
        {
            if (input.ValueKind != JsonValueKind.Object || !input.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String) throw new InferenceFault("an input has no name");
            var expected = known.FirstOrDefault(one => one.Name == name.GetString()) ?? throw new InferenceFault($"no input of that name; there are {string.Join(", ", known.Select(one => one.Name))}");
            if (inputs.Any(other => other.Name == expected.Name)) throw new InferenceFault($"input '{expected.Name}' is given twice");
            inputs.Add(InferenceTensor.Read(input, expected, ref binary));
        }
        if (known.FirstOrDefault(one => !inputs.Any(input => input.Name == one.Name)) is { } missing) throw new InferenceFault($"input '{missing.Name}' is missing");
        return binary.Length == 0 ? inputs : throw new InferenceFault($"{binary.Length} bytes follow the inputs");
    }

    // The outputs asked for and whether each comes as bytes; empty for all.
    static Dictionary<string, bool> Wanted(JsonElement request, ServedModel model, out bool allBinary)
    {
        static bool IsOn(JsonElement owner, string key) => owner.TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object
            && parameters.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.True;
        allBinary = IsOn(request, "binary_data_output");
        var wanted = new Dictionary<string, bool>(StringComparer.Ordinal);
        if (!request.TryGetProperty("outputs", out var list) || list.ValueKind == JsonValueKind.Null) return wanted;
        if (list.ValueKind != JsonValueKind.Array) throw new InferenceFault("outputs are no list");
        foreach (var output in list.EnumerateArray())
        {
            if (output.ValueKind != JsonValueKind.Object || !output.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String) throw new InferenceFault("an output has no name");
            if (!model.Network.Session.Outputs.Any(one => one.Name == name.GetString()))
                throw new InferenceFault($"no output of that name; there are {string.Join(", ", model.Network.Session.Outputs.Select(one => one.Name))}");
            wanted[name.GetString()!] = IsOn(output, "binary_data");
        }
        return wanted;
    }

    static async Task<List<OnnxTensor>?> Outputs(Service service, ServedModel model, List<OnnxTensor> inputs)
    {
        var session = model.Network.Session;
        if (model.Queue is { } queue && inputs[0].Shape.Length > 0)
        {
            var (rows, shape) = ((int)inputs[0].Shape[0], inputs[0].Shape[1..]);
            var values = inputs[0].AsFloat32().ToArray();
            if (queue.Ask([.. values.Chunk(values.Length / rows)], shape) is not { } asked) return null;
            var answers = await asked;
            return [OnnxTensor.Of(session.Outputs[0].Name, answers.SelectMany(row => row).ToArray(), OutputShape(session.Outputs[0], rows, answers[0].Length, shape))];
        }
        return await service.Heavy(default, () =>
        {
            using var result = session.Run([.. inputs.Select(input => RunInput.Of(input))]);
            return Enumerable.Range(0, result.Count).Select(output => result.ToTensor(output)).ToList();
        });
    }

    // Sizes that the graph leaves open follow from the item: one of them at most, the time of a sequence.
    static long[] OutputShape(OnnxValueInfo output, int rows, int length, long[] item)
    {
        var inner = (output.Shape ?? []).Skip(1).Select(size => size.Size).ToArray();
        var known = inner.Where(size => size is not null).Aggregate(1L, (product, size) => product * size!.Value);
        if (inner.Count(size => size is null) <= 1 && length % Math.Max(1, known) == 0) return [rows, .. inner.Select(size => size ?? length / known)];
        return item.Length > 0 && length % item[0] == 0 ? [rows, item[0], length / item[0]] : [rows, length];
    }

    static async Task Answer(HttpContext context, ServedModel model, JsonElement request, List<OnnxTensor> outputs, Dictionary<string, bool> wanted, bool allBinary)
    {
        var (list, binary) = (new JsonArray(), new MemoryStream());
        foreach (var output in outputs.Where(output => wanted.Count == 0 || wanted.ContainsKey(output.Name)))
        {
            var told = new JsonObject
            {
                ["name"] = output.Name,
                ["shape"] = new JsonArray([.. output.Shape.Select(size => (JsonNode)size)]),
                ["datatype"] = InferenceTensor.NameOf(output.Type),
            };
            if (wanted.GetValueOrDefault(output.Name, allBinary) || (allBinary && wanted.Count == 0))
            {
                told["parameters"] = new JsonObject { ["binary_data_size"] = output.Data.Length };
                binary.Write(output.Data.Span);
            }
            else told["data"] = InferenceTensor.ToJson(output);
            list.Add(told);
        }
        var answer = new JsonObject { ["model_name"] = model.Name, ["model_version"] = Text(model.Version) };
        if (request.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String) answer["id"] = id.GetString();
        answer["outputs"] = list;
        if (binary.Length == 0)
        {
            await context.Json(answer);
            return;
        }
        var head = Encoding.UTF8.GetBytes(answer.ToJsonString());
        context.Response.Headers[HeaderLength] = Text(head.Length);
        await context.Bytes(new ReadOnlyMemory<byte>([.. head, .. binary.ToArray()]), "application/octet-stream");
    }

    // A body that was packed is unpacked within the bound of plain ones: small ones that unpack to large ones stop there.
    static async Task<byte[]> Inflated(HttpContext context, Service service)
    {
        var bytes = await JsonBody.Bytes(context, service.Options.MaxBodyBytes, service.Options.BodySeconds);
        var encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding is "" or "identity") return bytes;
        if (encoding is not ("gzip" or "deflate")) throw new InferenceFault("Content-Encoding may be gzip or deflate");
        try
        {
            using var packed = new MemoryStream(bytes);
            using Stream stream = encoding == "gzip" ? new GZipStream(packed, CompressionMode.Decompress) : new ZLibStream(packed, CompressionMode.Decompress);
            using var plain = new MemoryStream();
            var buffer = new byte[1 << 16];
            int read;
            while ((read = await stream.ReadAsync(buffer)) > 0)
            {
                plain.Write(buffer, 0, read);
                if (plain.Length > service.Options.MaxBodyBytes) throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
            }
            return plain.ToArray();
        }
        catch (InvalidDataException error)
        {
            throw new InferenceFault($"the body is no {encoding}: {error.Message}");
        }
    }
}
