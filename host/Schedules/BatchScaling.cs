namespace Parallax.Host.Schedules;

/// <summary>How the learning rate follows the number of images per optimizer step.</summary>
public static class BatchScaling
{
    private const double ReferenceBatch = 256;

    /// <summary>base * batch / 256.</summary>
    public static double Linear(double baseRate, long batch) => baseRate * batch / ReferenceBatch;

    /// <summary>base * sqrt(batch).</summary>
    public static double SquareRoot(double baseRate, long batch) => baseRate * Math.Sqrt(batch);
}
