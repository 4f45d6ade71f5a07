using Parallax.Host.Configuration;
using Parallax.Host.Distributed;

namespace Parallax.Host.Tests.Distributed;

public sealed class BatchPartsTests
{
    [Theory]
    [InlineData(256, 1, 4)]
    [InlineData(12, 2, 3)]
    [InlineData(4, 1, 2)]
    public void Check_EqualParts_AreAccepted(int batch, int accumulation, int processes) => BatchParts.Check(Options(batch, accumulation), processes);

    [Theory]
    [InlineData(256, 1, 3, "trainer.batchSize is 256, which 3 processes with trainer.accumulation 1 cannot share: expected 3 equal parts of at least 2 "
        + "images. Nearest valid: 255 or 258.")]
    [InlineData(8, 2, 8, "trainer.batchSize is 8, which 8 processes with trainer.accumulation 2 cannot share: expected 16 equal parts of at least 2 "
        + "images. Nearest valid: 32.")]
    [InlineData(4, 1, 4, "trainer.batchSize is 4, which 4 processes with trainer.accumulation 1 cannot share: expected 4 equal parts of at least 2 images. "
        + "Nearest valid: 8.")]
    public void Check_UnequalOrTinyParts_SaysWhatFits(int batch, int accumulation, int processes, string expected)
    {
        var fault = Assert.Throws<ConfigurationException>(() => BatchParts.Check(Options(batch, accumulation), processes));

        Assert.Equal(expected, fault.Message);
    }

    private static TrainerOptions Options(int batch, int accumulation) => new() { BatchSize = batch, Accumulation = accumulation };
}
