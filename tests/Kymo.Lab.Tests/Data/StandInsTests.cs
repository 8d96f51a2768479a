using Kymo.Lab.Data;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Data;

public sealed class StandInsTests
{
    static readonly RecordingSet s_set = new("made up", "/none", "none", ["a", "b"],
        [Of("1", 0, 1), Of("2", 1, 1), Of("3", 0, 2), Of("4", 1, 1), Of("5", 0, 2)], []);

    [Theory]
    [InlineData(UnusableAudio.Skip, "1 4 3 4 5", "0 1 0 1 0")]
    [InlineData(UnusableAudio.Resample, "1 4 3 4 5", "0 1 0 1 0")]
    [InlineData(UnusableAudio.Zero, "1 - 3 4 5", "0 1 0 1 0")]
    public void One_unusable_recording_is_stood_in_for_by_the_next_of_its_fold(UnusableAudio rule, string features, string labels) => Check([Gone("2")], rule, features, labels);

    [Fact]
    public void The_last_of_a_fold_takes_the_first_and_its_label() => Check([Gone("5")], UnusableAudio.Skip, "1 2 3 4 3", "0 1 0 1 0");

    [Fact]
    public void Two_in_a_row_take_the_same_one_and_never_one_of_another_fold() => Check([Gone("2"), Gone("4")], UnusableAudio.Skip, "1 1 3 1 5", "0 0 0 0 0");

    [Fact]
    public void A_fold_without_anything_is_silence_or_an_error()
    {
        Check([Gone("3"), Gone("5")], UnusableAudio.Resample, "1 2 - 4 -", "0 1 0 1 0");
        Assert.Contains("data.unusable=resample", Assert.Throws<DataException>(() => StandIns.Of(s_set, [Gone("3"), Gone("5")], UnusableAudio.Skip)).Message);
    }

    static void Check(Exclusion[] gone, UnusableAudio rule, string features, string labels)
    {
        var (set, found) = StandIns.Of(s_set, gone, rule);
        Assert.Equal(features, string.Join(' ', found.Select(id => id ?? "-")));
        Assert.Equal(labels, string.Join(' ', set.Recordings.Select(recording => recording.Label)));
        Assert.Equal(s_set.Recordings.Select(recording => (recording.Id, recording.Fold)), set.Recordings.Select(recording => (recording.Id, recording.Fold)));
    }

    static Recording Of(string id, int label, int fold) => new(id, "/none/" + id, label, fold, "group " + id);

    static Exclusion Gone(string id) => new(id, "damaged");
}
