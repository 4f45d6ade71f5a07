namespace Parallax.Tests;

/// <summary>A small data set of the kind that a method learns from, as a recipe writes it.</summary>
internal static class SmallData
{
    /// <summary>The section <c>data</c> for a method, and <c>clips</c> for one of videos.</summary>
    /// <param name="family">The family of the method.</param>
    /// <param name="needed">The kind of backbone that it declares; where some tokens of a frame are hidden, frames have several.</param>
    /// <param name="count">Training images.</param>
    /// <param name="testCount">Test images.</param>
    public static string For(string family, Type needed, int count, int testCount)
    {
        var side = needed.Name == SmallBackbones.ClipTokens ? 32 : 16;

        return family == SmallBackbones.Video
            ? $"data: {{name: moving-shapes, count: {count}, testCount: {testCount}, size: {side}, frames: 12}}\nclips: {{frames: 4, stride: 2}}"
            : $"data: {{name: shapes, count: {count}, testCount: {testCount}}}";
    }
}
