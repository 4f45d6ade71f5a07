namespace Parallax.Host.Data;

/// <summary>What messages call the samples of a data set: images or videos.</summary>
internal static class SampleNoun
{
    /// <summary>"images", "video".</summary>
    /// <param name="data">The data set.</param>
    /// <param name="count">How many there are.</param>
    public static string Of(IImageDataset data, long count = 2) => Of(data is IVideoDataset, count);

    /// <inheritdoc cref="Of(IImageDataset, long)" path="/summary"/>
    /// <param name="areVideos">Whether the data set is one of videos.</param>
    /// <param name="count">How many there are.</param>
    public static string Of(bool areVideos, long count = 2) => (areVideos ? "video" : "image") + (count == 1 ? "" : "s");

    /// <summary>"Images", "Videos": at the beginning of a sentence.</summary>
    /// <param name="areVideos">Whether the data set is one of videos.</param>
    public static string Capital(bool areVideos) => areVideos ? "Videos" : "Images";
}
