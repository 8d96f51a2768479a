using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Kymo.App.Tests.Web;

/// <summary>Requests that cannot be answered: each has its status and its words, none is a 500, and none takes memory.</summary>
[Collection(nameof(Alone))]
public sealed class BadRequestTests : IDisposable
{
    static readonly string[] s_channels = ["heart_rate", "motion_x", "motion_y", "motion_z", "steps"];

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Three_hundred_bad_requests_have_answers()
    {
        await using var service = await RunningService.Start([OriginalModels.Write(_folder["models"])], "serve.max_body_bytes=65536", "serve.max_upload_bytes=262144");
        var count = 0;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var (name, body, type) in Bodies())
        {
            var (status, text, _) = await service.Post("/predict", body, type);
            Check(name, status, text);
            Assert.True(status is 400 or 413 or 422, $"{name}: {status} {text}");
            count++;
        }
        foreach (var (name, path, body, type, encoding) in Others())
        {
            using var content = new ByteArrayContent(body);
            if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
            if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
            using var message = await service.Client.PostAsync(path, content);
            Check(name, (int)message.StatusCode, await message.Content.ReadAsStringAsync());
            Assert.True((int)message.StatusCode >= 400, $"{name}: {message.StatusCode}");
            count++;
        }
        foreach (var (method, path, expected) in Paths())
        {
            using var request = new HttpRequestMessage(method, path);
            using var message = await service.Client.SendAsync(request);
            Assert.True(expected == (int)message.StatusCode, $"{method} {path}: {(int)message.StatusCode}");
            if (expected == 405) Assert.NotEmpty(message.Content.Headers.Allow);
            count++;
        }
        Assert.InRange(count, 300, 2000);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 32 << 20);
        Assert.Equal(200, (await service.Post("/predict", OriginalModels.Request())).Status);
    }

    [Fact]
    public async Task Bodies_are_told_as_fastapi_tells_them()
    {
        await using var service = await RunningService.Start([OriginalModels.Write(_folder["models"])], "serve.errors=pydantic1");
        var cases = Bodies().Where(one => !one.Name.StartsWith("kymo:", StringComparison.Ordinal)).ToArray();
        File.WriteAllText(_folder["cases.json"], new JsonArray([.. cases.Select(one => (JsonNode)new JsonObject { ["body"] = Convert.ToBase64String(one.Body), ["type"] = one.Type })]).ToJsonString());
        var twin = JsonNode.Parse(Oracle.Ask("fastapi_twin.py", ["fastapi"], _folder["cases.json"]))!.AsArray();
        var differences = new List<string>();
        foreach (var (one, theirs) in cases.Zip(twin))
        {
            var (status, text, _) = await service.Post("/predict", one.Body, one.Type);
            // Python takes NaN and infinity, and lengths are no concern of its types.
            if ((int)theirs!["status"]! == 200 && status is 400 or 422 && (text.Contains("finite", StringComparison.Ordinal) || text.Contains("equally long", StringComparison.Ordinal) || status == 400)) continue;
            var (ours, expected) = (Shape(status, JsonNode.Parse(text)), Shape((int)theirs["status"]!, theirs["body"]));
            if (ours != expected) differences.Add($"{one.Name}: {ours}, FastAPI {expected}");
        }
        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    static string Shape(int status, JsonNode? body)
    {
        if (body?["detail"] is not JsonArray items) return $"{status} {body?["detail"]}";
        return $"{status} " + string.Join(" ", items.Select(item =>
        {
            var isSyntax = (string?)item!["type"] == "value_error.jsondecode";
            return $"{(isSyntax ? "[body]" : item["loc"]!.ToJsonString())}:{item["type"]}";
        }));
    }

    static void Check(string name, int status, string text)
    {
        Assert.True(status is < 500 or 503, $"{name}: {status} {text}");
        // What is no HTTP (a path with a zero byte) is refused before there is an endpoint, without a body.
        if (status == 307 || (status == 400 && text == "")) return;
        Assert.True(text.Length > 0, $"{name}: {status} without a body");
        var answer = JsonNode.Parse(text)!.AsObject();
        Assert.True(answer.ContainsKey("detail") || answer.ContainsKey("error"), $"{name}: {text}");
        Assert.True(text.Length < 65_536, $"{name}: an answer of {text.Length} characters");
    }

    static IEnumerable<(string Name, byte[] Body, string? Type)> Bodies()
    {
        const string json = "application/json";
        (string, byte[], string?) With(string name, Action<JsonObject> change)
        {
            var request = OriginalModels.Request();
            change(request);
            return (name, Encoding.UTF8.GetBytes(request.ToJsonString()), json);
        }

        string[] wrong = ["null", "true", "5", "\"x\"", "\"\"", "{}", "{\"a\":1}", "[null]", "[\"x\"]", "[\"\"]", "[\" \"]", "[[]]", "[[1]]", "[{}]", "[1,null,\"x\",[2]]", "[\"1,5\"]", "[\"0x1F\"]", "[\"NaN\"]", "[\"-inf\"]", "[1e999]"];
        foreach (var channel in s_channels)
            foreach (var value in wrong) yield return With($"{channel}={value}", request => request[channel] = JsonNode.Parse(value));
        foreach (var value in wrong.Take(12)) yield return With($"motion_magnitude={value}", request => request["motion_magnitude"] = JsonNode.Parse(value));
        foreach (var value in (string[])["\"lstm\"", "\"\"", "\"LSTM \"", "1", "true", "[]", "[\"LSTM\"]", "{}", "\"../../etc/passwd\"", "1.5", "\"CNN\""])
            yield return With($"model_type={value}", request => request["model_type"] = JsonNode.Parse(value));
        string[] fields = ["model_type", .. s_channels];
        foreach (var field in fields) yield return With($"no {field}", request => request.Remove(field));
        foreach (var (first, second) in fields.SelectMany(first => fields.Where(second => string.CompareOrdinal(first, second) < 0).Select(second => (first, second))))
        {
            yield return With($"no {first}, {second}", request =>
            {
                request.Remove(first);
                request.Remove(second);
            });
        }
        foreach (var channel in s_channels)
        {
            yield return With($"{channel} shorter", request => request[channel]!.AsArray().RemoveAt(0));
            yield return With($"{channel} longer", request => request[channel]!.AsArray().Add(1));
            yield return With($"{channel} empty", request => request[channel] = new JsonArray());
            yield return With($"{channel} wrong at the end", request => request[channel]!.AsArray()[^1] = "x");
        }
        foreach (var rows in (int[])[0, 1, 15, 29]) yield return ($"{rows} rows", Encoding.UTF8.GetBytes(OriginalModels.Request(rows: rows).ToJsonString()), json);
        string[] syntax =
        [
            "{", "}", "[", "]", "{]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\":1 \"b\":2}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":1.}", "{\"a\":\"\n\"}",
            "{\"a\":\"\\x\"}", "{\"a\":tru}", "nul", "undefined", "{\"a\":1}{\"b\":2}", "{\"a\":1} x", "// comment\n{}", "{\"a\":/* */1}", "\"", "\"abc", "1 2", "--1", "1e", "{\"heart_rate\":[1,2",
        ];
        foreach (var text in syntax) yield return ($"syntax {text}", Encoding.UTF8.GetBytes(text), json);
        foreach (var text in (string[])["5", "\"x\"", "true", "1.5", "[1]", "[]", "null", "{}", "{\"a\":1}", "[{}]"]) yield return ($"root {text}", Encoding.UTF8.GetBytes(text), json);
        yield return ("empty", [], json);
        yield return ("empty text", [], "text/plain");
        yield return ("no UTF-8", [0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d], json);
        yield return ("deep", Encoding.UTF8.GetBytes(new string('[', 30_000)), json);
        yield return ("kymo: deep objects", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 5000))), json);
        var well = Encoding.UTF8.GetBytes(OriginalModels.Request().ToJsonString());
        foreach (var type in (string[])["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/jsonx", "json", "image/png", "application/octet-stream"]) yield return ("type " + type, well, type);
        for (var cut = 1; cut < well.Length; cut += well.Length / 12) yield return ($"cut at {cut}", well[..cut], json);
        yield return ("kymo: large", Encoding.UTF8.GetBytes("{\"heart_rate\":[" + string.Join(',', Enumerable.Repeat("1", 60_000)) + "]}"), json);
        yield return ("kymo: huge integer", Encoding.UTF8.GetBytes(OriginalModels.Request().ToJsonString().Replace("[62,", "[" + new string('9', 400) + ",", StringComparison.Ordinal)), json);
        yield return ("kymo: half a surrogate", Encoding.UTF8.GetBytes("{\"model_type\":\"\\ud800\"}"), json);
        foreach (var word in (string[])["NaN", "Infinity", "-Infinity"])
            yield return ($"{word}", Encoding.UTF8.GetBytes(OriginalModels.Request().ToJsonString().Replace("[62,", $"[{word},", StringComparison.Ordinal)), json);
    }

    static IEnumerable<(string Name, string Path, byte[] Body, string? Type, string? Encoding)> Others()
    {
        const string infer = "/v2/models/GRU/infer";
        static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
        string Tensor(string inner) => $"{{\"inputs\":[{{{inner}}}]}}";
        string[] tensors =
        [
            "{}", "[]", "null", "", "x", "{\"inputs\":null}", "{\"inputs\":{}}", "{\"inputs\":[]}", "{\"inputs\":[1]}", "{\"inputs\":[null]}", Tensor(""), Tensor("\"name\":1"), Tensor("\"name\":\"other\""), Tensor("\"name\":\"rows\""),
            Tensor("\"name\":\"rows\",\"datatype\":\"FP32\""), Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":5"), Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,30]"),
            Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,30,6],\"data\":[]"), Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[-1,30,5],\"data\":[]"), Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[0,30,5],\"data\":[]"),
            Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1.5,30,5],\"data\":[]"), Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[\"1\",30,5],\"data\":[]"), Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,1,5],\"data\":[1,2,3]"),
            Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,1,5],\"data\":[1,2,3,4,5,6]"), Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,1,5],\"data\":5"), Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,1,5],\"data\":[1,2,3,4,\"5\"]"),
            Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,1,5],\"data\":[1,2,3,4,null]"), Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,1,5],\"data\":[1,2,3,4,1e999]"), Tensor("\"name\":\"rows\",\"datatype\":\"INT64\",\"shape\":[1,1,5],\"data\":[1,2,3,4,5]"),
            Tensor("\"name\":\"rows\",\"datatype\":\"BYTES\",\"shape\":[1,1,5],\"data\":[\"a\"]"), Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1000000,1000000,1000000],\"data\":[]"), Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[268435457,1,5],\"data\":[]"),
            Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,1,5],\"parameters\":{\"binary_data_size\":20}"), Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,1,5],\"parameters\":{\"binary_data_size\":-1}"), Tensor("\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,1,5],\"parameters\":{\"binary_data_size\":\"20\"}"),
            "{\"inputs\":[{\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,1,5],\"data\":[1,2,3,4,5]}],\"outputs\":[{\"name\":\"other\"}]}", "{\"inputs\":[{\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,1,5],\"data\":[1,2,3,4,5]}],\"outputs\":5}",
            "{\"inputs\":[{\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,1,5],\"data\":[1,2,3,4,5]},{\"name\":\"rows\",\"datatype\":\"FP32\",\"shape\":[1,1,5],\"data\":[1,2,3,4,5]}]}",
        ];
        foreach (var text in tensors) yield return ("infer " + text, infer, Bytes(text), "application/json", null);
        yield return ("infer bomb", infer, Bomb(), "application/json", "gzip");
        yield return ("infer no gzip", infer, Bytes("{}"), "application/json", "gzip");
        yield return ("infer other packing", infer, Bytes("{}"), "application/json", "br");
        foreach (var name in (string[])["nothing", "..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "LSTM%00", "LSTM.onnx", "%F0%9F%8E%B5", new string('a', 2000), "CON", "LSTM%0d%0aX: y", "lstm", "%25", "a%2Fb", "LSTM%20"])
        {
            yield return ("predict of " + name, $"/models/{name}/predict", Bytes("{}"), "application/json", null);
            yield return ("infer of " + name, $"/v2/models/{name}/infer", Bytes("{}"), "application/json", null);
            yield return ("load of " + name, $"/v2/repository/models/{name}/load", [], null, null);
        }
        foreach (var version in (string[])["0", "2", "-1", "x", "1.0", "99999999999999999999"]) yield return ("version " + version, $"/v2/models/GRU/versions/{version}/infer", Bytes("{}"), "application/json", null);
        foreach (var text in (string[])["", "{}", "[]", "null", "{\"heart_rate\":5}", "{\"heart_rate\":{\"t\":[0],\"hr\":[1,2]},\"motion\":{},\"steps\":{}}", "{\"heart_rate\":{\"t\":[0],\"hr\":[60]},\"motion\":{\"t\":[0],\"x\":[0],\"y\":[0],\"z\":[1]},\"steps\":{\"t\":[0],\"steps\":[0]}}"])
            yield return ("night " + text, "/nights", Bytes(text), "application/json", null);
        foreach (var type in (string[])["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "multipart/form-data; boundary=\"" + new string('b', 300) + "\""])
            yield return ("night form " + type[..Math.Min(40, type.Length)], "/nights", Bytes("--x\r\nContent-Disposition: form-data; name=\"heart_rate\"; filename=\"../../a\"\r\n\r\n1,2\r\n--x"), type, null);
    }

    static IEnumerable<(HttpMethod, string, int)> Paths()
    {
        foreach (var path in (string[])["/predict", "/nights", "/models/LSTM/predict", "/v2/models/LSTM/infer", "/v2/repository/index"])
            foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch, HttpMethod.Options]) yield return (method, path, 405);
        foreach (var path in (string[])["/healthz", "/readyz", "/models", "/metrics", "/openapi.json", "/docs", "/v2", "/ping"])
            foreach (var method in (HttpMethod[])[HttpMethod.Put, HttpMethod.Delete, HttpMethod.Options]) yield return (method, path, 405);
        foreach (var path in (string[])["/nothing", "/predict/more", "/models/a/b/c", "/%2e%2e/%2e%2e/etc/passwd", "/v3", "/PREDICTS", "/.env", "/wp-login.php", "/v2/models"]) yield return (HttpMethod.Get, path, 404);
        foreach (var path in (string[])["/models/", "/healthz/", "/v2/"]) yield return (HttpMethod.Get, path, 307);
    }

    static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 30; i++) gzip.Write(zeros);
        }
        return packed.ToArray();
    }
}
