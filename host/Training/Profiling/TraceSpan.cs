namespace Parallax.Host.Training;

/// <summary>Something that a thread did.</summary>
/// <param name="Category">What kind: step, phase, operator or image.</param>
/// <param name="Name">What.</param>
/// <param name="Thread">Managed id of the thread.</param>
/// <param name="Start">Time stamp of <see cref="System.Diagnostics.Stopwatch"/>.</param>
/// <param name="End">The same at its end.</param>
internal readonly record struct TraceSpan(string Category, string Name, int Thread, long Start, long End);
