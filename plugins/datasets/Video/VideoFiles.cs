namespace Parallax.Plugins.Datasets;

/// <summary>The videos of one split, with what reads them.</summary>
/// <param name="Location">Where they are, for messages.</param>
/// <param name="Store">Folder or archive; disposed with this.</param>
/// <param name="Split">Files and classes.</param>
internal sealed record VideoFiles(string Location, IFileStore Store, SplitFiles Split) : IDisposable
{
    /// <summary>Where the splits were found, for people.</summary>
    public required string Layout { get; init; }

    /// <summary>What is left out and why, for people.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Where each video stands in a list, for messages; empty without a list.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>What the name of a video begins with, by the archive that it lies in (<see cref="Shards.Prefixes"/>).</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [""];

    public int Count => Split.Files.Length;

    /// <summary>The name of a video in the data set, which no other one has.</summary>
    public string PathOf(int index) => Prefixes[Split.Files[index].Shard] + Split.Files[index].Path;

    /// <summary>How messages name a video.</summary>
    public string NameOf(int index) => Store.NameOf(Split.Files[index]) + (Origins.Count > 0 ? $" ({Origins[index]})" : "");

    public void Dispose() => Store.Dispose();
}
