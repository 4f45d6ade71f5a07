namespace Parallax.Host.Training;

/// <summary>A few steps that were measured.</summary>
/// <param name="Threads">Threads of the arithmetic.</param>
/// <param name="Workers">Threads that made the images.</param>
/// <param name="Images">Images that were trained.</param>
/// <param name="Time">How long that took.</param>
/// <param name="Waiting">How much of it the steps waited for images.</param>
internal readonly record struct Trial(int Threads, int Workers, long Images, TimeSpan Time, TimeSpan Waiting)
{
    public double ImagesPerSecond => Images / Math.Max(Time.TotalSeconds, 1e-9);

    /// <summary>Share of the time that steps waited for images, a fraction in [0, 1].</summary>
    public double WaitingShare => Waiting / Max(Time, TimeSpan.FromTicks(1));

    /// <summary>Both trials of the same counts together.</summary>
    public static Trial operator +(Trial one, Trial other) =>
        one with { Images = one.Images + other.Images, Time = one.Time + other.Time, Waiting = one.Waiting + other.Waiting };

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
