namespace Parallax.Plugins.Backbones;

/// <summary>What both versions of ConvNeXt ask of a run.</summary>
internal static class ConvNeXtFaults
{
    private const int StagesAfterFirst = 3;

    /// <summary>Images whose maps would have no position left.</summary>
    public static IEnumerable<string> Of(int patchSize, RunInfo run)
    {
        var smallest = patchSize << StagesAfterFirst;
        if (run.ImageSize < smallest)
        {
            yield return $"backbone.patchSize is {patchSize}, so that images need at least {smallest} pixels; they have {run.ImageSize} (data.imageSize). "
                + $"Set backbone.patchSize to {Math.Max(1, run.ImageSize >> StagesAfterFirst)} or less, or take larger images.";
        }
    }
}
