using System.Text.Json.Nodes;
using Kymo.Lab.Runs.Trackers;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Runs.Trackers;

public sealed class TrackerTests
{
    static readonly DateTimeOffset s_start = SampleRun.Start;

    [Fact]
    public void Checksums_of_the_standard_text()
    {
        Assert.Equal(0xE3069283, Checksums.Crc32C("123456789"u8));
        Assert.Equal(0xCBF43926, Checksums.Crc32((byte)'1', "23456789"u8));
    }

    [Fact]
    public void First_record_of_an_event_file_is_the_known_one()
    {
        using var folder = new TempFolder();
        using (new TensorBoardWriter(folder.Path, DateTimeOffset.UnixEpoch)) { }
        var file = Assert.Single(Directory.GetFiles(folder.Path));
        Assert.Equal("events.out.tfevents.0.kymo.0.0", Path.GetFileName(file));
        Assert.Equal("1800000000000000a37f4b220900000000000000001a0d627261696e2e4576656e743a32eedf28a3",
            Convert.ToHexStringLower(File.ReadAllBytes(file)));
    }

    [Fact]
    public void Scalars_of_PyTorchs_SummaryWriter_are_read_in_the_old_and_the_new_form()
    {
        using var folder = new TempFolder();
        var read = TensorBoardFile.Read(Oracle.Ask("summary_writer.py", ["torch", "google.protobuf"], folder.Path).Trim());
        Assert.Equal(11, read.Count);
        for (var step = 0; step < 5; step++)
        {
            Assert.Equal(new TensorBoardValue(1_700_000_000 + step, step, "train/loss", 1f / (step + 1), null, null), read[2 * step]);
            Assert.Equal(("val/macro f1", step, step / 7f), (read[2 * step + 1].Tag, (int)read[2 * step + 1].Step, read[2 * step + 1].Scalar));
            Assert.Equal(1_700_000_000.5 + step, read[2 * step + 1].WallTime);
        }
        Assert.Equal((1L << 40, float.NaN), (read[^1].Step, read[^1].Scalar));
    }

    [Fact]
    public void TensorBoard_files_are_read_by_the_oracle_and_by_us()
    {
        using var folder = new TempFolder();
        string path;
        using (var writer = new TensorBoardWriter(folder.Path, s_start))
        {
            path = writer.Path;
            foreach (var logged in Events()) writer.Write(logged);
            writer.Image(s_start.AddSeconds(50), 3, "figures/confusion", Png);
        }
        var events = JsonNode.Parse(Oracle.Ask("tracker_files.py", ["struct"], "events", path))!.AsArray();
        Assert.Equal("brain.Event:2", (string?)events[0]!["file_version"]);
        Assert.Equal(8, events.Count);
        Assert.Equal(("train/loss", "0.5", 1, "scalars", 1), Scalar(events[1]!));
        Assert.Equal(("train/loss", "0.25", 2, null, null), Scalar(events[3]!)); // metadata only with the first
        Assert.Equal(1770572470.25, (double)events[1]!["wall_time"]!);
        Assert.Equal("nan", (string?)events[4]!["scalar"]);
        Assert.Equal(("note", "text", 2),
            ((string)events[5]!["tag"]!, (string?)events[5]!["plugin"], (int)events[5]!["data_class"]!));
        Assert.Equal("größer", (string?)events[5]!["text"]);
        Assert.Equal("[7,5,3," + Png.Length + "]", events[7]!["image"]!.ToJsonString());

        var read = TensorBoardFile.Read(path);
        Assert.Equal(["train/loss", "val/acc", "train/loss", "val/acc", "note", "train/loss", "figures/confusion"],
            read.Select(v => v.Tag));
        Assert.Equal([0.5f, 0.75f, 0.25f, float.NaN, null, -0.125f, null], read.Select(v => v.Scalar));
        Assert.Equal(Png, read[^1].Image);
        Assert.Equal("größer", read[4].Text);
    }

    [Fact]
    public void TensorBoard_scalars_in_the_old_form_are_read()
    {
        using var folder = new TempFolder();
        var value = new ProtoMessage().Text(1, "loss").Float(2, 1.5f);
        var tensor = new ProtoMessage().Text(1, "acc").Message(8, new ProtoMessage().Integer(1, 1).Bytes(4, [0, 0, 0, 64]));
        var unpacked = new ProtoMessage().Text(1, "f1").Message(8, new ProtoMessage().Integer(1, 1).Float(5, 3));
        var record = new ProtoMessage().Double(1, 2).Integer(2, 7)
            .Message(5, new ProtoMessage().Message(1, value).Message(1, tensor).Message(1, unpacked));
        File.WriteAllBytes(folder["x"], TensorBoardWriter.Frame(record.ToArray()));
        Assert.Equal([("loss", 1.5f, 7L, 2.0), ("acc", 2f, 7L, 2.0), ("f1", 3f, 7L, 2.0)],
            TensorBoardFile.Read(folder["x"]).Select(v => (v.Tag, v.Scalar!.Value, v.Step, v.WallTime)));
    }

    [Fact]
    public void A_torn_event_file_reads_to_its_last_whole_record_and_is_mended_there()
    {
        using var folder = new TempFolder();
        using (var writer = new TensorBoardWriter(folder.Path, s_start)) foreach (var logged in Events()) writer.Write(logged);
        var path = Directory.GetFiles(folder.Path)[0];
        var whole = File.ReadAllBytes(path);
        var all = TensorBoardFile.Read(path);
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            var read = TensorBoardFile.Read(path);
            Assert.Equal(all.Take(read.Count), read);
            var cut = TensorBoardFile.Mend(path);
            Assert.Equal(length - cut, new FileInfo(path).Length);
            Assert.Equal(read, TensorBoardFile.Read(path));
            Assert.Equal(0, TensorBoardFile.Mend(path));
        }
        for (var place = 0; place < whole.Length; place++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[place] ^= 0x10;
            File.WriteAllBytes(path, damaged);
            Assert.Contains("at byte", Assert.Throws<DataException>(() => TensorBoardFile.Read(path)).Message);
        }
    }

    [Fact]
    public void Wandb_files_are_read_by_the_oracle_and_by_us()
    {
        using var folder = new TempFolder();
        string path;
        using (var writer = Wandb(folder.Path))
        {
            path = Path.Combine(writer.Folder, "run-ab12cd34.wandb");
            foreach (var logged in Events()) writer.Write(logged);
        }
        Assert.Equal("offline-run-20260208_174109-ab12cd34", Path.GetFileName(Path.GetDirectoryName(path)));
        var read = JsonNode.Parse(Oracle.Ask("tracker_files.py", ["zlib"], "wandb", path))!;
        Assert.Equal("""["header","run","files","history","exit","summary","final","footer"]""", read["order"]!.ToJsonString());
        Assert.Equal("[1,2,3,4,5,6,7,8,9,10]", read["numbers"]!.ToJsonString());
        Assert.Equal("""["ab12cd34","sounds","first","a","b"]""", read["run"]!.ToJsonString());
        Assert.Equal("""{"lr":0.001,"model":{"name":"crnn"}}""", read["config"]!.ToJsonString());
        Assert.Equal(1770572469.25, (double)read["start"]!, 1e-6);
        Assert.Equal("""{"train/loss":0.5,"val/acc":0.75,"step":1,"_step":0,"_runtime":1.0,"_timestamp":1770572470.25,"number":0}""",
            read["history"]![0]!.ToJsonString());
        Assert.Equal("NaN", (string?)read["history"]![1]!["val/acc"]);
        Assert.Equal(["0 0", "1 1", "2 2"], read["history"]!.AsArray().Select(row => $"{row!["_step"]} {row["number"]}"));
        Assert.Equal("[0,12]", read["exit"]!.ToJsonString());
        Assert.Equal(-0.125, (double)read["summary"]!["train/loss"]!);

        var ours = WandbFile.Read(path);
        Assert.Equal(("ab12cd34", "sounds", "first", 0L), (ours.RunId, ours.Project, ours.Name, ours.ExitCode!.Value));
        Assert.Equal([0.5, 0.25, -0.125], ours.History.Select(r => (double)r["train/loss"]!));
        Assert.Equal("crnn", (string?)ours.Config["model"]!["name"]);
        var files = Path.Combine(Path.GetDirectoryName(path)!, "files");
        Assert.Equal("wandb_version: 1\n\n\"lr\":\n  desc: null\n  value: 0.001\n\n" +
            "\"model\":\n  desc: null\n  value: {\"name\":\"crnn\"}\n",
            File.ReadAllText(Path.Combine(files, "config.yaml")));
        Assert.Equal("größer\n", File.ReadAllText(Path.Combine(files, "output.log")));
        Assert.Contains("\"_step\": 2", File.ReadAllText(Path.Combine(files, "wandb-summary.json")));
    }

    [Fact]
    public void Rows_of_a_wandb_file_are_counted_over_steps_epochs_and_folds()
    {
        using var folder = new TempFolder();
        string path;
        var writer = Wandb(folder.Path);
        using (var log = EventLog.Open(folder["events.jsonl"], [writer]))
        {
            path = Path.Combine(writer.Folder, "run-ab12cd34.wandb");
            writer.ExitCode = 130;
            foreach (var fold in new[] { 1, 2 })
                for (var epoch = 1; epoch <= 2; epoch++)
                {
                    for (var step = 1; step <= 2; step++) log.Scalar(s_start, (epoch - 1) * 2 + step, $"fold_{fold}/train_loss_step", step);
                    log.EpochScalar(s_start, epoch, $"fold_{fold}/train_loss", epoch);
                    log.EpochScalar(s_start, epoch, $"fold_{fold}/val_loss", epoch);
                }
        }
        Assert.All(EventLog.Read(folder["events.jsonl"]), logged => Assert.Equal(!logged.Name.EndsWith("_step", StringComparison.Ordinal), logged.IsEpoch));
        var file = WandbFile.Read(path);
        Assert.Equal(130, file.ExitCode);
        Assert.Equal(Enumerable.Range(0, 12), file.History.Select(row => (int)row["_step"]!));
        Assert.Equal(
            ["step 1", "step 2", "epoch 1", "step 3", "step 4", "epoch 2", "step 1", "step 2", "epoch 1", "step 3", "step 4", "epoch 2"],
            file.History.Select(row => row["epoch"] is { } epoch ? $"epoch {epoch}" : $"step {row["step"]}"));
        Assert.Equal((2, 2), ((int)file.History[2]["epoch"]! + 1, file.History[2].Count(entry => entry.Key.StartsWith("fold_1/", StringComparison.Ordinal))));
    }

    [Fact]
    public void Scalars_of_the_same_name_and_step_are_rows_of_their_own()
    {
        using var folder = new TempFolder();
        string path;
        using (var writer = Wandb(folder.Path))
        {
            path = Path.Combine(writer.Folder, "run-ab12cd34.wandb");
            for (var i = 0; i < 3; i++) writer.Write(new LoggedEvent(s_start, 1, "loss", i, null));
        }
        Assert.Equal(["0 0", "1 1", "2 2"], WandbFile.Read(path).History.Select(row => $"{row["_step"]} {(int)(double)row["loss"]!}"));
    }

    [Theory]
    [InlineData(32_768 - 7 - 7)] // a record that fills the first block exactly
    [InlineData(32_768 - 7 - 7 - 1)]
    [InlineData(32_768 - 7 - 7 - 6)] // six bytes left: filled with zeros
    [InlineData(32_768 - 7 - 7 - 7)] // seven left: an empty first fragment
    [InlineData(100_000)]
    public void Wandb_records_over_block_borders_come_back(int size)
    {
        using var folder = new TempFolder();
        var records = new[] { new byte[size], [1, 2, 3], [] };
        Array.Fill(records[0], (byte)'x');
        using (var stream = File.Create(folder["x.wandb"]))
        {
            stream.Write(WandbLog.Header);
            foreach (var record in records) WandbLog.Append(stream, record);
        }
        Assert.Equal(records, WandbLog.Read(folder["x.wandb"], out var whole));
        Assert.Equal(new FileInfo(folder["x.wandb"]).Length, whole);
    }

    [Fact]
    public void A_torn_wandb_file_reads_to_its_last_whole_record_and_damage_is_named()
    {
        using var folder = new TempFolder();
        string path;
        using (var writer = Wandb(folder.Path))
        {
            path = Path.Combine(writer.Folder, "run-ab12cd34.wandb");
            foreach (var logged in Events()) writer.Write(logged);
            writer.Write(new LoggedEvent(s_start, 4, new string('n', 40_000), 1, null));
        }
        var whole = File.ReadAllBytes(path);
        foreach (var length in Enumerable.Range(7, 900).Concat([32_000, 32_768, 32_770, 33_000, 40_000, whole.Length - 1]))
        {
            File.WriteAllBytes(path, whole[..length]);
            var records = WandbLog.Read(path, out _);
            Assert.True(WandbFile.Mend(path) >= 0);
            Assert.Equal(records, WandbLog.Read(path, out _));
            Assert.True(WandbFile.Read(path).History.Count <= 4);
        }
        for (var place = 0; place < whole.Length; place += place < 600 ? 1 : 997)
        {
            var damaged = (byte[])whole.Clone();
            damaged[place] ^= 0x20;
            File.WriteAllBytes(path, damaged);
            Assert.Throws<DataException>(() => WandbFile.Read(path));
        }
    }

    [Fact]
    public void A_resumed_log_feeds_trackers_to_the_same_bytes()
    {
        using var whole = new TempFolder();
        using var resumed = new TempFolder();
        using (var log = Open(whole.Path, null)) foreach (var e in Events()) Log(log, e);
        long checkpoint;
        using (var log = Open(resumed.Path, null))
        {
            foreach (var e in Events().Take(3)) Log(log, e);
            checkpoint = log.Length;
            foreach (var e in Events().Skip(3).Take(2)) Log(log, e); // lost: they came after the checkpoint
        }
        File.AppendAllText(resumed["events.jsonl"], "{\"name\":\"half");
        using (var log = Open(resumed.Path, checkpoint)) foreach (var e in Events().Skip(3)) Log(log, e);
        var names = Files(whole.Path);
        Assert.Equal(7, names.Length); // the log, the event file, and five of W&B
        Assert.Equal(names, Files(resumed.Path));
        foreach (var name in names) Assert.Equal(File.ReadAllBytes(whole[name]), File.ReadAllBytes(resumed[name]));
        Assert.Equal(Events(), EventLog.Read(resumed["events.jsonl"]));
    }

    [Fact]
    public void A_log_cut_anywhere_reads_its_whole_lines_and_goes_on()
    {
        using var folder = new TempFolder();
        using (var log = EventLog.Open(folder["e"], [])) foreach (var e in Events()) Log(log, e);
        var bytes = File.ReadAllBytes(folder["e"]);
        for (var length = 0; length <= bytes.Length; length++)
        {
            File.WriteAllBytes(folder["e"], bytes[..length]);
            var kept = EventLog.Read(folder["e"]);
            Assert.Equal(Events().Take(kept.Count), kept);
            using (var log = EventLog.Open(folder["e"], [])) log.Scalar(s_start, 9, "on", 1);
            Assert.Equal([.. kept, new LoggedEvent(s_start, 9, "on", 1, null)], EventLog.Read(folder["e"]));
        }
        File.WriteAllBytes(folder["e"], bytes);
        Assert.Contains("events are missing",
            Assert.Throws<DataException>(() => EventLog.Open(folder["e"], [], bytes.Length + 1)).Message);
        File.WriteAllText(folder["e"], "{\"step\":1}\n");
        Assert.Contains("line 1", Assert.Throws<DataException>(() => EventLog.Read(folder["e"])).Message);
    }

    [Fact]
    public void A_full_disk_leaves_whole_lines()
    {
        using var disk = SmallDisk.Mount(32);
        using var log = EventLog.Open(disk["e"], []);
        var error = Assert.Throws<IOException>(() =>
        {
            for (var i = 0; i < 100_000; i++) log.Scalar(s_start, i, "loss", i);
        });
        Assert.Contains("no room", error.Message);
        Assert.Equal('\n', File.ReadAllText(disk["e"])[^1]);
        Assert.Equal(log.Length, new FileInfo(disk["e"]).Length);
    }

    static LoggedEvent[] Events() =>
    [
        new(s_start.AddSeconds(1), 1, "train/loss", 0.5, null), new(s_start.AddSeconds(1), 1, "val/acc", 0.75, null),
        new(s_start.AddSeconds(2), 2, "train/loss", 0.25, null), new(s_start.AddSeconds(2), 2, "val/acc", double.NaN, null),
        new(s_start.AddSeconds(3), 2, "note", null, "größer"), new(s_start.AddSeconds(12), 3, "train/loss", -0.125, null),
    ];

    /// <summary>The head of a PNG file of 5 by 7 points; more of it nobody reads here.</summary>
    static byte[] Png { get; } =
        [0x89, .. "PNG\r\n"u8, 0x1A, 10, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 5, 0, 0, 0, 7, 8, 2, 0, 0, 0, 1, 2, 3, 4];

    static WandbWriter Wandb(string folder) => new(folder, new WandbRun
    {
        Id = "ab12cd34",
        Project = "sounds",
        Name = "first",
        Started = s_start,
        Tags = ["a", "b"],
        Config = new JsonObject { ["lr"] = 0.001, ["model"] = new JsonObject { ["name"] = "crnn" } },
    });

    static EventLog Open(string folder, long? keep) => EventLog.Open(Path.Combine(folder, "events.jsonl"),
        [new TensorBoardWriter(folder, s_start), Wandb(folder)], keep);

    static void Log(EventLog log, LoggedEvent e)
    {
        if (e.Text is not null) log.Text(e.When, e.Step, e.Name, e.Text);
        else log.Scalar(e.When, e.Step, e.Name, e.Value!.Value);
    }

    static string[] Files(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(folder, p)).Order()];

    static (string, string?, int, string?, int?) Scalar(JsonNode e) =>
        ((string)e["tag"]!, (string?)e["scalar"], (int)e["step"]!, (string?)e["plugin"], (int?)e["data_class"]);
}
