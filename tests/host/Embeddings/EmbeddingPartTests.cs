using Parallax.Host.Embeddings;

namespace Parallax.Host.Tests.Embeddings;

public sealed class EmbeddingPartTests : IDisposable
{
    private static readonly EmbeddingBlock First = new(3, [new("a", 1, 7), new("b", -1, 8)], [1, 2, 3, 4], [new("c", "is cut short")]);
    private static readonly EmbeddingBlock Second = new(1, [new("d", 0, 9)], [5, 6], []);
    private static readonly Dictionary<string, string> Metadata = new() { ["parallax.run"] = "42" };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax embeddings ");

    private string File => Path.Combine(_folder.FullName, "a.partial");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Blocks_Reopened_AreThoseThatWereAppended()
    {
        Write(First, Second);

        using var part = new EmbeddingPart(File, Metadata, replaces: false);

        Assert.Equal((4, 3, 2), (part.Images, part.Rows, part.Width));
        var blocks = part.Blocks().ToList();
        Assert.Equal([3L, 1], blocks.Select(block => block.Images));
        Assert.Equal([.. First.Rows, .. Second.Rows], blocks.SelectMany(block => block.Rows));
        Assert.Equal([1, 2, 3, 4, 5, 6], blocks.SelectMany(block => block.Features));
        Assert.Equal(First.LeftOut, blocks.SelectMany(block => block.LeftOut));
    }

    [Fact]
    public void Constructor_BlockCutAtEveryByte_GoesOnBehindTheWholeOnes()
    {
        Write(First);
        var first = new FileInfo(File).Length;
        Write(Second);
        var whole = System.IO.File.ReadAllBytes(File);

        for (var length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);

            Write(length < first ? [First, Second] : [Second]);

            Assert.Equal(whole, System.IO.File.ReadAllBytes(File));
        }
    }

    [Fact]
    public void Constructor_DamagedBlock_GoesOnBeforeIt()
    {
        Write(First, Second);
        var bytes = System.IO.File.ReadAllBytes(File);
        bytes[^1] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);

        using var part = new EmbeddingPart(File, Metadata, replaces: false);

        Assert.Equal(3, part.Images);
    }

    [Fact]
    public void Constructor_OtherMetadata_IsRefusedUnlessItReplaces()
    {
        Write(First);
        var other = new Dictionary<string, string> { ["parallax.run"] = "43" };

        var fault = Assert.Throws<ConfigurationException>(() => new EmbeddingPart(File, other, replaces: false));
        using var part = new EmbeddingPart(File, other, replaces: true);

        Assert.Contains("was begun with another run, other data or options", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--force", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, part.Images);
    }

    [Fact]
    public void Constructor_InUse_IsRefused()
    {
        using var part = new EmbeddingPart(File, Metadata, replaces: false);

        var fault = Assert.Throws<ConfigurationException>(() => new EmbeddingPart(File, Metadata, replaces: true));

        Assert.Contains("is in use", fault.Message, StringComparison.Ordinal);
    }

    private void Write(params EmbeddingBlock[] blocks)
    {
        using var part = new EmbeddingPart(File, Metadata, replaces: false);
        foreach (var block in blocks)
        {
            part.Append(block);
        }
    }
}
