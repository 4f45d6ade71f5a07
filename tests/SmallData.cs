namespace Parallax.Tests;

/// <summary>A small data set of the kind that a method learns from, as a recipe writes it.</summary>
internal static class SmallData
{
    /// <summary>The section <c>data</c> for a method, and <c>clips</c> for one of videos.</summary>
    /// <param name="family">The family of the method.</param>
    /// <param name="count">Training images.</param>
    /// <param name="testCount">Test images.</param>
    public static string For(string family, int count, int testCount) => family == SmallBackbones.Video
        ? $"data: {{name: moving-shapes, count: {count}, testCount: {testCount}, size: 16, frames: 12}}\nclips: {{frames: 4, stride: 2}}"
        : $"data: {{name: shapes, count: {count}, testCount: {testCount}}}";
}
