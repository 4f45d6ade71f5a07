namespace Parallax.Host.Schedules;

/// <summary>A number that changes over training: a learning rate, a weight decay, a momentum.</summary>
public interface ISchedule
{
    /// <summary>The value of a step.</summary>
    /// <param name="step">Optimizer step, from 0.</param>
    double At(long step);
}
