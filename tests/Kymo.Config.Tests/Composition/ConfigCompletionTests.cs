namespace Kymo.Config.Tests;

public sealed class ConfigCompletionTests
{
    const string Files = """
        == c
        defaults: [db: mysql, _self_]
        lr: 0.1
        debug: false
        list: [1, {a: 2}]
        == db/mysql
        host: h
        == db/sqlite
        == model/cnn
        == model/sub/deep

        """;

    [Theory]
    [InlineData("d", "db. db= debug=")]
    [InlineData("db", "db. db=")]
    [InlineData("db=", "db=mysql db=sqlite")]
    [InlineData("db=s", "db=sqlite")]
    [InlineData("db@x=s", "db@x=sqlite")]
    [InlineData("db=[mysql,s", "db=[mysql,sqlite")]
    [InlineData("db=mysql,", "db=mysql,mysql db=mysql,sqlite")]
    [InlineData("+mod", "+model/ +model=")]
    [InlineData("+model/", "+model/sub=")]
    [InlineData("~d", "~db ~db. ~debug")]
    [InlineData("db.", "db.host=")]
    [InlineData("list.", "list.0= list.1.")]
    [InlineData("list.1.", "list.1.a=")]
    [InlineData("debug=", "debug=false debug=true")]
    [InlineData("lr=", "lr=0.1")]
    [InlineData("hydra/la", "hydra/launcher=")]
    [InlineData("hydra/launcher=", "hydra/launcher=basic hydra/launcher=slurm")]
    [InlineData("hydra.run", "hydra.run. hydra.runtime.")]
    [InlineData("nothing", "")]
    public void Unfinished_words_are_completed(string word, string expected)
    {
        using var folder = new ConfigFolder(Files);
        Assert.Equal(expected, string.Join(' ', ConfigCompletion.Complete(folder.Composer, folder.Request("c"), word)));
    }

    [Fact]
    public void Words_before_it_count_and_where_they_fail_groups_are_still_offered()
    {
        using var folder = new ConfigFolder(Files);
        Assert.Equal("db.user=", string.Join(' ', ConfigCompletion.Complete(folder.Composer, folder.Request("c", "+db.user=me"), "db.u")));
        Assert.Equal("db=", string.Join(' ', ConfigCompletion.Complete(folder.Composer, folder.Request("c", "nope=1"), "d")));
    }
}
