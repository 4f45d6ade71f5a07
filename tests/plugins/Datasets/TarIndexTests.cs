using System.Formats.Tar;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>An archive of any names and sizes gives back what was put into it.</summary>
public sealed class TarIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Property(Arbitrary = [typeof(AnyArchive)], MaxTest = 40)]
    public void Read_AnyArchive_FindsEveryFile(Archive archive)
    {
        var path = _folder.Write($"{Guid.NewGuid():N}.tar", archive.ToBytes());
        using var store = new TarStore(path);

        var found = TarIndex.Read(path, FileKind.Image);

        Assert.Equal(archive.Files.Select(file => file.Name), found.Select(item => item.File.Path));
        for (var i = 0; i < found.Length; i++)
        {
            store.Read(found[i].File, archive.Files[i].Content, (bytes, content) => Assert.True(bytes.SequenceEqual(content)));
        }
    }

    /// <summary>A file of an archive; its bytes follow from its size.</summary>
    public sealed record ArchivedFile(string Name, int Size)
    {
        internal byte[] Content => [.. Enumerable.Range(1, Size).Select(i => (byte)i)];
    }

    /// <summary>An archive to be written.</summary>
    public sealed record Archive(TarEntryFormat Format, IReadOnlyList<ArchivedFile> Files)
    {
        public override string ToString() => $"{Format}: {string.Join(", ", Files)}";

        internal byte[] ToBytes()
        {
            using var bytes = new MemoryStream();
            using (var writer = new TarWriter(bytes, Format, leaveOpen: true))
            {
                foreach (var file in Files)
                {
                    TarEntry entry = Format == TarEntryFormat.Gnu ? new GnuTarEntry(TarEntryType.RegularFile, file.Name)
                        : new PaxTarEntry(TarEntryType.RegularFile, file.Name);
                    entry.DataStream = new MemoryStream(file.Content);
                    writer.WriteEntry(entry);
                }
            }

            return bytes.ToArray();
        }
    }

    /// <summary>How FsCheck draws archives: names of up to 270 characters, sizes around the block of 512 bytes.</summary>
    public static class AnyArchive
    {
        private static readonly Gen<ArchivedFile> Files =
            from segments in Gen.Choose(1, 3)
            from name in Gen.Elements("abcXYZ019 ._-äé漢".ToCharArray()).ListOf(90)
            from length in Gen.Choose(1, 90)
            from size in Gen.OneOf(Gen.Choose(0, 3), Gen.Choose(510, 514), Gen.Choose(1000, 5000))
            select new ArchivedFile(string.Join('/', Enumerable.Repeat("x" + string.Concat(name.Take(length)).Trim(), segments)), size);

        public static Arbitrary<Archive> Archives() => Arb.From(
            from format in Gen.Elements(TarEntryFormat.Gnu, TarEntryFormat.Pax)
            from count in Gen.Choose(1, 6)   // the writer leaves an archive without entries empty
            from files in Files.ListOf(count)
            select new Archive(format, [.. files]),
            archive => Enumerable.Range(0, archive.Files.Count == 1 ? 0 : archive.Files.Count)
                .Select(i => archive with { Files = [.. archive.Files.Where((_, j) => j != i)] }));
    }
}
