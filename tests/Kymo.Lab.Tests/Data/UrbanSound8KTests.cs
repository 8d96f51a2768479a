using Kymo.Lab.Data;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Data;

public sealed class UrbanSound8KTests : IDisposable
{
    const string Header = "slice_file_name,fsID,start,end,salience,fold,classID,class";

    readonly TempFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Read_shared_subset_finds_every_clip()
    {
        var set = UrbanSound8K.Read(Repository.Shared("data", "urbansound8k"));
        Assert.Equal(417, set.Recordings.Count);
        Assert.Empty(set.Exclusions);
        Assert.Equal([1, 2, 3], set.Folds);
        Assert.Equal([160, 160, 97], set.Folds.Select(fold => set.Recordings.Count(recording => recording.Fold == fold)));
        Assert.All(set.Recordings, recording => Assert.Contains(recording.Scene, new[] { "foreground", "background" }));
    }

    [Fact]
    public void Published_table_has_the_published_counts()
    {
        var table = Table.Read(Repository.Shared("data", "urbansound8k", "metadata", "UrbanSound8K.csv"), "fold", "class", "fsID");
        Assert.Equal(8732, table.Rows.Count);
        Assert.Equal(
            [873, 888, 925, 990, 936, 823, 838, 806, 816, 837],
            Enumerable.Range(1, 10).Select(fold => table.Rows.Count(row => row.Integer("fold", 1, 10) == fold)));
        Assert.Equal(1297, table.Rows.Select(row => row["fsID"]).Distinct().Count());
    }

    [Fact]
    public void Read_published_tree_takes_name_class_fold_and_salience()
    {
        Write("100-3-0-0.wav,100,0.0,4.0,1,5,3,dog_bark", "101-0-0-0.wav,101,0.0,4.0,2,1,0,air_conditioner");
        Touch("audio/fold5/100-3-0-0.wav", "audio/fold1/101-0-0-0.flac");
        var set = UrbanSound8K.Read(_root.Path);
        Assert.Equal(["100-3-0-0.wav", "101-0-0-0.wav"], set.Recordings.Select(recording => recording.Id));
        Assert.Equal((3, 5, "100", "foreground"), (set.Recordings[0].Label, set.Recordings[0].Fold, set.Recordings[0].Group, set.Recordings[0].Scene));
        Assert.EndsWith(".flac", set.Recordings[1].Path);
    }

    [Fact]
    public void Read_absent_files_stop_unless_allowed()
    {
        Write("100-3-0-0.wav,100,0.0,4.0,1,5,3,dog_bark", "101-0-0-0.wav,101,0.0,4.0,2,1,0,air_conditioner");
        Touch("audio/fold5/100-3-0-0.wav");
        var error = Assert.Throws<DataException>(() => UrbanSound8K.Read(_root.Path));
        Assert.Contains("1 of the 2 files it names are absent (101-0-0-0.wav", error.Message);
        Assert.Contains("data.allow_absent=true", error.Message);
        var set = UrbanSound8K.Read(_root.Path, allowAbsent: true);
        Assert.Single(set.Recordings);
        Assert.Equal("the file is absent", Assert.Single(set.Exclusions).Reason);
    }

    [Theory]
    [InlineData("100-3-0-0.wav,100,0.0,4.0,1,11,3,dog_bark", "line 2: fold is '11'; expected an integer from 1 to 10")]
    [InlineData("100-3-0-0.wav,100,0.0,4.0,1,5,12,dog_bark", "line 2: classID is '12'")]
    [InlineData("100-3-0-0.wav,100,0.0,4.0,1,5,3,cat_meow", "line 2: class 'cat_meow' is not class 3 (dog_bark)")]
    [InlineData("100-3-0-0.wav,100,0.0,4.0,1,5,3", "line 2: 7 fields where the header has 8")]
    [InlineData("../x.wav,100,0.0,4.0,1,5,3,dog_bark", "is not a plain file name")]
    public void Read_faulty_row_names_the_line(string row, string expected)
    {
        Write(row);
        Assert.Contains(expected, Assert.Throws<DataException>(() => UrbanSound8K.Read(_root.Path)).Message);
    }

    [Fact]
    public void Read_missing_columns_are_named()
    {
        Directory.CreateDirectory(_root["metadata"]);
        File.WriteAllText(_root["metadata/UrbanSound8K.csv"], "slice_file_name,fsID,fold\na.wav,1,1\n");
        var error = Assert.Throws<DataException>(() => UrbanSound8K.Read(_root.Path));
        Assert.Contains("no column start, end, salience, classID, class", error.Message);
    }

    [Fact]
    public void Read_no_such_folder_says_what_to_type() =>
        Assert.Contains("data.root=DIR", Assert.Throws<DataException>(() => UrbanSound8K.Read(_root["nothing"])).Message);

    [Fact]
    public void Read_table_path_that_leaves_the_root_is_refused()
    {
        File.WriteAllText(_root["labels.csv"], "file,class\n../../etc/passwd,a\n");
        Assert.Contains("leads outside", Assert.Throws<DataException>(() => AudioTable.Read(_root.Path, "labels.csv", new AudioTableColumns())).Message);
    }

    void Write(params string[] rows)
    {
        Directory.CreateDirectory(_root["metadata"]);
        File.WriteAllText(_root["metadata/UrbanSound8K.csv"], Header + "\n" + string.Join('\n', rows) + "\n");
    }

    void Touch(params string[] files)
    {
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_root[file])!);
            File.WriteAllBytes(_root[file], [0]);
        }
    }
}
