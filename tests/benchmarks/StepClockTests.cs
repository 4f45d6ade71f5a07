namespace Parallax.Benchmarks.Tests;

public sealed class StepClockTests
{
    [Theory]
    [InlineData("ours-fp32", "moco-v2", true)]
    [InlineData("ours-bf16", "swav", true)]
    [InlineData("plain", "dino", true)]
    [InlineData("plain-bf16", "block-197", true)]
    [InlineData("plain-bf16", "simclr", false)]   // its plain step knows float32 only
    [InlineData("plain", "swav", true)]
    [InlineData("our-fp32", "moco-v2", false)]
    [InlineData("ours", "moco-v2", false)]
    [InlineData(null, "moco-v2", false)]
    [InlineData("ours-fp32", "mocov2", false)]
    [InlineData("ours-fp32", "block-many", false)]
    [InlineData("ours-bf16", "encoder-49", true)]
    [InlineData("ours-fp32", "encoder-197", false)]
    [InlineData("plain", "encoder-49", false)]
    public void FaultOf_SideAndWork_RefusesWhatIsNotThere(string? side, string what, bool isThere)
    {
        Assert.Equal(isThere, StepClock.FaultOf(side, what) is null);
    }

    [Fact]
    public void Run_WithoutASide_EndsWithTheCodeOfWhatCanBeCorrected()
    {
        Assert.Equal(Verdicts.BadInput, StepClock.Run([]));
    }
}
