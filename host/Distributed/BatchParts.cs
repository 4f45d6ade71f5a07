using Parallax.Host.Configuration;

namespace Parallax.Host.Distributed;

/// <summary>How a batch is divided: into micro-batches, each of them into one equal part per process.</summary>
internal static class BatchParts
{
    private const int Fewest = 2;   // batch normalisation and most losses need a second image

    /// <exception cref="ConfigurationException">The batch does not divide into parts of two images or more.</exception>
    public static void Check(TrainerOptions options, int processes)
    {
        var parts = options.Accumulation * processes;
        if (options.BatchSize % parts == 0 && options.BatchSize / parts >= Fewest)
        {
            return;
        }

        var below = options.BatchSize / parts * parts;
        var valid = below >= Fewest * parts ? $"{below} or {below + parts}" : $"{Fewest * parts}";
        throw new ConfigurationException(
            $"trainer.batchSize is {options.BatchSize}, which {processes} processes with trainer.accumulation {options.Accumulation} cannot share: "
                + $"expected {parts} equal parts of at least {Fewest} images. Nearest valid: {valid}.");
    }
}
