namespace Parallax.Host.Schedules;

/// <summary>The same at every step.</summary>
/// <param name="Value">The value.</param>
public sealed record ConstantSchedule(double Value) : ISchedule
{
    /// <inheritdoc/>
    public double At(long step) => Value;
}
