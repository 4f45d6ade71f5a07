using System.Globalization;
using System.Text.Json;

namespace Parallax.Plugins.Datasets;

/// <summary>A video stream as ffprobe describes it.</summary>
/// <param name="Codec">Name of the coding.</param>
/// <param name="Size">Upright.</param>
/// <param name="SecondsPerUnit">Time base.</param>
/// <param name="FramesPerSecond">On average; 0 where the file does not say.</param>
/// <param name="Frames">How many frames the header promises; 0 where it does not say.</param>
internal sealed record FfmpegStream(string Codec, ImageSize Size, double SecondsPerUnit, double FramesPerSecond, long Frames)
{
    /// <summary>What <see cref="Of"/> needs, as ffprobe's option names it.</summary>
    public const string Entries = "stream=codec_name,width,height,time_base,avg_frame_rate,nb_frames:stream_side_data=rotation";

    /// <exception cref="KeyNotFoundException">It has no size.</exception>
    public static FfmpegStream Of(JsonElement stream)
    {
        var (height, width) = (stream.GetProperty("height").GetInt32(), stream.GetProperty("width").GetInt32());

        return new(Text(stream, "codec_name"), IsTurned(stream) ? new(width, height) : new(height, width), Ratio(Text(stream, "time_base")),
            Ratio(Text(stream, "avg_frame_rate")), long.TryParse(Text(stream, "nb_frames"), CultureInfo.InvariantCulture, out var frames) ? frames : 0);
    }

    private static string Text(JsonElement stream, string name) => stream.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    /// <summary>Whether a frame is shown turned by a quarter, which FFmpeg does when it decodes.</summary>
    private static bool IsTurned(JsonElement stream) =>
        stream.TryGetProperty("side_data_list", out var list)
        && list.EnumerateArray().Any(data => data.TryGetProperty("rotation", out var degrees) && Math.Abs((int)degrees.GetDouble()) % 180 == 90);

    private static double Ratio(string text) =>
        text.Split('/') is [var above, var below] && double.Parse(below, CultureInfo.InvariantCulture) is > 0 and var divisor
            ? double.Parse(above, CultureInfo.InvariantCulture) / divisor
            : 0;
}
