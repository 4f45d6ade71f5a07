using System.Globalization;
using System.Text.Json.Nodes;

namespace Parallax.Host.Tracking;

/// <summary>Describes a data set the way MLflow shows it.</summary>
internal static class DatasetEntries
{
    private const int MaxNameLength = 500;
    private const int MaxDigestLength = 36;

    /// <summary>The entry of one split.</summary>
    public static DatasetEntry From(DatasetInfo data, string context)
    {
        var split = data.Split == DatasetSplit.Train ? "train" : "test";
        var source = new JsonObject { ["uri"] = SecretScrubber.Scrub(data.Location) };
        var schema = new JsonObject
        {
            ["channels"] = data.Channels,
            ["classes"] = data.Classes.Count,
            ["height"] = data.Size?.Height,
            ["width"] = data.Size?.Width,
        };
        var profile = new JsonObject { ["num_rows"] = data.Count };
        var name = KeyRules.Cut(string.Create(CultureInfo.InvariantCulture, $"{data.Name}-{split}"), MaxNameLength);
        var digest = KeyRules.Cut(data.Digest, MaxDigestLength);
        return new DatasetEntry(name, digest, "local", source.ToJsonString(), schema.ToJsonString(), profile.ToJsonString(), context);
    }
}
