using System.Text;

namespace Parallax.Plugins.Datasets;

/// <summary>An image file with its caption.</summary>
/// <param name="Store">Number of the folder or archive that has the files.</param>
/// <param name="Image">The image.</param>
/// <param name="Text">File with the caption; nothing where <paramref name="Caption"/> is it.</param>
/// <param name="Caption">The caption itself, when it stands in a table; else null.</param>
/// <param name="Origin">Where the pair stands in a table, for messages; else null.</param>
internal readonly record struct CaptionedFile(int Store, StoredFile Image, StoredFile Text, string? Caption = null, string? Origin = null);

/// <summary>Images with captions, in their order, with what reads them. Thread-safe.</summary>
/// <param name="location">Where they are, for messages.</param>
/// <param name="layout">In what form, for people.</param>
/// <param name="stores">Folders or archives; disposed with this.</param>
/// <param name="files">Images with their captions.</param>
/// <param name="leftOut">What is left out and why, for people.</param>
internal sealed class CaptionedFiles(
    string location, string layout, IReadOnlyList<IFileStore> stores, IReadOnlyList<CaptionedFile> files, IReadOnlyList<string> leftOut) : IDisposable
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public string Location => location;

    public string Layout => layout;

    public IReadOnlyList<string> LeftOut => leftOut;

    public int Count => files.Count;

    /// <summary>What the name of an image begins with, by its store (<see cref="Shards.Prefixes"/>); empty where it lies in folders.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>The name of an image in the data set, which no other one has.</summary>
    public string NameAt(int index) => Prefixes.ElementAtOrDefault(files[index].Store) + files[index].Image.Path;

    public (IFileStore Store, StoredFile File) ImageAt(int index) => (stores[files[index].Store], files[index].Image);

    /// <summary>Where an image stands in its table, as the end of its name in messages; empty for none.</summary>
    public string OriginOf(int index) => files[index].Origin is { } origin ? $" ({origin})" : "";

    /// <exception cref="CorruptSampleException">The caption cannot be read, is empty, or is not UTF-8.</exception>
    public string CaptionAt(int index)
    {
        var file = files[index];
        if (file.Caption is not null)
        {
            return file.Caption;
        }

        var (store, text) = (stores[file.Store], new StringBuilder());
        store.Read(file.Text, (text, store, file.Text), static (bytes, s) => s.text.Append(Decode(bytes, s.store.NameOf(s.Text))));

        return text.Length > 0 ? text.ToString() : throw new CorruptSampleException(store.NameOf(file.Text), "the caption is empty");
    }

    /// <summary>Stands for images and captions.</summary>
    /// <param name="images">That of the images.</param>
    public string Digest(string images)
    {
        using var digest = new ContentDigest();
        digest.Add(images);
        foreach (var file in files)
        {
            _ = file.Caption is { } caption ? digest.Add(caption) : digest.Add(file.Text.Path).Add(file.Text.Length);
        }

        return digest.Finish();
    }

    public void Dispose()
    {
        foreach (var store in stores)
        {
            store.Dispose();
        }
    }

    private static string Decode(ReadOnlySpan<byte> bytes, string name)
    {
        try
        {
            return Strict.GetString(bytes).Trim('\uFEFF').Trim();
        }
        catch (DecoderFallbackException fault)
        {
            throw new CorruptSampleException(name, $"the caption is not UTF-8 at byte {fault.Index}");
        }
    }
}
