using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Kymo.App.Web.Models;

namespace Kymo.App.Web;

/// <summary>Counts and times, in Prometheus' text format 0.0.4.</summary>
sealed class Metrics
{
    static readonly double[] s_seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    static readonly double[] s_sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256];

    readonly ConcurrentDictionary<(string Model, int Version), ModelStatistics> _models = new();
    readonly ConcurrentDictionary<(string Route, int Code), Counter> _requests = new();
    readonly ConcurrentDictionary<string, Histogram> _durations = new();
    readonly Counter _loads = new(), _faults = new();
    int _loaded;

    /// <summary>The statistics of a model; they outlive its reloads.</summary>
    public ModelStatistics Of(string model, int version) => _models.GetOrAdd((model, version), _ => new ModelStatistics(new Histogram(s_seconds), new Histogram(s_seconds), new Histogram(s_sizes), new Histogram(s_seconds)));

    /// <summary>A request was answered.</summary>
    /// <param name="route">The endpoint's pattern, never the path as typed.</param>
    /// <param name="code">The status.</param>
    /// <param name="took">How long it took.</param>
    public void Answered(string route, int code, TimeSpan took)
    {
        _requests.GetOrAdd((route, code), _ => new Counter()).Add();
        _durations.GetOrAdd(route, _ => new Histogram(s_seconds)).Add(took.TotalSeconds);
    }

    /// <summary>How many models answer now.</summary>
    public void Loaded(int count) => _loaded = count;

    /// <summary>A model was loaded, or could not be.</summary>
    public void Reloaded(bool isWell) => (isWell ? _loads : _faults).Add();

    /// <summary>All families.</summary>
    /// <param name="models">The models that answer now.</param>
    /// <param name="triton">Whether the families of that server are told besides.</param>
    /// <param name="open">Whether the answer is in the OpenMetrics form.</param>
    public string Text(IReadOnlyList<ServedModel> models, bool triton, bool open)
    {
        var text = new Writer(open);
        text.Family("kymo_http_requests_total", "counter", "Requests answered, by endpoint and status.");
        foreach (var (key, counter) in _requests.OrderBy(entry => entry.Key.Route, StringComparer.Ordinal).ThenBy(entry => entry.Key.Code))
            text.Sample("kymo_http_requests_total", counter.Value, ("route", key.Route), ("code", Number(key.Code)));
        text.Family("kymo_http_request_duration_seconds", "histogram", "Time from a request's first line to its last byte, by endpoint.");
        foreach (var (route, histogram) in _durations.OrderBy(entry => entry.Key, StringComparer.Ordinal)) text.Histogram("kymo_http_request_duration_seconds", histogram, ("route", route));
        var all = _models.OrderBy(entry => entry.Key.Model, StringComparer.Ordinal).ThenBy(entry => entry.Key.Version).ToArray();
        text.Family("kymo_requests_total", "counter", "Requests that a model answered, by status.");
        foreach (var (key, model) in all)
            foreach (var (code, counter) in model.Codes.OrderBy(entry => entry.Key))
                text.Sample("kymo_requests_total", counter.Value, ("model", key.Model), ("version", Number(key.Version)), ("code", Number(code)));
        void Histograms(string name, string help, Func<ModelStatistics, Histogram> of)
        {
            text.Family(name, "histogram", help);
            foreach (var (key, model) in all) text.Histogram(name, of(model), ("model", key.Model), ("version", Number(key.Version)));
        }
        Histograms("kymo_request_duration_seconds", "Time of a model's requests.", model => model.Duration);
        Histograms("kymo_queue_duration_seconds", "Time that items waited for their batch.", model => model.Queue);
        Histograms("kymo_compute_duration_seconds", "Time of a batch in the network.", model => model.Compute);
        Histograms("kymo_batch_size", "Items computed together.", model => model.Batch);
        text.Family("kymo_queue_depth", "gauge", "Items that wait now.");
        foreach (var model in models) text.Sample("kymo_queue_depth", model.Queue?.Depth ?? 0, ("model", model.Name), ("version", Number(model.Version)));
        text.Family("kymo_models_loaded", "gauge", "Models that answer.");
        text.Sample("kymo_models_loaded", _loaded);
        text.Family("kymo_model_reloads_total", "counter", "Loads of models, by result.");
        text.Sample("kymo_model_reloads_total", _loads.Value, ("result", "success"));
        text.Sample("kymo_model_reloads_total", _faults.Value, ("result", "failure"));
        if (triton) Triton(text, all);
        Process(text);
        return text.End();
    }

    static void Triton(Writer text, KeyValuePair<(string Model, int Version), ModelStatistics>[] all)
    {
        void Family(string name, string help, Func<ModelStatistics, double> of)
        {
            text.Family(name, "counter", help);
            foreach (var (key, model) in all) text.Sample(name, of(model), ("model", key.Model), ("version", Number(key.Version)));
        }
        Family("nv_inference_request_success", "Requests answered well.", model => model.Codes.Where(entry => entry.Key < 400).Sum(entry => entry.Value.Value));
        Family("nv_inference_request_failure", "Requests refused or failed.", model => model.Codes.Where(entry => entry.Key >= 400).Sum(entry => entry.Value.Value));
        Family("nv_inference_count", "Items computed.", model => model.Batch.Sum);
        Family("nv_inference_exec_count", "Batches computed.", model => model.Batch.Count);
        Family("nv_inference_request_duration_us", "Time of requests, microseconds.", model => model.Duration.Sum * 1e6);
        Family("nv_inference_queue_duration_us", "Time in the queue, microseconds.", model => model.Queue.Sum * 1e6);
        Family("nv_inference_compute_infer_duration_us", "Time in the network, microseconds.", model => model.Compute.Sum * 1e6);
    }

    static void Process(Writer text)
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        void One(string name, string kind, string help, double value)
        {
            text.Family(name, kind, help);
            text.Sample(name, value);
        }
        One("process_cpu_seconds_total", "counter", "Processor time of the process.", process.TotalProcessorTime.TotalSeconds);
        One("process_resident_memory_bytes", "gauge", "Resident memory.", process.WorkingSet64);
        One("process_virtual_memory_bytes", "gauge", "Virtual memory.", process.VirtualMemorySize64);
        One("process_start_time_seconds", "gauge", "Start of the process since the Unix epoch.", new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0);
        One("process_threads", "gauge", "Threads.", process.Threads.Count);
    }

    static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A number that only grows.</summary>
    internal sealed class Counter
    {
        long _value;

        public long Value => Interlocked.Read(ref _value);

        public void Add() => Interlocked.Increment(ref _value);
    }

    /// <summary>Values counted by upper bounds.</summary>
    internal sealed class Histogram(double[] bounds)
    {
        readonly long[] _counts = new long[bounds.Length + 1];
        readonly Lock _gate = new();
        double _sum;

        public IReadOnlyList<double> Bounds => bounds;

        public double Sum
        {
            get
            {
                lock (_gate) return _sum;
            }
        }

        public long Count
        {
            get
            {
                lock (_gate) return _counts.Sum();
            }
        }

        public void Add(double value)
        {
            var index = Array.BinarySearch(bounds, value);
            lock (_gate)
            {
                _counts[index < 0 ? ~index : index]++;
                _sum += value;
            }
        }

        public (long[] Counts, double Sum) Read()
        {
            lock (_gate) return ([.. _counts], _sum);
        }
    }

    sealed class Writer(bool open)
    {
        readonly StringBuilder _text = new();

        public void Family(string name, string kind, string help)
        {
            // OpenMetrics names a counter's family without its ending.
            var family = open && kind == "counter" && name.EndsWith("_total", StringComparison.Ordinal) ? name[..^6] : name;
            if (open && kind == "counter" && family == name) kind = "unknown";
            _text.Append("# HELP ").Append(family).Append(' ').Append(help).Append("\n# TYPE ").Append(family).Append(' ').Append(kind).Append('\n');
        }

        public void Sample(string name, double value, params ReadOnlySpan<(string Key, string Value)> labels)
        {
            _text.Append(name);
            if (labels.Length > 0)
            {
                _text.Append('{');
                for (var i = 0; i < labels.Length; i++)
                {
                    if (i > 0) _text.Append(',');
                    _text.Append(labels[i].Key).Append("=\"").Append(Escaped(labels[i].Value)).Append('"');
                }
                _text.Append('}');
            }
            _text.Append(' ').Append(Number(value)).Append('\n');
        }

        public void Histogram(string name, Histogram histogram, params ReadOnlySpan<(string Key, string Value)> labels)
        {
            var (counts, sum) = histogram.Read();
            var total = 0L;
            for (var i = 0; i < counts.Length; i++)
            {
                total += counts[i];
                var bound = i < histogram.Bounds.Count ? Number(histogram.Bounds[i]) : "+Inf";
                if (open && i < histogram.Bounds.Count && !bound.Contains('.')) bound += ".0";
                Sample(name + "_bucket", total, [.. labels, ("le", bound)]);
            }
            Sample(name + "_sum", sum, labels);
            Sample(name + "_count", total, labels);
        }

        public string End() => open ? _text.Append("# EOF\n").ToString() : _text.ToString();

        static string Escaped(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
    }
}

/// <summary>What one model has done.</summary>
sealed class ModelStatistics(Metrics.Histogram duration, Metrics.Histogram queue, Metrics.Histogram batch, Metrics.Histogram compute)
{
    readonly ConcurrentDictionary<int, Metrics.Counter> _codes = new();

    public Metrics.Histogram Duration { get; } = duration;

    public Metrics.Histogram Queue { get; } = queue;

    public Metrics.Histogram Batch { get; } = batch;

    public Metrics.Histogram Compute { get; } = compute;

    public IReadOnlyDictionary<int, Metrics.Counter> Codes => _codes;

    /// <summary>A request was answered.</summary>
    public void Answered(int code, long since)
    {
        _codes.GetOrAdd(code, _ => new Metrics.Counter()).Add();
        Duration.Add(Stopwatch.GetElapsedTime(since).TotalSeconds);
    }

    /// <summary>A batch was computed.</summary>
    public void Computed(BatchSeen seen)
    {
        Batch.Add(seen.Items);
        Compute.Add(seen.Compute.TotalSeconds);
        foreach (var waited in seen.Waited) Queue.Add(waited.TotalSeconds);
    }
}
