using Parallax.Host.Configuration;
using Parallax.Host.Planning;

namespace Parallax.Host.Tests.Planning;

public sealed class MemoryCostTests
{
    [Fact]
    public void Of_TwoPeaks_GivesBytesPerImageAndTheLargestBatch()
    {
        var trainer = new TrainerOptions { BatchSize = 64, Accumulation = 2 };   // micro-batches of 32, and of 16 with half of the batch

        var memory = MemoryCost.Of(trainer, peak: 1320, halfPeak: 1160, free: 2000, data: 1000);
        var ofFew = MemoryCost.Of(trainer, peak: 1320, halfPeak: 1160, free: 2000, data: 101);

        Assert.Equal(10, memory.BytesPerImage);   // 160 bytes for 16 images
        Assert.Equal(100, ofFew.LargestBatch);   // of 101 images, in two equal parts
        Assert.Equal(2 * 80, memory.LargestBatch);   // without images 1000 bytes; 90 % of 2000 leave 800 for them
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1400L)]   // the larger batch took no more
    public void Of_PeaksThatSayNothing_LeavesIt(long? halfPeak)
    {
        var memory = MemoryCost.Of(new(), peak: 1320, halfPeak, free: 2000, data: 1000);

        Assert.Null(memory.BytesPerImage);
        Assert.Null(memory.LargestBatch);
    }

    [Theory]
    [InlineData(0L, 1320L)]
    [InlineData(1500L, 1500L)]
    public void RunBytes_OfStepsAndEvaluations_AreTheMost(long evaluation, long expected) =>
        Assert.Equal(expected, (MemoryCost.Of(new(), peak: 1320, halfPeak: null, free: 2000, data: 1000) with { EvaluationBytes = evaluation }).RunBytes);

    [Fact]
    public void ProcessMemory_OfLines_IsInBytes()
    {
        var folder = Directory.CreateTempSubdirectory();
        Directory.CreateDirectory(Path.Combine(folder.FullName, "self"));
        File.WriteAllText(Path.Combine(folder.FullName, "self", "status"), "Name:\ttest\nVmHWM:\t   2048 kB\nVmRSS:\t    1024 kB\n");
        File.WriteAllText(Path.Combine(folder.FullName, "meminfo"), "MemTotal:       9000 kB\nMemAvailable:    3 kB\n");
        var memory = new ProcessMemory(folder.FullName);

        memory.ResetPeak();

        Assert.Equal((2048 * 1024L, 1024 * 1024L, 3 * 1024L), (memory.Peak, memory.Resident, memory.Available));
        Assert.Equal("5", File.ReadAllText(Path.Combine(folder.FullName, "self", "clear_refs")));
        folder.Delete(recursive: true);
    }
}
