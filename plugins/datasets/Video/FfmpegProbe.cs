using System.Globalization;
using System.Text.Json;

namespace Parallax.Plugins.Datasets;

/// <summary>Reads headers of videos with ffprobe.</summary>
internal static class FfmpegProbe
{
    /// <summary>Formats that are read, as FFmpeg calls them: no picture, text or list of files passes as a video.</summary>
    public const string Formats = "avi,mov,matroska,gif";

    private const string HiddenFrames = "vp8";   // codes frames that are only there for others to be predicted from

    private static readonly string[] SignsOfCut = ["partial file", "ended prematurely"];

    /// <summary>Reads what is in a file: the list of its packets and, where they do not say which frames there are, the frames.</summary>
    /// <param name="address">How FFmpeg opens it.</param>
    /// <exception cref="CorruptSampleException">It is no video, or cut short.</exception>
    public static FfmpegHeader Read(string address)
    {
        using var json = Run(address, $"format=format_name:{FfmpegStream.Entries}:packet=pts,duration,flags");
        var stream = StreamOf(json);
        Packet[] all = [.. json.RootElement.GetProperty("packets").EnumerateArray().Select(Packet.Of)];
        if (all.Length < stream.Frames)
        {
            RequireWhole(address, json.RootElement.GetProperty("format").GetProperty("format_name").GetString()!, stream.Frames, all.Length);
        }

        Packet[] shown = [.. all.Where(packet => !packet.IsDropped).OrderBy(packet => packet.Stamp)];
        var areStamped = shown.All(packet => packet.Stamp is not null) && shown.DistinctBy(packet => packet.Stamp).Count() == shown.Length;
        long[] stamps = areStamped && stream.Codec != HiddenFrames ? [.. shown.Select(packet => packet.Stamp!.Value)] : Decoded(address);
        if (stamps.Length == 0)
        {
            throw Fault("it has no frames");
        }

        long[] keys = [.. all.Where(packet => packet is { IsKey: true, Stamp: not null }).Select(packet => packet.Stamp!.Value).Order()];

        return FfmpegHeader.Of(stream, stamps, keys, shown[^1].Duration, areStamped);
    }

    /// <summary>Tells a file that is cut short from one that has fewer frames than its header counts for another reason.</summary>
    private static void RequireWhole(string address, string format, long promised, long frames)
    {
        if (format == "avi")
        {
            return;   // counts frames that repeat the one before
        }

        if (format.StartsWith("mov", StringComparison.Ordinal))
        {
            using var json = Run(address, "packet=flags", "-ignore_editlist", "1");   // the header counts the frames that an edit leaves out, too
            frames = json.RootElement.GetProperty("packets").GetArrayLength();
        }

        if (frames < promised)
        {
            throw Fault(format == "gif"   // has no count in its header: FFmpeg counts the frames that begin
                ? $"it is cut short: {promised} frames begin in it, but only {frames} can be read"
                : $"it is cut short: its header promises {promised} frames, there are {frames}");
        }
    }

    /// <summary>Stamps of the frames that come out of the decoder, as it guesses them where the file has none.</summary>
    private static long[] Decoded(string address)
    {
        using var json = Run(address, "frame=best_effort_timestamp");
        long[] stamps = [.. json.RootElement.GetProperty("frames").EnumerateArray().Select(frame => Number(frame, "best_effort_timestamp") ?? 0)];

        return stamps.Zip(stamps.Skip(1)).All(pair => pair.First < pair.Second) ? stamps : [.. Enumerable.Range(0, stamps.Length).Select(i => (long)i)];
    }

    private static FfmpegStream StreamOf(JsonDocument json)
    {
        try
        {
            return json.RootElement.GetProperty("streams").EnumerateArray().Select(FfmpegStream.Of).FirstOrDefault() ?? throw Fault("it has no video stream");
        }
        catch (KeyNotFoundException)
        {
            throw Fault("its video stream has no size");
        }
    }

    private static JsonDocument Run(string address, string entries, params string[] options)
    {
        using var probe = new FfmpegProcess("ffprobe",
        [
            "-threads", "1", .. options, "-format_whitelist", Formats, "-select_streams", "V:0", "-show_entries", entries, "-of", "json=compact=1",
            "-i", address,
        ]);
        JsonDocument? json = null;
        try
        {
            json = JsonDocument.Parse(probe.Output);
        }
        catch (JsonException)
        {
            // it ended early; its exit code and its errors tell why
        }

        var code = probe.Wait();
        var reason = Reason(code, probe.Errors);
        if (reason is null && json is not null)
        {
            return json;
        }

        json?.Dispose();
        throw Fault(reason ?? "FFmpeg says nothing about it");
    }

    private static string? Reason(int code, IReadOnlyList<string> errors)
    {
        if (errors.FirstOrDefault(line => SignsOfCut.Any(sign => line.Contains(sign, StringComparison.Ordinal))) is { } cut)
        {
            return $"it is cut short ({cut})";
        }

        if (errors.Any(line => line.Contains("not on whitelist", StringComparison.Ordinal)))
        {
            return "it is no AVI, MP4, MOV, MKV, WebM or GIF, whatever its name says";
        }

        return code == 0 ? null : $"FFmpeg cannot read it ({(errors.Count > 0 ? errors[0] : $"exit code {code}")})";
    }

    private static long? Number(JsonElement element, string name) => element.TryGetProperty(name, out var value)
        ? value.ValueKind == JsonValueKind.Number ? value.GetInt64() : long.Parse(value.GetString()!, CultureInfo.InvariantCulture)
        : null;

    private static CorruptSampleException Fault(string reason) => new("video", reason);

    /// <summary>A piece of a file that holds a coded frame.</summary>
    /// <param name="Stamp">When the frame is shown; null where the file does not say.</param>
    /// <param name="Duration">How long.</param>
    /// <param name="IsKey">Whether decoding can start with it.</param>
    /// <param name="IsDropped">Whether the frame is decoded for others only, because an edit of the file leaves it out.</param>
    private readonly record struct Packet(long? Stamp, long Duration, bool IsKey, bool IsDropped)
    {
        public static Packet Of(JsonElement packet)
        {
            var flags = packet.GetProperty("flags").GetString()!;

            return new(Number(packet, "pts"), Number(packet, "duration") ?? 0, IsKey: flags.Contains('K', StringComparison.Ordinal),
                IsDropped: flags.Contains('D', StringComparison.Ordinal));
        }
    }
}
