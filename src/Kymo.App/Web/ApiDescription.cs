using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web;

/// <summary><c>/openapi.json</c> (3.1.0) and <c>/docs</c>, a page that shows and tries it without another server.</summary>
static class ApiDescription
{
    const string PageName = "Kymo.App.Web.Assets.docs.html";

    static readonly Lazy<byte[]> s_page = new(() =>
    {
        using var stream = typeof(ApiDescription).Assembly.GetManifestResourceStream(PageName)!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    });

    public static void Map(IEndpointRouteBuilder routes, Service service)
    {
        routes.Get("/openapi.json", context => context.Json(Document(service.OpensWith(null))));
        routes.Get("/docs", context =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'";
            return context.Bytes(s_page.Value, "text/html; charset=utf-8");
        });
    }

    /// <summary>The description.</summary>
    /// <param name="isOpen">Whether the service answers without a key.</param>
    public static JsonObject Document(bool isOpen) => new()
    {
        ["openapi"] = "3.1.0",
        ["info"] = new JsonObject
        {
            ["title"] = "Kymo",
            ["version"] = typeof(ApiDescription).Assembly.GetName().Version!.ToString(3),
            ["summary"] = "Small neural networks on signals, served.",
            ["description"] = "Networks that kymo trained and exported: sleep stages from a watch, sounds by name, activities, music. Faults of a body are told all at once, "
                + "in field order. Each answer names its model in X-Model, X-Model-Version, X-Model-Hash.",
            ["license"] = new JsonObject { ["name"] = "As each model says; see GET /models", ["identifier"] = "LicenseRef-as-each-model-says" },
        },
        ["servers"] = new JsonArray(new JsonObject { ["url"] = "/", ["description"] = "This service" }),
        ["tags"] = new JsonArray(
            Tag("prediction", "Signals in, answers out."), Tag("models", "What is served."), Tag("inference protocol", "Open Inference Protocol, version 2: tensors in, tensors out."),
            Tag("operation", "Health and figures.")),
        ["security"] = isOpen ? new JsonArray(new JsonObject()) : new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject { ["key"] = new JsonArray() }),
        ["paths"] = Paths(),
        ["components"] = new JsonObject { ["schemas"] = Schemas(), ["responses"] = Responses(), ["parameters"] = Parameters(), ["securitySchemes"] = Schemes(isOpen) },
    };

    static JsonObject Schemes(bool isOpen) => isOpen ? [] : new JsonObject
    {
        ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
        ["key"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-API-Key" },
    };

    static JsonObject Paths()
    {
        var paths = new JsonObject
        {
            ["/predict"] = Post("predict", "prediction", "The sleep stage of a window",
                "The last window of rows is classified; earlier rows serve normalisation only.", Json("PredictRequest"), Ref("StageAnswer"), "400", "408", "413", "422", "429", "503"),
            ["/nights"] = With(Post("night", "prediction", "A whole night's stages and measures",
                "Streams as a form's files in the dataset's layout, or as arrays: heart_rate, motion and steps, or, for networks of epoch features, heart_rate and epochs. Without labels the epochs run from 0 to the last heart beat.",
                new JsonObject
                {
                    ["required"] = true,
                    ["content"] = new JsonObject
                    {
                        ["application/json"] = new JsonObject { ["schema"] = Ref("NightRequest") },
                        ["multipart/form-data"] = new JsonObject { ["schema"] = Form("heart_rate", "motion", "steps", "labels", "epochs") },
                    },
                }, Ref("NightAnswer"), "400", "404", "408", "413", "415", "422", "429", "503"), "model", "smooth"),
            ["/models"] = Get("listModels", "models", "The models that answer, and those that cannot", new JsonObject { ["type"] = "object" }, "401"),
            ["/models/{name}"] = With(Get("getModel", "models", "One model", new JsonObject { ["type"] = "object" }, "404"), "name"),
            ["/models/{name}/predict"] = With(Post("predictModel", "prediction", "What a model says of a recording or of arrays",
                "A recording (sound, MIDI) as the body or a form's file; for sensors x, y, z; for sleep stages the arrays of /predict.",
                new JsonObject
                {
                    ["required"] = true,
                    ["content"] = new JsonObject
                    {
                        ["application/json"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "object" } },
                        ["application/octet-stream"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string", ["format"] = "binary" } },
                        ["multipart/form-data"] = new JsonObject { ["schema"] = Form("file") },
                    },
                }, new JsonObject { ["type"] = "object" }, "400", "404", "408", "413", "415", "422", "429"), "name", "hop", "smooth"),
        };
        paths["/v2"] = Get("serverMetadata", "inference protocol", "The server", new JsonObject { ["type"] = "object" }, "401");
        paths["/v2/health/live"] = Get("serverLive", "inference protocol", "Whether the server lives", new JsonObject { ["type"] = "object" }, "503");
        paths["/v2/health/ready"] = Get("serverReady", "inference protocol", "Whether the server answers", new JsonObject { ["type"] = "object" }, "503");
        foreach (var (suffix, version) in new[] { ("", ""), ("/versions/{version}", "Version") })
        {
            var path = "/v2/models/{name}" + suffix;
            string[] parameters = suffix == "" ? ["name"] : ["name", "version"];
            paths[path] = With(Get("modelMetadata" + version, "inference protocol", "A model's inputs and outputs", new JsonObject { ["type"] = "object" }, "404v2"), parameters);
            paths[path + "/ready"] = With(Get("modelReady" + version, "inference protocol", "Whether a model answers", new JsonObject { ["type"] = "object" }, "400v2"), parameters);
            paths[path + "/config"] = With(Get("modelConfig" + version, "inference protocol", "A model's configuration", new JsonObject { ["type"] = "object" }, "404v2"), parameters);
            paths[path + "/stats"] = With(Get("modelStats" + version, "inference protocol", "A model's counts and times", new JsonObject { ["type"] = "object" }, "404v2"), parameters);
            paths[path + "/infer"] = With(Post("modelInfer" + version, "inference protocol", "Tensors in, tensors out",
                "JSON, or JSON and raw tensors behind it with Inference-Header-Content-Length.", Json("InferRequest"), Ref("InferAnswer"), "400v2", "404v2", "408", "413", "429v2"), parameters);
        }
        paths["/v2/repository/index"] = Post("repositoryIndex", "inference protocol", "All models of the folders", "", Json("Free", required: false), new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "object" } }, "400v2");
        paths["/v2/repository/models/{name}/load"] = With(Post("repositoryLoad", "inference protocol", "Loads a model again", "", Json("Free", required: false), new JsonObject { ["type"] = "object" }, "400v2"), "name");
        paths["/v2/repository/models/{name}/unload"] = With(Post("repositoryUnload", "inference protocol", "Takes a model out of service", "", Json("Free", required: false), new JsonObject { ["type"] = "object" }, "400v2"), "name");
        foreach (var (path, id, text) in new[] { ("/healthz", "healthz", "The process answers"), ("/livez", "livez", "The process answers"), ("/ping", "ping", "The process answers"), ("/readyz", "readyz", "Models are loaded"), ("/health", "health", "Models are loaded") })
            paths[path] = Get(id, "operation", text, new JsonObject { ["type"] = "object" }, "503");
        var metrics = Get("metrics", "operation", "Counts and times for Prometheus", new JsonObject { ["type"] = "object" }, "401");
        metrics["get"]!["responses"]!["200"] = new JsonObject
        {
            ["description"] = "Prometheus text",
            ["content"] = new JsonObject { ["text/plain"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } } },
        };
        paths["/metrics"] = metrics;
        return paths;
    }

    static JsonObject Schemas()
    {
        JsonObject Numbers(string description) => new() { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "number" }, ["description"] = description };
        JsonObject Stream(params string[] columns) => new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(columns.Select(column => KeyValuePair.Create(column, (JsonNode?)Numbers(column == "t" ? "seconds" : column)))),
            ["required"] = new JsonArray([.. columns.Select(column => (JsonNode)column)]),
        };
        return new JsonObject
        {
            ["PredictRequest"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["model_type"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("LSTM", "GRU", "RNN", "Transformer") },
                    ["heart_rate"] = Numbers("beats a minute"),
                    ["motion_x"] = Numbers("g"),
                    ["motion_y"] = Numbers("g"),
                    ["motion_z"] = Numbers("g"),
                    ["steps"] = Numbers("steps of the bin"),
                    ["motion_magnitude"] = Numbers("g; only for networks trained with it"),
                },
                ["required"] = new JsonArray("model_type", "heart_rate", "motion_x", "motion_y", "motion_z", "steps"),
            },
            ["StageAnswer"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["predicted_label"] = Type("string"),
                    ["label"] = Type("string"),
                    ["index"] = Type("integer"),
                    ["stage_code"] = Type("integer"),
                    ["probabilities"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = Type("number") },
                    ["model"] = Type("string"),
                    ["normalisation"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("recording", "pooled") },
                },
                ["required"] = new JsonArray("predicted_label"),
            },
            ["NightRequest"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["heart_rate"] = Stream("t", "hr"), ["motion"] = Stream("t", "x", "y", "z"), ["steps"] = Stream("t", "steps"), ["labels"] = Stream("t", "stage"), ["epochs"] = Stream("t", "activity_count", "hr_std_feature") },
                ["required"] = new JsonArray("heart_rate"),
            },
            ["NightAnswer"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["model"] = Type("string"),
                    ["measures"] = Type("object"),
                    ["minutes"] = Type("object"),
                    ["epochs"] = new JsonObject { ["type"] = "array", ["items"] = Type("object") },
                },
            },
            ["InferRequest"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["id"] = Type("string"), ["parameters"] = Type("object"), ["inputs"] = List(Ref("InferTensor")), ["outputs"] = List(Type("object")) },
                ["required"] = new JsonArray("inputs"),
            },
            ["InferTensor"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["name"] = Type("string"), ["shape"] = List(Type("integer")), ["datatype"] = Type("string"), ["parameters"] = Type("object"), ["data"] = new JsonObject { ["type"] = "array" } },
                ["required"] = new JsonArray("name", "shape", "datatype"),
            },
            ["InferAnswer"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["model_name"] = Type("string"), ["model_version"] = Type("string"), ["id"] = Type("string"), ["outputs"] = List(Ref("InferTensor")) },
                ["required"] = new JsonArray("model_name", "outputs"),
            },
            ["Free"] = Type("object"),
            ["Problem"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["detail"] = Type("string") }, ["required"] = new JsonArray("detail") },
            ["InferProblem"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["error"] = Type("string") }, ["required"] = new JsonArray("error") },
            ["ValidationError"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["loc"] = List(new JsonObject { ["anyOf"] = new JsonArray(Type("string"), Type("integer")) }),
                    ["msg"] = Type("string"),
                    ["type"] = Type("string"),
                    ["input"] = new JsonObject(),
                    ["ctx"] = Type("object"),
                },
                ["required"] = new JsonArray("loc", "msg", "type"),
            },
            ["HTTPValidationError"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["detail"] = List(Ref("ValidationError")) } },
        };
    }

    static JsonObject Responses()
    {
        JsonObject One(string description, string schema) => new()
        {
            ["description"] = description,
            ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Ref(schema) } },
        };
        return new JsonObject
        {
            ["400"] = One("What was sent cannot be used", "Problem"),
            ["401"] = One("A key is needed", "Problem"),
            ["404"] = One("Not there", "Problem"),
            ["408"] = One("The body came too slowly", "Problem"),
            ["413"] = One("The body is too large", "Problem"),
            ["415"] = One("Another media type is needed", "Problem"),
            ["422"] = One("Faults of the body, all of them, in field order", "HTTPValidationError"),
            ["429"] = One("Too much waits already; see Retry-After", "Problem"),
            ["503"] = One("No model for it, or the service is ending", "Problem"),
            ["400v2"] = One("What was sent cannot be used", "InferProblem"),
            ["404v2"] = One("No such model", "InferProblem"),
            ["429v2"] = One("Too much waits already; see Retry-After", "InferProblem"),
        };
    }

    static JsonObject Parameters()
    {
        JsonObject One(string name, string description) => new() { ["name"] = name, ["in"] = "path", ["required"] = true, ["description"] = description, ["schema"] = Type("string") };
        JsonObject Query(string name, string type, string description) =>
            new() { ["name"] = name, ["in"] = "query", ["required"] = false, ["description"] = description, ["schema"] = Type(type) };
        return new JsonObject
        {
            ["name"] = One("name", "The model's name"),
            ["version"] = One("version", "Its version"),
            ["hop"] = Query("hop", "number", "Seconds between the windows of a recording; half a window where it is left out. Sound and worn sensors only"),
            ["smooth"] = Query("smooth", "number", "Seconds over which the probabilities of windows or epochs are averaged. Sound, worn sensors and nights only"),
            ["model"] = Query("model", "string", "The network that answers, by name; the first that reads such streams where it is left out"),
        };
    }

    static JsonObject Tag(string name, string description) => new() { ["name"] = name, ["description"] = description };

    static JsonObject Type(string name) => new() { ["type"] = name };

    static JsonObject List(JsonNode items) => new() { ["type"] = "array", ["items"] = items };

    static JsonObject Ref(string schema) => new() { ["$ref"] = "#/components/schemas/" + schema };

    static JsonObject Form(params string[] files) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(files.Select(file => KeyValuePair.Create(file, (JsonNode?)new JsonObject { ["type"] = "string", ["format"] = "binary" }))),
    };

    static JsonObject Json(string schema, bool required = true) => new()
    {
        ["required"] = required,
        ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Ref(schema) } },
    };

    static JsonObject Get(string id, string tag, string summary, JsonNode answer, params string[] faults) => new() { ["get"] = Operation(id, tag, summary, "", null, answer, faults) };

    static JsonObject Post(string id, string tag, string summary, string description, JsonNode body, JsonNode answer, params string[] faults) =>
        new() { ["post"] = Operation(id, tag, summary, description, body, answer, faults) };

    static JsonObject With(JsonObject path, params string[] parameters)
    {
        path["parameters"] = new JsonArray([.. parameters.Select(name => (JsonNode)new JsonObject { ["$ref"] = "#/components/parameters/" + name })]);
        return path;
    }

    static JsonObject Operation(string id, string tag, string summary, string description, JsonNode? body, JsonNode answer, string[] faults)
    {
        var responses = new JsonObject
        {
            ["200"] = new JsonObject { ["description"] = "The answer", ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = answer } } },
        };
        foreach (var fault in faults) responses[fault[..3]] = new JsonObject { ["$ref"] = "#/components/responses/" + fault };
        if (!faults.Any(fault => fault[0] == '4')) responses["401"] = new JsonObject { ["$ref"] = "#/components/responses/401" };
        var operation = new JsonObject { ["operationId"] = id, ["tags"] = new JsonArray(tag), ["summary"] = summary };
        if (description != "") operation["description"] = description;
        if (body is not null) operation["requestBody"] = body;
        operation["responses"] = responses;
        return operation;
    }
}
