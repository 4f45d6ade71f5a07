using Parallax.Host.Planning;
using Parallax.Host.Tests.Training;

namespace Parallax.Host.Tests.Planning;

[Collection(GeneratorCollection.Name)]
public sealed class PlanAdviceTests
{
    private static readonly StepCost Steps = new(100, new(0.1, 0.4, 0.4, 0.1), 0);
    private static readonly DiskCost Disk = new(10, 3, 10, 1000);
    private static readonly SplitScan Even = new("train", 20, 20, [], 0, new(4, 4), new(4, 4), new("a", 10), new("b", 10));

    [Fact]
    public void Of_NothingToChange_IsEmpty() => Assert.Empty(Advice(Steps, [new("trainer.precision=bf16", 104)], null, Disk, Even, 0));

    [Fact]
    public void Of_FasterSetting_SaysHowFast()
    {
        Alternative[] tried = [new("trainer.precision=bf16", 150), new("trainer.channelsLast=false", 90), new("data.decodeSmaller=true", null)];

        var advice = Assert.Single(Advice(Steps, tried, null, Disk, Even, 0));

        Assert.Equal("--set trainer.precision=bf16: 150 images/s in place of 100.", advice);
    }

    [Fact]
    public void Of_EverythingWrong_SaysEach()
    {
        var waiting = Steps with { Split = new(0.5, 0.2, 0.2, 0.1) };
        var uneven = Even with { UnreadableCount = 1, Unreadable = ["x.jpg: is cut short"], SmallestClass = new("a", 1), LargestClass = new("b", 19) };

        var advice = Advice(waiting, [], new(100, 10, 50, 2), Disk with { FreeBytes = 1 }, uneven, 2);

        Assert.Equal(6, advice.Count);
        Assert.StartsWith("Steps wait for images.", advice[0], StringComparison.Ordinal);
        Assert.Contains("trainer.batchSize 4 does not fit", advice[1], StringComparison.Ordinal);
        Assert.StartsWith("The disk has too little room", advice[2], StringComparison.Ordinal);
        Assert.Contains("x.jpg", advice[3], StringComparison.Ordinal);
        Assert.Contains("'a' has 1 image, 'b' 19.", advice[4], StringComparison.Ordinal);
        Assert.StartsWith("2 held-out images are training images", advice[5], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, 1)]   // twice as fast could be the others, who had half of the machine
    [InlineData(220, 2)]
    public void Of_BusyMachine_SaysSoAndAdvisesOnlyBeyondIt(double speed, int expected)
    {
        var advice = Advice(Steps, [new("trainer.precision=bf16", speed)], null, Disk, Even, 0, (Cores: 4, MachineShare: 0.95, OthersShare: 0.5));

        Assert.Equal(expected, advice.Count);
        Assert.Equal("Other programs use 2.0 of 4 cores: speeds and times are those beside them. End them, and plan again.", advice[0]);
    }

    private static IReadOnlyList<string> Advice(
        StepCost steps, IReadOnlyList<Alternative> alternatives, MemoryCost? memory, DiskCost disk, SplitScan data, long duplicates,
        (double Cores, double MachineShare, double OthersShare) use = default)
    {
        using var bench = new TrainingBench();

        return PlanAdvice.Of(bench.Configuration(), steps, alternatives, memory, disk, [data], duplicates, use);
    }
}
