using Parallax.Contracts;

namespace Parallax.Benchmarks.Tests.Gate;

public sealed class GateOptionsTests
{
    [Fact]
    public void Parse_AllOfThem_ReadsThem()
    {
        var options = GateOptions.Parse(["--check", "--counts", "--accept", "--filter", "a/*", "b/*", "--rounds", "8", "--json", "x.json", "--markdown=y.md"]);

        Assert.True(options is { Check: true, Counts: true, Accept: true, Rounds: 8, Json: "x.json", Markdown: "y.md" });
        Assert.Equal(["a/*", "b/*"], options.Filters);
    }

    [Theory]
    [InlineData("--check --against main", "take one")]
    [InlineData("--self-test --counts", "--counts goes with --check")]
    [InlineData("--against main --accept", "--accept goes with --check")]
    [InlineData("--check --short", "--short goes with --self-test")]
    [InlineData("--check --dirty", "--dirty goes with --against")]
    [InlineData("--check --allow-new", "--allow-new goes with --against")]
    [InlineData("--check --rounds 3", "--rounds is 3; expected 4 to 200")]
    [InlineData("--check --rounds many", "many")]
    [InlineData("--check --colour", "--colour")]
    [InlineData("--against", "--against")]
    public void Parse_WhatDoesNotFit_NamesIt(string line, string expected)
    {
        var error = Assert.Throws<ConfigurationException>(() => GateOptions.Parse(line.Split(' ')));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--check", true)]
    [InlineData("--against=main", true)]
    [InlineData("--filter *Losses*", false)]
    [InlineData("--list flat", false)]
    public void IsFor_CommandLine_LeavesTheOthersToBenchmarkDotNet(string line, bool expected)
    {
        Assert.Equal(expected, GateOptions.IsFor(line.Split(' ')));
    }

    [Fact]
    public void Help_NamesEveryOption()
    {
        string[] options = ["--check", "--counts", "--accept", "--against", "--dirty", "--allow-new", "--self-test", "--short", "--filter", "--rounds",
            "--json", "--markdown", "--tracking", "--baseline"];

        Assert.All(options, option => Assert.Contains(option, GateHelp.Text, StringComparison.Ordinal));
    }
}
