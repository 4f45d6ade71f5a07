namespace Parallax.Benchmarks.Tests.Gate.Pairs;

public sealed class TurnsTests
{
    [Fact]
    public void Take_TwoSides_GoAbBaBaAb()
    {
        var order = "";

        Turns.Take(() => Note("A"), () => Note("B"));

        Assert.Equal("ABBABAABABBABAAB", order);

        double Note(string side)
        {
            order += side;
            return 1;
        }
    }

    [Fact]
    public void SidePairs_Rounds_StartProcessesInTurn()
    {
        var started = "";
        var pairs = new SidePairs(() => Start("A"), () => Start("B"), 0, CancellationToken.None);

        for (var round = 0; round < 4; round++)
        {
            pairs.Round(["group/name"], round, new Dictionary<string, PairedSamples> { ["group/name"] = new() });
        }

        Assert.Equal("ABBABAAB", started);

        FakeProcess Start(string side)
        {
            started += side;
            return new(_ => new() { Milliseconds = 1 });
        }
    }

    [Fact]
    public void SidePairs_OneSideTwiceAsSlow_GiveARatioOfTwo()
    {
        var samples = new PairedSamples();
        var pairs = new SidePairs(
            () => new FakeProcess(_ => new() { Milliseconds = 2 }), () => new FakeProcess(_ => new() { Milliseconds = 1 }), 0, CancellationToken.None);

        pairs.Round(["group/name"], 0, new Dictionary<string, PairedSamples> { ["group/name"] = samples });

        Assert.Equal((2, 1, Math.Log(2)), (samples.Here, samples.There, Assert.Single(samples.LogRatios)));
    }

    [Fact]
    public void PeerPairs_MeasurementThatThrows_IsNotedAndTheOthersAreMeasured()
    {
        var (bad, good) = (new PairedSamples(), new PairedSamples());
        var pairs = new PeerPairs(
            () => new FakeProcess(request => request.Name == "bad" ? new() { Error = "shape" } : new() { Milliseconds = 1 }), CancellationToken.None);

        pairs.Round(["bad", "good"], 0, new Dictionary<string, PairedSamples> { ["bad"] = bad, ["good"] = good });

        Assert.Equal("shape", bad.Error);
        Assert.Null(good.Error);
        Assert.Single(good.LogRatios);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Round_StoppedAtTheFirstRequest_AsksForNoOtherMeasurement(bool besideAPeer)
    {
        using var stop = new CancellationTokenSource();
        var asked = new HashSet<string?>();
        IPairs pairs = besideAPeer ? new PeerPairs(Start, stop.Token) : new SidePairs(Start, Start, 0, stop.Token);

        Assert.Throws<OperationCanceledException>(
            () => pairs.Round(["one", "two"], 0, new Dictionary<string, PairedSamples> { ["one"] = new(), ["two"] = new() }));
        Assert.Equal(["one"], asked);

        FakeProcess Start() => new(request =>
        {
            stop.Cancel();
            asked.Add(request.Name);

            return new() { Error = "it ended" };
        });
    }
}
