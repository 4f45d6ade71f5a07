using System.Security.Cryptography;
using System.Text;
using Parallax.Host.Data;

namespace Parallax.Host.Training;

/// <summary>What a checkpoint remembers of the data: enough to see whether a resumed run reads the same.</summary>
/// <param name="Count">Images of the training split.</param>
/// <param name="Digest">Changes with their content.</param>
/// <param name="Classes">Number of classes; 0 without labels.</param>
/// <param name="ClassNames">Hash of the names in label order.</param>
/// <param name="ImageSize">Height and width of the main view in pixels.</param>
internal sealed record TrainedData(long Count, string Digest, int Classes, string ClassNames, int ImageSize)
{
    /// <summary>Where its captions come from; null where the file does not say.</summary>
    public CaptionOrigin? Captions { get; init; }

    /// <summary>By what its images were normalised; null where the file does not say.</summary>
    public ChannelConstants? Constants { get; init; }

    public static TrainedData Of(RunInfo run) => new(
        run.Data.Count, run.Data.Digest, run.Data.Classes.Count,
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', run.Data.Classes))))[..16], run.ImageSize)
    {
        Captions = run.Data.Captions,
        Constants = ChannelConstants.Of(run.Data),
    };
}
