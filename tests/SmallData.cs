namespace Parallax.Tests;

/// <summary>A small data set of the kind that a method learns from, as a recipe writes it.</summary>
internal static class SmallData
{
    // Methods for images that look at clips while they learn, which their family does not tell.
    private static readonly string[] _imagesOfVideos = ["motion-segmentation", "multi-task"];

    // Methods that hide some tokens of a frame, which has several.
    private static readonly string[] _largeFrames = ["maskfeat-video"];

    /// <summary>The section <c>data</c> for a method, and <c>clips</c> for one of videos.</summary>
    /// <param name="method">Name of the method.</param>
    /// <param name="family">The family of the method.</param>
    /// <param name="count">Training images.</param>
    /// <param name="testCount">Test images.</param>
    public static string For(string method, string family, int count, int testCount)
    {
        var data = $"name: {Name(method, family)}, count: {count}, testCount: {testCount}";
        var side = _largeFrames.Contains(method) ? 32 : 16;

        return family == SmallBackbones.Video ? $"data: {{{data}, size: {side}, frames: 12}}\nclips: {{frames: 4, stride: 2}}" : $"data: {{{data}}}";
    }

    /// <summary>The name of the data set for a method.</summary>
    /// <param name="method">Name of the method.</param>
    /// <param name="family">The family of the method.</param>
    public static string Name(string method, string family) =>
        family == SmallBackbones.Video ? "moving-shapes" : _imagesOfVideos.Contains(method) ? "moving-objects" : "shapes";
}
