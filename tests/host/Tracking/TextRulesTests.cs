using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>What is cut or renamed is told, once.</summary>
public sealed class TextRulesTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Start_TagsThatDoNotFit_AreStoredShorterAndTold()
    {
        var tags = new Dictionary<string, string> { ["long"] = new('x', 5001), ["fits"] = new('y', 5000), ["a@b"] = "1", ["a:b"] = "2" };
        var run = _place.Start(new RunDescription("e", "n", tags));
        run.SetTags(new Dictionary<string, string> { ["later"] = new('z', 6000) });
        run.SetTags(new Dictionary<string, string> { ["later"] = new('z', 7000) });
        run.LogParameters(new Dictionary<string, string> { ["p"] = new('p', 6001), ["q"] = new('q', 6000) });
        run.End(RunOutcome.Finished);

        using var store = _place.OpenDatabase();
        var stored = (await store.FindRunAsync(run.RunId, CancellationToken.None))!;
        Assert.Equal((5000, 5000, 5000), (stored.Tags["long"].Length, stored.Tags["fits"].Length, stored.Tags["later"].Length));
        Assert.Equal("2", stored.Tags["a_b"]);
        Assert.Equal((6000, 6000), (stored.Params["p"].Length, stored.Params["q"].Length));
        var warnings = _place.Logger.Warnings;
        Assert.Single(warnings, "The tag 'long' has 5001 characters and is cut to 5000, as much as every MLflow takes.");
        Assert.Single(warnings, "The tag 'later' has 6000 characters and is cut to 5000, as much as every MLflow takes.");
        Assert.Single(warnings, "The parameter 'p' has 6001 characters and is cut to 6000, as much as every MLflow takes.");
        Assert.Single(warnings, "The tags 'a@b' and 'a:b' are one tag for MLflow, 'a_b': the second one is kept.");
        Assert.Equal(6, warnings.Count);   // and 'a@b' and 'a:b' are no keys
    }

    [Theory]
    [InlineData("plots/x.svg", null)]
    [InlineData("/plots/x.svg", null)]
    [InlineData("plots/#1.svg", "plots/_1.svg")]
    [InlineData("../x", "x")]
    public void Path_Any_TellsWhatItChanges(string path, string? told)
    {
        var rules = new TextRules(_place.Logger);

        var clean = rules.Path(path);
        rules.Path(path);

        Assert.Equal(told ?? path.Trim('/'), clean);
        Assert.Equal(told is null ? 0 : 1, _place.Logger.Warnings.Count);
    }
}
