using Parallax.Host.Configuration;

namespace Parallax.Host.Data;

/// <summary>Bounds the memory for the batches of an evaluation of videos: the video with the most clips decides how much each row takes.</summary>
internal static class EvaluationMemory
{
    private const double Gibibyte = 1L << 30;

    /// <summary>Half of what the process may take, in bytes: frames that are being decoded, weights and features need memory, too.</summary>
    public static long Most => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>The settings, with fewer batches made ahead where that many do not fit.</summary>
    /// <param name="settings">Rows of a batch, and batches ahead.</param>
    /// <param name="views">With the clips of the video that has the most.</param>
    /// <param name="data">The split.</param>
    /// <param name="side">Height and width.</param>
    /// <param name="most">Bytes of all batches together.</param>
    /// <exception cref="ConfigurationException">Not even one batch fits.</exception>
    public static LoaderSettings Fit(LoaderSettings settings, EvaluationViews views, DatasetInfo data, int side, long most)
    {
        if (views.Clip is null)
        {
            return settings;
        }

        var shape = views.Shape(data.Channels, side);
        var batch = (double)settings.BatchSize * views.Clips * views.Crops * shape.Length * sizeof(float);
        if (batch <= most)
        {
            return settings with { Prefetch = Math.Min(settings.Prefetch, (int)Math.Min(int.MaxValue, most / batch) - 1) };
        }

        var videos = settings.BatchSize == 1 ? "a video" : $"each of {settings.BatchSize} videos";
        throw new ConfigurationException(FormattableString.Invariant(
            $"An evaluation takes up to {views.Clips} clips of {views.Crops} crops, {shape} each, of {videos} of the {data.Split} split of {data.Location}: ")
            + FormattableString.Invariant($"{batch / Gibibyte:F1} GiB at a time; at most {most / Gibibyte:F1} GiB are possible, half of this process's ")
            + $"memory. Take fewer clips (clips.testSampling: {EnumNames.Of(TestSampling.Even)} with clips.testClips, or a larger clips.stride), fewer crops "
            + $"(clips.testCrops), or a smaller data.imageSize{(settings.BatchSize == 1 ? "" : " or evaluation.batchSize")}.");
    }
}
