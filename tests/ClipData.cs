namespace Parallax.Tests;

/// <summary>The drawn data set that a method learns from, for those whose family does not tell it.</summary>
internal static class ClipData
{
    // Methods for images that look at clips while they learn.
    private static readonly string[] _fromClips = ["motion-segmentation"];

    /// <summary>Name of the data set.</summary>
    /// <param name="method">Name of the method.</param>
    /// <param name="family">Its family.</param>
    public static string Name(string method, string family) => family == "video" ? "moving-shapes" : _fromClips.Contains(method) ? "moving-objects" : "shapes";

    /// <summary>Changes to a recipe over images, for a method that needs videos.</summary>
    /// <param name="method">Name of the method.</param>
    /// <param name="count">Training videos.</param>
    /// <param name="testCount">Test videos.</param>
    public static string[] Changes(string method, int count, int testCount) =>
        _fromClips.Contains(method) ? [$"data={{name: moving-objects, count: {count}, testCount: {testCount}}}"] : [];
}
