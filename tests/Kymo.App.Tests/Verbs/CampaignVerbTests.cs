using System.Globalization;
using Kymo.Lab.Runs;

namespace Kymo.App.Tests.Verbs;

/// <summary>A campaign on made-up tones, through the program: whole, killed twice, refused, checked.</summary>
public sealed class CampaignVerbTests(CampaignVerbTests.Whole whole) : IClassFixture<CampaignVerbTests.Whole>
{
    const string Manifest = """
        {
          "manifest_version": "2026-02-08.v2",
          "seed": 7,
          "overrides": ["data=synthetic", "features.duration=0.5", "split.count=3", "trainer.threads=1", "trainer.logger=null", "trainer.micro_batch=off", "optim.lr=0.003"],
          "common_train": {"epochs": 2, "batch_size": 8, "early_stop_patience": 5},
          "output_csv": "ROOT/leaderboard.csv",
          "readme": "NOTES.md",
          "baseline": {"models": ["crnn", "extremetinycnn"], "cbam_models": ["extremetinycnn_cbam"], "cbam_reduction_values": [8], "cbam_sa_kernel_values": [3]},
          "teacher_gate": {"teacher_model": "crnn", "student_pool_models": ["extremetinycnn"], "min_f1_gap": -1},
          "kd": {"students": ["extremetinycnn", "extremetinycnn_cbam"], "alphas": [0.6], "temperatures": [3]}
        }
        """;

    // Cells of time and speed, and of the tree that somebody may be working in.
    static readonly string[] s_timed = ["ts_start_utc", "ts_end_utc", "duration_s", "cpu_latency_ms", "cpu_latency_p50_ms", "cpu_latency_p95_ms", "feature_ms", "git_commit_sha", "git_dirty"];

    static readonly string[] s_names =
    [
        "p1_crnn_seed7", "p1_extremetinycnn_seed7", "p1_extremetinycnn_cbam_rr8_sk3_seed7", "p2_kd_extremetinycnn_a0_t3_seed7", "p2_kd_extremetinycnn_a0p6_t3_seed7",
        "p2_kd_extremetinycnn_cbam_rr8_sk3_a0_t3_seed7", "p2_kd_extremetinycnn_cbam_rr8_sk3_a0p6_t3_seed7",
    ];

    [Fact]
    public void Runs_have_the_originals_names_and_order_and_a_leaderboard_that_verify_accepts()
    {
        Assert.Equal(s_names, Board(whole.PathOf("whole")).Select(row => row["run_name"]));
        KymoProgram.Succeed(whole.Folder, ["runs", "verify", "--root", "whole", .. s_names]);
        var check = KymoProgram.Succeed(whole.Folder, "campaign", "check", "whole.json");
        Assert.Contains("whole and its numbers agree", check.Output);
        var status = KymoProgram.Succeed(whole.Folder, "campaign", "status", "whole.json", "--json").Json;
        Assert.Equal(7, status["finished"]!.GetValue<int>());
        Assert.Equal(7, status["planned"]!.GetValue<int>());
        var page = File.ReadAllText(whole.PathOf("whole", "campaign_report.html"));
        foreach (var part in (string[])["Negative results", "Confusion matrices", "minus control", "data:image/svg+xml", "p1_extremetinycnn_cbam_rr8_sk3 minus p1_extremetinycnn<",
            "p1_crnn minus p1_extremetinycnn<", "recordings with replacement, each with all its clips", "McNemar&#39;s test counts clips"]) Assert.Contains(part, page);
        // What collapsed is never chosen.
        foreach (var row in Board(whole.PathOf("whole")).Where(row => row["run_name"].Contains("_a0p6_", StringComparison.Ordinal)))
        {
            var setting = row["run_name"].Replace("_seed7", "", StringComparison.Ordinal);
            Assert.Equal(row["status"] == "ok", page.Contains($"{setting} minus {setting.Replace("_a0p6_", "_a0_", StringComparison.Ordinal)}<", StringComparison.Ordinal));
        }
        // A gap to close is only spoken of where there is one.
        var board = Board(whole.PathOf("whole")).ToDictionary(row => row["run_name"], row => double.Parse(row["test_f1"], CultureInfo.InvariantCulture));
        var without = s_names.Count(name => name.Contains("_a0_", StringComparison.Ordinal) && board["p1_crnn_seed7"] <= board[name]);
        Assert.Equal(without, page.Split("The teacher is not better than the control").Length - 1);
        // From the beginning of the work to its end: more than the epochs.
        foreach (var row in Board(whole.PathOf("whole")))
        {
            var epochs = CsvTable.Read(whole.PathOf("whole", "runs", row["run_name"], RunFiles.EpochMetrics));
            var seconds = epochs.Rows.Sum(epoch => double.Parse(epoch[epochs.Column("epoch_s")], CultureInfo.InvariantCulture));
            Assert.InRange(double.Parse(row["duration_s"], CultureInfo.InvariantCulture), seconds + 0.05, seconds + 300);
        }
        Assert.StartsWith("| ts_utc | stage | run_name | status |", File.ReadAllText(whole.PathOf("whole", "orchestration", "progress_table.md")));
    }

    [Fact]
    public void Control_is_the_undistilled_run_to_the_byte()
    {
        foreach (var file in (string[])[RunFiles.Predictions, RunFiles.BestModel, RunFiles.LastModel])
            Assert.Equal(File.ReadAllBytes(whole.PathOf("whole", "runs", "p1_extremetinycnn_seed7", file)), File.ReadAllBytes(whole.PathOf("whole", "runs", "p2_kd_extremetinycnn_a0_t3_seed7", file)));
        var row = Board(whole.PathOf("whole")).Single(row => row["run_name"] == "p2_kd_extremetinycnn_a0p6_t3_seed7");
        Assert.Equal(("crnn", "0.6", "3"), (row["teacher_model"], row["alpha"].TrimEnd('0').TrimEnd('.'), row["tau"].Replace(".0", "", StringComparison.Ordinal)));
        Assert.InRange(double.Parse(row["compression_ratio"], CultureInfo.InvariantCulture), 10, 14);
        Assert.Equal(12, row["cache_fingerprint"].Length);
    }

    [Fact]
    public void Killed_twice_and_resumed_it_ends_in_the_same_leaderboard()
    {
        whole.Write("cut.json", Manifest.Replace("ROOT", "cut", StringComparison.Ordinal));
        KillWhen("cut.json", [], () => Directory.Exists(whole.PathOf("cut", "runs", "p1_extremetinycnn_seed7")));
        KillWhen("cut.json", ["--resume"], () => File.Exists(whole.PathOf("cut", "runs", "p2_kd_extremetinycnn_a0_t3_seed7", RunFiles.EpochMetrics)));
        var refused = KymoProgram.Run(whole.Folder, "campaign", "cut.json");
        Assert.Equal(2, refused.Code);
        Assert.Contains("--resume to keep what is valid", refused.Error);
        KymoProgram.Succeed(whole.Folder, "campaign", "cut.json", "--resume", "--jobs", "2");
        Assert.Equal(Untimed(whole.PathOf("whole")).Order(StringComparer.Ordinal), Untimed(whole.PathOf("cut")).Order(StringComparer.Ordinal));
        KymoProgram.Succeed(whole.Folder, ["runs", "verify", "--root", "cut", .. s_names]);

        // A damaged run is moved aside and trained again; the others are kept.
        File.AppendAllText(whole.PathOf("cut", "runs", s_names[^1], RunFiles.Predictions), "damage");
        var mended = KymoProgram.Succeed(whole.Folder, "campaign", "cut.json", "--resume");
        Assert.Contains("moved to orchestration/set_aside/" + s_names[^1] + ".1", mended.Error);
        Assert.Equal(6, mended.Error.Split('\n').Count(line => line.Contains("skipped_valid", StringComparison.Ordinal)));
        Assert.True(Directory.Exists(whole.PathOf("cut", "orchestration", "set_aside", s_names[^1] + ".1")));

        // A fresh start that is only tried lists and deletes nothing.
        var dry = KymoProgram.Succeed(whole.Folder, "campaign", "cut.json", "--fresh-start", "--dry-run");
        Assert.Contains("--fresh-start would delete", dry.Error);
        Assert.True(Directory.Exists(whole.PathOf("cut", "runs", s_names[0])));
    }

    [Fact]
    public void Fresh_start_deletes_only_what_the_manifest_owns()
    {
        const string single = """
            {
              "manifest_version": "2026-02-08.v2", "seed": 7, "output_csv": "fresh/leaderboard.csv", "common_train": {"epochs": 1, "batch_size": 8},
              "overrides": ["data=synthetic", "features.duration=0.5", "split.count=3", "trainer.threads=1", "trainer.logger=null", "trainer.micro_batch=off"],
              "baseline": {"models": ["extremetinycnn"]}
            }
            """;
        whole.Write("fresh.json", single);
        KymoProgram.Succeed(whole.Folder, "campaign", "fresh.json");
        KymoProgram.Succeed(whole.Folder, "train", "sleep-events", "data=synthetic", "features.duration=0.5", "split.count=3", "trainer.epochs=1", "trainer.threads=1", "trainer.batch_size=8",
            "model=extremetinycnn", "run.root=fresh", "run.name=a_stranger");
        // What another manifest left in this folder.
        foreach (var aside in new[] { "p1_tinycnn_seed7.1", "p1_extremetinycnn_seed7.1" }) Directory.CreateDirectory(whole.PathOf("fresh", "orchestration", "set_aside", aside));
        File.AppendAllText(whole.PathOf("fresh", "orchestration", "manifest_status.csv"), "2026-01-01T00:00:00Z,phase1_full_base,p1_tinycnn_seed7,tinycnn,failed,1.00,1,\r\n");
        Directory.CreateDirectory(whole.PathOf("fresh", "campaign_figures"));
        whole.Write(Path.Combine("fresh", "campaign_figures", "old.svg"), "");
        var stranger = File.ReadAllBytes(whole.PathOf("fresh", "runs", "a_stranger", RunFiles.BestModel));
        var began = File.GetLastWriteTimeUtc(whole.PathOf("fresh", "runs", "p1_extremetinycnn_seed7", RunFiles.BestModel));
        var said = KymoProgram.Succeed(whole.Folder, "campaign", "fresh.json", "--fresh-start").Error;
        Assert.Contains("deleting", said);
        Assert.DoesNotContain("a_stranger", said);
        Assert.Equal(["p1_tinycnn_seed7.1"], Directory.GetDirectories(whole.PathOf("fresh", "orchestration", "set_aside")).Select(Path.GetFileName));
        Assert.False(File.Exists(whole.PathOf("fresh", "campaign_figures", "old.svg")));
        foreach (var table in new[] { "manifest_status.csv", "progress_table.csv" })
            Assert.Equal(["p1_tinycnn_seed7", "p1_extremetinycnn_seed7"], CsvTable.Read(whole.PathOf("fresh", "orchestration", table)) is var rows ? rows.Rows.Select(row => row[rows.Column("run_name")]) : []);
        Assert.Equal(stranger, File.ReadAllBytes(whole.PathOf("fresh", "runs", "a_stranger", RunFiles.BestModel)));
        Assert.True(File.GetLastWriteTimeUtc(whole.PathOf("fresh", "runs", "p1_extremetinycnn_seed7", RunFiles.BestModel)) > began);
        Assert.Equal(["a_stranger", "p1_extremetinycnn_seed7"], Board(whole.PathOf("fresh")).Select(row => row["run_name"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Dry_run_prints_the_whole_plan_and_touches_nothing()
    {
        whole.Write("dry.json", Manifest.Replace("ROOT", "dry", StringComparison.Ordinal));
        var said = KymoProgram.Succeed(whole.Folder, "campaign", "dry.json", "--dry-run").Output;
        foreach (var name in s_names) Assert.Contains("run.name=" + name, said);
        Assert.Contains("estimate: none before a first run", said);
        Assert.False(Directory.Exists(whole.PathOf("dry")));
    }

    [Fact]
    public void Settings_have_all_digits_and_names_six()
    {
        whole.Write("digits.json", Manifest.Replace("ROOT", "digits", StringComparison.Ordinal).Replace("\"temperatures\": [3]", "\"temperatures\": [3.00012345678], \"lr\": 0.00012345678", StringComparison.Ordinal));
        var said = KymoProgram.Succeed(whole.Folder, "campaign", "digits.json", "--dry-run").Output;
        Assert.Contains("optim.lr=0.00012345678 ", said);
        Assert.Contains("distill.temperature=3.00012345678 ", said);
        Assert.Contains("run.name=p2_kd_extremetinycnn_a0p6_t3p00012_seed7", said);
    }

    [Fact]
    public void Training_that_fails_is_no_fault_of_the_program()
    {
        whole.Write("failing.json", """
            {
              "seed": 7, "output_csv": "failing/leaderboard.csv", "common_train": {"epochs": 1}, "overrides": ["data=table", "data.root=nowhere"],
              "baseline": {"models": ["extremetinycnn"]}
            }
            """);
        var ending = KymoProgram.Run(whole.Folder, "campaign", "failing.json");
        Assert.Equal(1, ending.Code);
        Assert.Contains("kymo: p1_extremetinycnn_seed7 failed: ", ending.Error);
        Assert.Contains("mend the cause and go on with --resume", ending.Error);
        Assert.DoesNotContain("fault of the program", ending.Error);
    }

    [Theory]
    [InlineData("\"seed\"", "\"sead\"", "sead")]
    [InlineData("\"alphas\": [0.6]", "\"alphas\": [1.6]", "outside 0 to 1")]
    [InlineData("\"students\": [\"extremetinycnn\",", "\"students\": [\"tinycnn\",", "tinycnn is not trained in the baseline phase")]
    [InlineData("\"epochs\": 2", "\"epochs\": \"two\"", "common_train.epochs")]
    [InlineData("data=synthetic", "data=nowhere", "nowhere")]
    [InlineData("split.count=3", "model=crnn", "for the campaign to decide")]
    [InlineData("split.count=3", "++model.name=crnn", "overrides: ++model.name=crnn is for the campaign to decide")]
    [InlineData("\"alphas\": [0.6]", "\"alphas\": [0.6, 0.6]", "kd.alphas: 0.6 is named twice")]
    [InlineData("\"alphas\": [0.6]", "\"alphas\": [0.6, 0.6000001]", "kd.alphas: 0.6 and 0.6000001 are one number in a run's name")]
    [InlineData("\"models\": [\"crnn\"", "\"models\": [\"crnn\", \"crnn\"", "baseline.models: crnn is named twice")]
    [InlineData("\"manifest_version\"", "\"runtime_policy\": {\"full_epochs\": 5}, \"manifest_version\"", "runtime_policy.full_epochs=5 and common_train.epochs=2")]
    [InlineData("\"models\": [\"crnn\"", "\"models\": [\"crnn\", \"tinycn\"", "tinycn")]
    [InlineData("\"temperatures\": [3]", "\"temperatures\": [3], \"lr\": -1", "p2_kd_extremetinycnn_a0_t3_seed7: optim.lr=-1")]
    public void Wrong_manifest_is_a_usage_error_that_names_the_place(string from, string to, string said)
    {
        whole.Write("wrong.json", Manifest.Replace("ROOT", "wrong", StringComparison.Ordinal).Replace(from, to, StringComparison.Ordinal));
        var ending = KymoProgram.Run(whole.Folder, "campaign", "wrong.json", "--dry-run");
        Assert.Equal(2, ending.Code);
        Assert.Contains(said, ending.Error);
        Assert.False(Directory.Exists(whole.PathOf("wrong")));
    }

    [Fact]
    public void Second_campaign_on_one_folder_says_who_holds_it()
    {
        // So long that the second campaign finds the first at work, however slowly it starts.
        whole.Write("busy.json", Manifest.Replace("ROOT", "busy", StringComparison.Ordinal).Replace("\"epochs\": 2", "\"epochs\": 2000", StringComparison.Ordinal));
        using var first = KymoProgram.Start(whole.Folder, [], "campaign", "busy.json");
        Ending second;
        try
        {
            Wait.Until(() => File.Exists(whole.PathOf("busy", "orchestration", "campaign.owner.json")), "the campaign's owner");
            second = KymoProgram.Run(whole.Folder, "campaign", "busy.json", "--resume");
        }
        finally
        {
            first.Kill(entireProcessTree: true);
            first.WaitForExit();
        }
        Assert.Equal(2, second.Code);
        Assert.Contains($"process {first.Id} ", second.Error);
        Assert.Contains("busy.json", second.Error);
    }

    [Fact]
    public void Check_compares_numbers_between_markers()
    {
        var row = Board(whole.PathOf("whole"))[0];
        whole.Write("NOTES.md", $"The teacher has <!-- kymo {row["run_name"]} params -->{row["params"]}<!-- /kymo --> parameters.\n\nIt reaches <!-- kymo {row["run_name"]} test_f1 -->1.5 %<!-- /kymo -->.\n");
        var ending = KymoProgram.Run(whole.Folder, "campaign", "check", "whole.json");
        whole.Write("NOTES.md", "");
        Assert.Equal(1, ending.Code);
        Assert.Contains($"NOTES.md:3: says 1.5 % for test_f1 of {row["run_name"]}", ending.Output);
        Assert.DoesNotContain("NOTES.md:1:", ending.Output);
    }

    [Fact]
    public void Check_finds_markers_that_mark_nothing()
    {
        var row = Board(whole.PathOf("whole"))[0];
        var good = $"<!-- kymo {row["run_name"]} params -->{row["params"]}<!-- /kymo -->";
        whole.Write("marked.json", Manifest.Replace("ROOT", "whole", StringComparison.Ordinal).Replace("NOTES.md", "MARKED.md", StringComparison.Ordinal));
        whole.Write("MARKED.md", $"{good}\n\n<!-- kymo {row["run_name"]} params -->1 and {good}\n<!-- kymo {row["run_name"]} params --><b>1</b><!-- /kymo -->\n<!-- kymo {row["run_name"]} -->1<!-- /kymo -->\n");
        var ending = KymoProgram.Run(whole.Folder, "campaign", "check", "marked.json");
        Assert.Equal(1, ending.Code);
        foreach (var line in new[] { 3, 4, 5 }) Assert.Contains($"MARKED.md:{line}: a marker that is not <!-- kymo RUN COLUMN -->", ending.Output);
        Assert.Contains("3 faults", ending.Output);
    }

    [Fact]
    public void Check_sees_the_tuned_teacher_of_the_second_phase()
    {
        // The base runs learn nothing, the tuned teacher does; the gate asks for more than it reaches and is no condition.
        whole.Write("tuned.json", """
            {
              "seed": 7, "output_csv": "tuned/leaderboard.csv", "common_train": {"epochs": 3, "batch_size": 8, "lr": 1e-9},
              "runtime_policy": {"kd_after_teacher_gap_gate_only": false},
              "overrides": ["data=synthetic", "features.duration=0.5", "split.count=3", "trainer.threads=1", "trainer.logger=null", "trainer.micro_batch=off"],
              "baseline": {"models": ["crnn", "extremetinycnn"]},
              "teacher_gate": {"min_f1_gap": 1, "teacher_tuning": {"lr_values": [0.003], "weight_decay_values": [0.00010000001], "grad_clip_values": [0]}},
              "kd": {"students": ["extremetinycnn"], "alphas": [0.6], "temperatures": [3], "lr": 0.003}
            }
            """);
        KymoProgram.Succeed(whole.Folder, "campaign", "tuned.json", "--jobs", "2");
        const string teacher = "p1_crnn_tune_lr0p003_wd0p0001_gc0_seed7";
        Assert.Contains($"runs/{teacher}\"", File.ReadAllText(whole.PathOf("tuned", "runs", "p2_kd_extremetinycnn_a0p6_t3_seed7", RunFiles.ResolvedConfig)).Replace('\\', '/'));
        Assert.Contains("\"weight_decay\": 0.00010000001", File.ReadAllText(whole.PathOf("tuned", "runs", teacher, RunFiles.ResolvedConfig)));
        Assert.Contains("the campaign is whole", KymoProgram.Succeed(whole.Folder, "campaign", "check", "tuned.json").Output);
        var board = whole.PathOf("tuned", Leaderboard.FileName);
        var lines = File.ReadAllText(board).Split("\r\n");
        File.WriteAllText(board, string.Join("\r\n", lines.Where(line => !line.Contains(teacher + ",", StringComparison.Ordinal))));
        var rowless = KymoProgram.Run(whole.Folder, "campaign", "check", "tuned.json");
        Assert.Equal(1, rowless.Code);
        Assert.Contains($"{teacher}: no row in leaderboard.csv", rowless.Output);
        File.AppendAllText(whole.PathOf("tuned", "runs", teacher, RunFiles.BestModelSafetensors), "damage");
        var damaged = KymoProgram.Run(whole.Folder, "campaign", "check", "tuned.json");
        Assert.Equal(1, damaged.Code);
        Assert.Contains($"{teacher}: {RunFiles.BestModelSafetensors}", damaged.Output);
        Assert.Contains("phase 2 cannot be checked before phase 1 and the tuned teachers are whole", damaged.Output);
    }

    [Fact]
    public void Runs_of_other_data_are_found_and_trained_anew()
    {
        Sounds.Write(whole.PathOf("tones"));
        string Of(string models) => $$"""
            {
              "seed": 7, "output_csv": "other/leaderboard.csv", "common_train": {"epochs": 1, "batch_size": 8},
              "overrides": ["data=table", "data.root=tones", "features.duration=0.5", "trainer.threads=1", "trainer.logger=null", "trainer.micro_batch=off"],
              "baseline": {"models": [{{models}}]}
            }
            """;
        whole.Write("first.json", Of("\"extremetinycnn\""));
        whole.Write("second.json", Of("\"tinycnn\""));
        whole.Write("both.json", Of("\"extremetinycnn\", \"tinycnn\""));
        KymoProgram.Succeed(whole.Folder, "campaign", "first.json");
        // The same data again: nothing is trained.
        Assert.Contains("skipped_valid", KymoProgram.Succeed(whole.Folder, "campaign", "first.json", "--resume").Error);
        File.WriteAllBytes(whole.PathOf("tones", "low_1_0.wav"), Sounds.Tone(300, new Random(1)));
        KymoProgram.Succeed(whole.Folder, "campaign", "second.json");
        var mixed = KymoProgram.Run(whole.Folder, "campaign", "check", "both.json");
        Assert.Equal(1, mixed.Code);
        Assert.Matches("the runs of seed 7 were made from different data: [0-9a-f]{12} by p1_extremetinycnn_seed7; [0-9a-f]{12} by p1_tinycnn_seed7", mixed.Output);
        var resumed = KymoProgram.Succeed(whole.Folder, "campaign", "both.json", "--resume").Error;
        Assert.Matches("p1_extremetinycnn_seed7: made from other data: their content was [0-9a-f]{12}, is [0-9a-f]{12}; moved to", resumed);
        Assert.Single(resumed.Split('\n'), line => line.Contains("skipped_valid", StringComparison.Ordinal) && line.StartsWith("p1_tinycnn_seed7", StringComparison.Ordinal));
        Assert.Contains("the campaign is whole", KymoProgram.Succeed(whole.Folder, "campaign", "check", "both.json").Output);
    }

    void KillWhen(string manifest, string[] more, Func<bool> moment)
    {
        using var process = KymoProgram.Start(whole.Folder, [], ["campaign", manifest, .. more]);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Wait.Until(() => moment() || process.HasExited, "the moment to kill the campaign");
        Assert.False(process.HasExited, "the campaign ended before it could be killed");
        process.Kill();
        process.WaitForExit();
    }

    static List<Dictionary<string, string>> Board(string root)
    {
        var table = CsvTable.Read(Path.Combine(root, Leaderboard.FileName));
        return [.. table.Rows.Select(row => table.Header.Zip(row).ToDictionary(cell => cell.First, cell => cell.Second))];
    }

    // Everything but times and the folder's own name; one row a run.
    static IEnumerable<string> Untimed(string root) => Board(root).Select(row => string.Join(',', row.Where(cell => !s_timed.Contains(cell.Key))
        .Select(cell => cell.Value.Replace(Path.GetFileName(root) + "/", "", StringComparison.Ordinal))));

    /// <summary>The campaign, run once.</summary>
    public sealed class Whole : IDisposable
    {
        readonly TempFolder _folder = new();

        public Whole()
        {
            Write("NOTES.md", "");
            Write("whole.json", Manifest.Replace("ROOT", "whole", StringComparison.Ordinal));
            KymoProgram.Succeed(Folder, "campaign", "whole.json", "--jobs", "1");
        }

        public string Folder => _folder.Path;

        public void Write(string name, string text) => File.WriteAllText(PathOf(name), text);

        public string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

        public void Dispose() => _folder.Dispose();
    }
}
