using System.Diagnostics;

namespace Kymo.App.Tests.Verbs;

/// <summary>Bad recordings, tables, settings and machines: a clear error, the right exit code, no run folder left.</summary>
public sealed class BadInputTests : IDisposable
{
    readonly TempFolder _folder = new();

    public BadInputTests() => Sounds.Write(_folder["sounds"]);

    public static TheoryData<string, byte[], string> BadRecordings => new()
    {
        { "truncated.wav", Sounds.Tone(300, new Random(1))[..20000], "is truncated" },
        { "header.wav", Sounds.Tone(300, new Random(1))[..30], "is no sound WAV file" },
        { "empty.wav", [], "is empty (0 bytes)" },
        { "zero_length.wav", Sounds.Pcm16([]), "holds no samples" },
        { "silent.wav", Sounds.Pcm16(new short[Sounds.Rate]), "is silent" },
        { "nan.wav", Sounds.Float([.. Enumerable.Repeat(0.1f, 4000), float.NaN, 0.1f]), "holds NaN at frame 4000" },
        { "renamed.wav", [.. "%PDF-1.7 and so on, no sound at all"u8], "is no sound file" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(BadRecordings))]
    public void Bad_recording_is_named_with_its_fault(string name, byte[] bytes, string expected)
    {
        File.WriteAllBytes(Path.Combine(_folder["sounds"], name), bytes);
        File.AppendAllText(Path.Combine(_folder["sounds"], "labels.csv"), $"{name},low,1\n");
        var refused = Train("data.max_excluded=0");
        Assert.Equal(3, refused.Code);
        Assert.Contains(name + ": " + expected, refused.Error);
        if (name == "silent.wav") return;  // Features of silence are defined; only a training set has no use for it.
        var features = KymoProgram.Run(_folder.Path, "features", "logmel", Path.Combine("sounds", name), "--out", "x.npy", "sample_rate=22050");
        Assert.Equal(3, features.Code);
        Assert.Contains(expected, features.Error);
        Assert.False(File.Exists(_folder["x.npy"]));
    }

    [Fact]
    public void A_few_bad_recordings_are_left_out_counted_and_listed_with_their_reasons()
    {
        File.WriteAllText(Path.Combine(_folder["sounds"], "words.wav"), "no sound");
        File.AppendAllText(Path.Combine(_folder["sounds"], "labels.csv"), "words.wav,low,1\n");
        var ending = Train("data.max_excluded=0.1");
        Assert.True(ending.Code == 0, ending.Error);
        Assert.Contains("words.wav is left out: is no sound file", ending.Output + ending.Error);
        var listed = Directory.GetFiles(_folder["results"], "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".csv" or ".json").Any(file => File.ReadAllText(file).Contains("words.wav"));
        Assert.True(listed, "no file of the run lists the excluded recording");
    }

    [Theory]
    [InlineData("path,class,fold\nlow_1_0.wav,low,1\n", "labels.csv: line 1: no column file")]
    [InlineData("file,class,fold\n../secret.wav,low,1\n", "labels.csv: line 2")]
    [InlineData("file,class,fold\nlow_1_0.wav,low,one\n", "labels.csv: line 2")]
    [InlineData("file,class,fold\nlow_1_0.wav,,1\n", "labels.csv: line 2: class is empty")]
    [InlineData("file,class,fold\nlow_1_0.wav,low,1\nlow_1_0.wav,low,1\n", "labels.csv: line 3: low_1_0.wav stands here a second time")]
    [InlineData("file,class,fold\nnothere.wav,low,1\n", "nothere.wav")]
    [InlineData("", "labels.csv")]
    public void Wrong_table_is_named_with_its_line(string table, string expected)
    {
        File.WriteAllText(Path.Combine(_folder["sounds"], "labels.csv"), table);
        var ending = Train();
        Assert.Equal(3, ending.Code);
        Assert.Contains(expected, ending.Error);
    }

    [Fact]
    public void Unknown_class_of_the_native_tree_is_named()
    {
        Directory.CreateDirectory(_folder["us8k/metadata"]);
        Directory.CreateDirectory(_folder["us8k/audio/fold1"]);
        File.Copy(Path.Combine(_folder["sounds"], "low_1_0.wav"), _folder["us8k/audio/fold1/1-0-0-0.wav"]);
        File.WriteAllText(_folder["us8k/metadata/UrbanSound8K.csv"],
            "slice_file_name,fsID,start,end,salience,fold,classID,class\n1-0-0-0.wav,1,0,1,1,1,77,volcano\n");
        var ending = KymoProgram.Run(_folder.Path, "train", "urban-sounds", "data.root=us8k");
        Assert.Equal(3, ending.Code);
        Assert.Contains("line 2", ending.Error);
    }

    [Theory]
    [InlineData(2, "cv.folds=[1,7]", "there is no fold 7; the data hold the folds 1, 2, 3")]
    [InlineData(2, "trainer.device=cuda", "trainer.device=cuda")]
    [InlineData(2, "trainer.device=gpu", "auto, cpu, cuda")]
    [InlineData(2, "trainer.epoch=3", "epochs")]
    [InlineData(2, "optim.lr=-1", "lr")]
    [InlineData(2, "features=nothere", "logmel_1s5")]
    [InlineData(2, "trainer.epochs=1=2", "'")]
    [InlineData(3, "data.root=nothere", "nothere")]
    public void Wrong_setting_is_answered_by_what_would_be_right(int code, string setting, string expected)
    {
        var ending = Train(setting);
        Assert.Equal(code, ending.Code);
        Assert.Contains(expected, ending.Error);
        Assert.False(Directory.Exists(_folder["results/runs"]));
    }

    [Fact]
    public void Cache_of_other_features_is_not_used_and_a_damaged_one_is_named()
    {
        Assert.Equal(0, Train().Code);
        var caches = Directory.GetDirectories(_folder["results/cache"], "*", SearchOption.AllDirectories).Length;
        Assert.Equal(0, Train("features.n_mels=64", "run.name=other").Code);
        Assert.True(Directory.GetDirectories(_folder["results/cache"], "*", SearchOption.AllDirectories).Length > caches);
        foreach (var file in Directory.GetFiles(_folder["results/cache"], "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 50_000))
            using (var stream = File.OpenWrite(file)) stream.SetLength(stream.Length / 2);
        var ending = Train("run.name=again");
        Assert.Equal(3, ending.Code);
        Assert.Contains("bytes where the index promises", ending.Error);
    }

    [Fact]
    public void Weights_of_another_network_are_refused_by_name_and_shape()
    {
        KymoProgram.Succeed(_folder.Path, "model", "init", "urban-cnn", "classes=3", "--out", "three.safetensors");
        Signals.Arrays.NpyFile.Write(_folder["x.npy"], new float[128 * 173], [1, 128, 173]);
        var ending = KymoProgram.Run(_folder.Path, "model", "forward", "urban-cnn", "--weights", "three.safetensors", "--input", "x.npy", "--out", "y.npy");
        Assert.Equal(3, ending.Code);
        Assert.Contains("fc2", ending.Error);
        Assert.False(File.Exists(_folder["y.npy"]));
    }

    [Fact]
    public void Checkpoint_of_another_network_does_not_go_on()
    {
        using (var process = KymoProgram.Start(_folder.Path, [], [.. TrainedRun.Training, "trainer.epochs=50", "run.name=cut"]))
        {
            var seen = false;
            while (!seen && process.StandardError.ReadLine() is { } line) seen = line.StartsWith("fold 1 epoch 2:", StringComparison.Ordinal);
            process.Kill();
            process.WaitForExit();
            Assert.True(seen);
        }
        var ending = KymoProgram.Run(_folder.Path, [.. TrainedRun.Training, "trainer.epochs=50", "features.n_mels=64", "--resume", "cut"]);
        Assert.Equal(2, ending.Code);
        Assert.Contains("features.n_mels was 128, is 64", ending.Error);
    }

    [Fact]
    public void Full_disk_ends_with_a_clear_error_and_leaves_nothing_half_written()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) Assert.Skip("needs root on Linux to mount a small file system");
        Directory.CreateDirectory(_folder["small"]);
        if (Shell("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", _folder["small"]) != 0) Assert.Skip("needs the right to mount a small file system");
        try
        {
            var ending = Train("run.root=small", "data.cache=cache");
            Assert.Equal(1, ending.Code);
            Assert.Contains("No space left", ending.Error);
            Assert.DoesNotContain("a fault of the program", ending.Error);
            Assert.Empty(Directory.GetFiles(_folder["small"], "*.tmp*", SearchOption.AllDirectories));
            Assert.NotEqual(0, KymoProgram.Run(_folder.Path, "runs", "verify", Directory.GetDirectories(_folder["small/runs"])[0]).Code);
        }
        finally
        {
            Shell("umount", "--lazy", _folder["small"]);
        }
    }

    [Fact]
    public void Without_LibTorch_the_error_names_the_package_and_features_and_doctor_still_work()
    {
        (string, string)[] nowhere = [("KYMO_NATIVE", _folder["nowhere"])];
        var train = KymoProgram.Run(_folder.Path, nowhere, TrainedRun.Training);
        Assert.Equal(1, train.Code);
        Assert.Contains("apt-get install libtorch-dev", train.Error);
        Assert.Equal(0, KymoProgram.Run(_folder.Path, nowhere, "features", "logmel", "sounds/low_1_0.wav", "--out", "x.npy").Code);
        var doctor = KymoProgram.Run(_folder.Path, nowhere, "doctor");
        Assert.Equal(1, doctor.Code);
        Assert.Contains("libtorch-dev", doctor.Output);
    }

    Ending Train(params string[] more) => KymoProgram.Run(_folder.Path, [.. TrainedRun.Training, "trainer.epochs=1", .. more]);

    static int Shell(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
