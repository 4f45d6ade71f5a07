namespace Parallax.Host.Schedules;

/// <summary>Whether the last step reaches the end of a cosine over n steps.</summary>
public enum CosineEnd
{
    /// <summary>Angle pi t / n: the last step comes close to the end; one step more would reach it.</summary>
    Approached,

    /// <summary>Angle pi t / (n - 1): the last step is at the end.</summary>
    Reached,
}
