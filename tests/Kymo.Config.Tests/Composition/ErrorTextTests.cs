namespace Kymo.Config.Tests;

/// <summary>The whole text of what a user sees for the usual mistakes: Hydra's words first, then place and remedy.</summary>
public sealed class ErrorTextTests
{
    const string Configs = """
        == config
        defaults:
        - data: mmfit
        - _self_
        lr: 0.001
        trainer:
          epochs: 3
        == data/mmfit
        window: 100
        == data/utd
        window: 50
        """;

    const string SearchPath = "Config search path:\n\tprovider=hydra, path=pkg://hydra.conf\n\tprovider=main, path=file://<here>\n\tprovider=schema, path=structured://";

    const string Grammar = "See https://hydra.cc/docs/1.2/advanced/override_grammar/basic for details";

    public static TheoryData<string, string> Texts => new()
    {
        {
            "lrr=1",
            "Could not override 'lrr'.\n"
            + "To append to your config use +lrr=1\n"
            + "Key 'lrr' is not in struct\n"
            + "Did you mean 'lr'?"
        },
        {
            "data=foo",
            "In 'config': Could not find 'data/foo'\n"
            + "\n"
            + "Available options in 'data':\n"
            + "\tmmfit\n"
            + "\tutd\n"
            + SearchPath
        },
        {
            "+lr=1",
            "Could not append to config. An item is already at 'lr'.\n"
            + "Either remove + prefix: 'lr=1'\n"
            + "Or add a second + to add or override 'lr': '++lr=1'"
        },
        {
            "~lrr",
            "Could not delete from config. 'lrr' does not exist.\n"
            + "Did you mean 'lr'?"
        },
        {
            "~lr=2",
            "Could not delete from config. The value of 'lr' is 0.001 and not 2.\n"
            + "To delete whatever the value is, type ~lr"
        },
        {
            "~data=utd",
            "Could not delete 'data=utd'. No match in the defaults list\n"
            + "The option chosen is 'mmfit'."
        },
        {
            "data@x=utd",
            "Could not override 'data@x'.\n"
            + "Did you mean to override data?\n"
            + "To append to your default list use +data@x=utd"
        },
        {
            "foo=a=b",
            "mismatched input '=' expecting <EOF>\n"
            + "    foo=a=b\n"
            + "         ^\n"
            + "Expected the end of the override or ','. If this is text, type it in quotes: 'foo=\"a=b\"'\n"
            + Grammar
        },
        {
            "lr=[1",
            "no viable alternative at input '[1'\n"
            + "    lr=[1\n"
            + "         ^\n"
            + "Expected ',' or ']'. If this is text, type it in quotes: 'lr=\"[1\"'\n"
            + Grammar
        },
        {
            "seed=é",
            "LexerNoViableAltException: seed=é\n"
            + "                                ^\n"
            + "token recognition error at: 'é'\n"
            + "'é' must stand in quotes. If this is text, type it in quotes: 'seed=\"é\"'\n"
            + Grammar
        },
        {
            "lr='a",
            "LexerNoViableAltException: lr='a\n"
            + "                              ^\n"
            + "token recognition error at: ''a'\n"
            + "The quote ' is not closed. If this is text, type it in quotes: 'lr=\"a\"'\n"
            + Grammar
        },
        {
            "lr=foo(1)",
            "Error parsing override 'lr=foo(1)'\n"
            + "HydraException while evaluating 'foo(1)': Unknown function 'foo'\n"
            + "Available: bool,choice,float,glob,int,interval,range,shuffle,sort,str,tag\n"
            + "    lr=foo(1)\n"
            + "       ^\n"
            + "If this is text, type it in quotes: 'lr=\"foo(1)\"'\n"
            + Grammar
        },
        {
            "trainer.epoch=1",
            "Could not override 'trainer.epoch'.\n"
            + "To append to your config use +trainer.epoch=1\n"
            + "Key 'epoch' is not in struct\n"
            + "Did you mean 'epochs'?"
        },
        {
            "lr=1,2",
            "Ambiguous value for argument 'lr=1,2'\n"
            + "1. To use it as a list, use key=[value1,value2]\n"
            + "2. To use it as string, quote the value: key=\\'value1,value2\\'\n"
            + "3. To sweep over it, add --multirun to your command line"
        },
        {
            "lr=range(1,3)",
            "Sweep parameters 'lr=range(1,3)' requires --multirun"
        },
        {
            "data=null",
            "Config group override must be a string or a list. Got NoneType\n"
            + "In 'data=null': to choose nothing, delete the choice: ~data"
        },
        {
            "++data=utd",
            "force-add of config groups is not supported: '++data=utd'\n"
            + "To append the choice to the defaults list use +data=utd"
        },
        {
            "lr@p=1",
            "Override lr@p=1 looks like a config group override, but config group 'lr' does not exist."
        },
        {
            "lr.x=1",
            "Could not override 'lr.x'.\n"
            + "To append to your config use +lr.x=1\n"
            + "Key 'x' is not in struct"
        },
        {
            "data={a:1}",
            "Could not override 'data'.\n"
            + "To append to your config use +data={a:1}\n"
            + "Key 'a' is not in struct"
        },
        {
            "trainer=[1]",
            "Error merging override trainer=[1]\n"
            + "Cannot merge DictConfig with ListConfig\n"
            + "'trainer' is a map. To replace it delete it first: ~trainer +trainer=..."
        },
        {
            "a b=1",
            "LexerNoViableAltException: a b=1\n"
            + "                            ^\n"
            + "token recognition error at: ' '\n"
            + "A blank cannot stand in a key. Expected key=value, +key=value (to append), ++key=value (to append or override) or ~key (to delete).\n"
            + Grammar
        },
        {
            "k={a b}",
            "no viable alternative at input '{a b}'\n"
            + "    k={a b}\n"
            + "          ^\n"
            + "Expected ':' and the value of the key. If this is text, type it in quotes: 'k=\"{a b}\"'\n"
            + Grammar
        },
        {
            "k={'q':1}",
            "no viable alternative at input '{'q''\n"
            + "    k={'q':1}\n"
            + "       ^\n"
            + "Expected a key: text without quotes and interpolations (escape special characters by '\\'), a number, true, false or null.\n"
            + Grammar
        },
        {
            "lr=a:b:c(1)",
            "mismatched input '(' expecting <EOF>\n"
            + "    lr=a:b:c(1)\n"
            + "            ^\n"
            + "Expected the end of the override or ','. If this is text, type it in quotes: 'lr=\"a:b:c(1)\"'\n"
            + Grammar
        },
        {
            "lr=${x",
            "mismatched input '{' expecting <EOF>\n"
            + "    lr=${x\n"
            + "        ^\n"
            + "Expected the end of the override or ','. If this is text, type it in quotes: 'lr=\"${x\"'\n"
            + Grammar
        },
        {
            "hydra.run.dirr=x",
            "Could not override 'hydra.run.dirr'.\n"
            + "To append to your config use +hydra.run.dirr=x\n"
            + "Key 'dirr' is not in struct\n"
            + "Did you mean 'dir'?"
        },
        {
            "hydra.verbose=[",
            "no viable alternative at input '['\n"
            + "    hydra.verbose=[\n"
            + "                   ^\n"
            + "Expected a value, a list [a,b], a dictionary {a:1} or a function. If this is text, type it in quotes: 'hydra.verbose=\"[\"'\n"
            + Grammar
        },
        {
            "k=int(x)",
            "Error parsing override 'k=int(x)'\n"
            + "ValueError while evaluating 'int(x)': invalid literal for int() with base 10: 'x'\n"
            + "    k=int(x)\n"
            + "      ^\n"
            + "If this is text, type it in quotes: 'k=\"int(x)\"'\n"
            + Grammar
        },
        {
            "+data=utd",
            "Multiple values for data. To override a value use 'override data: utd'\n"
            + "The two values are 'mmfit' and 'utd'."
        },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Error_of_an_override_says_what_where_and_what_to_type(string text, string expected)
    {
        using var folder = new ConfigFolder(Configs);
        Assert.Equal(expected, folder.Error("config", text));
    }

    [Fact]
    public void Error_of_a_primary_config_that_is_not_there_lists_the_search_path()
    {
        using var folder = new ConfigFolder(Configs);
        Assert.Equal("Cannot find primary config 'nope'. Check that it's in your config search path.\n\n" + SearchPath, folder.Error("nope"));
    }

    [Theory]
    [InlineData("'foo=\"a=b\"'", "a=b")]
    [InlineData("'lr=\"[1\"'", "[1")]
    [InlineData("'seed=\"é\"'", "é")]
    public void The_quoted_form_that_is_offered_means_what_was_typed(string offered, string value) =>
        Assert.Equal(new QuotedValue(value, QuoteKind.Double), Override.Parse(offered.Trim('\'')).Value);
}
