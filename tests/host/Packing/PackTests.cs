using System.Buffers;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Images;
using Parallax.Host.Packing;
using Parallax.Host.Tests.Data;

namespace Parallax.Host.Tests.Packing;

public sealed class PackTests : IDisposable
{
    private static readonly PackSettings AsTheyAre = new(IsDecoded: false, ShorterSide: null);

    private readonly string _folder = Directory.CreateTempSubdirectory("parallax pack ").FullName;

    private string Target => Path.Combine(_folder, "new", "images.pack");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_WhatWasPacked_IsTheDataSet(bool decoded)
    {
        var source = new Source(count: 150);
        Pack(source, new(decoded, null));

        foreach (var split in Enum.GetValues<DatasetSplit>())
        {
            using var original = source.Open(split);
            using var packed = new PackedImages(new ImageDecoder()).Open(Target, split);

            Assert.Equal(original.Info.Classes, packed.Info.Classes);
            Assert.Equal((original.Info.Count, original.Info.Name, original.Info.Channels), (packed.Info.Count, packed.Info.Name, packed.Info.Channels));
            Assert.Equal(decoded, original.Info.Digest != packed.Info.Digest);
            Assert.Equal(original.Info.Mean, packed.Info.Mean);
            AssertSame(original, packed);
        }
    }

    [Fact]
    public void Open_PackedAtASize_HasTheShorterSideReduced()
    {
        Pack(new Source(count: 3), new(IsDecoded: true, ShorterSide: 4));
        using var packed = Open();
        var image = new ImageBuffer();

        packed.Read(2, image);

        Assert.Equal(new ImageSize(4, 5), image.Size);   // from 6 x 8
    }

    [Fact]
    public void Read_WhatCouldNotBeRead_IsStillUnreadableForTheSameReason()
    {
        var result = Pack(new Source(count: 5, unreadable: 3), AsTheyAre);
        using var packed = Open();

        var fault = Assert.Throws<CorruptSampleException>(() => packed.Read(3, new ImageBuffer()));

        Assert.Equal(2, result.Unreadable);   // one in each split
        Assert.Equal($"{Target}:class/3.png", fault.Sample);
        Assert.Equal("is gone", fault.Reason);
        Assert.Equal(1, packed.Label(3));
    }

    [Theory]
    [InlineData(0)]     // between two samples
    [InlineData(7)]     // within one
    [InlineData(-1)]    // nothing but the beginning
    [InlineData(-2)]    // all of the last one, but not what was written
    public void Pack_AfterAnInterruption_GoesOnAndGivesTheSameFile(int cut)
    {
        Pack(new Source(count: 200), AsTheyAre);
        var whole = File.ReadAllBytes(Target);
        File.Delete(Target);
        Assert.Throws<OperationCanceledException>(() => Pack(new Source(count: 200) { StopAt = 100 }, AsTheyAre));
        Assert.False(File.Exists(Target));
        var part = PackWriter.PartOf(Target);
        using (var file = File.OpenWrite(part))
        {
            file.SetLength(cut == -1 ? 30 : file.Length - Math.Max(0, cut));
            file.Position = file.Length - 1;
            file.WriteByte(cut == -2 ? (byte)~whole[file.Length - 1] : whole[file.Length - 1]);
        }

        var again = new Source(count: 200);
        Pack(again, AsTheyAre);

        Assert.Equal(whole, File.ReadAllBytes(Target));
        Assert.False(File.Exists(part));
        var least = cut switch { -1 => 400, 0 => 400 - 128, _ => 400 - 127 };   // they are made 64 at a time, and those that are begun are written
        Assert.InRange(again.FilesRead, least, cut == -1 ? 400 : 400 - 99);
    }

    [Fact]
    public void Pack_ContinuedWithOtherData_IsRefused()
    {
        Assert.Throws<OperationCanceledException>(() => Pack(new Source(count: 200) { StopAt = 100 }, AsTheyAre));

        var fault = Assert.Throws<ConfigurationException>(() => Pack(new Source(count: 201), AsTheyAre));

        Assert.Contains("was begun with other data or settings", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pack_FileThatIsThere_IsRefused()
    {
        Pack(new Source(count: 2), AsTheyAre);

        var fault = Assert.Throws<ConfigurationException>(() => Pack(new Source(count: 2), AsTheyAre));

        Assert.Contains("is there already", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing", "is no packed file")]
    [InlineData("foreign", "is no packed file")]
    [InlineData("version", "has version 2 of the packed format; this program reads version 1")]
    [InlineData("description", "is damaged: the check sum of its description is wrong")]
    [InlineData("index", "is damaged: the check sum of its index is wrong")]
    [InlineData("place of the index", "is damaged: its index lies outside the file")]
    [InlineData("length of the index", "is damaged: its index is not as long as its description says")]
    [InlineData("cut", "is cut short")]
    [InlineData("head", "is cut short")]
    public void Open_DamagedFile_SaysWhatIsWrong(string damage, string message)
    {
        Pack(new Source(count: 5), AsTheyAre);
        var bytes = File.ReadAllBytes(Target);
        bytes = damage switch
        {
            "nothing" => [],
            "foreign" => [.. "no pack at all, but long enough"u8],
            "version" => With(bytes, 8, 2),
            "description" => With(bytes, 60, 0),
            "index" => With(bytes, bytes.Length - 30, 99),
            "place of the index" => With(bytes, bytes.Length - PackTail.Bytes + 7, 0x7F),
            "length of the index" => With(bytes, bytes.Length - PackTail.Bytes, (byte)(bytes[^PackTail.Bytes] ^ 1)),
            "cut" => bytes[..^1],
            _ => bytes[..30],
        };
        File.WriteAllBytes(Target, bytes);

        var fault = Assert.Throws<ConfigurationException>(Open);

        Assert.StartsWith(Target, fault.Message, StringComparison.Ordinal);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"count\": 5,\n      \"classes\"", "\"count\": 4611686018427387909,\n      \"classes\"")]   // 2^62 + 5
    [InlineData("\"count\": 5,\n      \"classes\"", "\"count\": 9223372036854775807,\n      \"classes\"")]
    [InlineData("\"count\": 5,\n      \"classes\"", "\"count\": -5,\n      \"classes\"")]
    [InlineData("\"splits\": [", "\"splits\": null, \"other\": [")]
    [InlineData("\"splits\": [", "\"splits\": [ null, ")]
    [InlineData("\"mean\": [", "\"mean\": null, \"other\": [")]
    [InlineData("\"mean\": [", "\"mean\": [ 1, ")]
    [InlineData("\"std\": [", "\"other\": [")]
    [InlineData("\"std\": [", "\"std\": [ 1, ")]
    [InlineData("\"channels\": 3", "\"channels\": 4")]
    [InlineData("\"channels\": 3", "\"channels\": 1")]
    [InlineData("\"classes\": [", "\"classes\": null, \"other\": [")]
    [InlineData("\"classes\": [", "\"classes\": [ null, ")]
    [InlineData("\"left_out\": []", "\"left_out\": null")]
    [InlineData("\"split\": 1", "\"split\": 0")]
    [InlineData("\"split\": 1", "\"split\": 2")]
    [InlineData("\"height\": 6", "\"height\": 0")]
    public void Open_DescriptionThatCannotBe_IsRefused(string written, string crafted)
    {
        Pack(new Source(count: 5), AsTheyAre);
        var bytes = File.ReadAllBytes(Target);
        var head = MemoryMarshal.Read<PackHead>(bytes);
        var description = Encoding.UTF8.GetString(bytes, PackHead.Bytes, head.Length);
        Assert.Contains(written, description, StringComparison.Ordinal);
        var at = description.IndexOf(written, StringComparison.Ordinal);
        var json = Encoding.UTF8.GetBytes(description[..at] + crafted + description[(at + written.Length)..]);
        head = head with { Length = json.Length, Hash = XxHash3.HashToUInt64(json) };
        File.WriteAllBytes(Target, [.. MemoryMarshal.AsBytes(new ReadOnlySpan<PackHead>(in head)), .. json, .. bytes[(PackHead.Bytes + description.Length)..]]);

        var fault = Assert.Throws<ConfigurationException>(Open);

        Assert.Contains("is damaged: its description is incomplete or contradicts itself", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PixelsOfNoSize_AreDamaged()
    {
        Pack(new Source(count: 1), new(IsDecoded: true, ShorterSide: null));
        var bytes = File.ReadAllBytes(Target);
        var start = bytes.AsSpan().IndexOf("class/0.png"u8) - PackRecord.Bytes;
        var record = MemoryMarshal.Read<PackRecord>(bytes.AsSpan(start));
        record = record with { Height = 0, Width = -8, Length = 0 };
        var whole = bytes.AsSpan(start, (int)record.Total);
        MemoryMarshal.Write(whole, in record);
        MemoryMarshal.Write(whole, PackRecord.HashOf(whole));
        File.WriteAllBytes(Target, bytes);
        using var packed = Open();

        var fault = Assert.Throws<CorruptSampleException>(() => packed.Read(0, new ImageBuffer()));

        Assert.Contains("something else", fault.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Label_AfterDispose_IsRefused()
    {
        Pack(new Source(count: 2), AsTheyAre);
        var packed = Open();
        packed.Dispose();

        Assert.Throws<ObjectDisposedException>(() => packed.Label(0));
        Assert.Throws<ObjectDisposedException>(() => packed.Read(0, new ImageBuffer()));
    }

    [Fact]
    public void Pack_FaultsOfTheTestSplit_AreNotTakenForNone()
    {
        var fault = Assert.Throws<ConfigurationException>(() => Pack(new OnlyTrain(has: true), AsTheyAre));
        Assert.Equal("The test split is damaged.", fault.Message);

        var result = Pack(new OnlyTrain(has: false), AsTheyAre);

        Assert.Equal(new PackedPart("train", 255), Assert.Single(result.Splits));
    }

    [Fact]
    public void Pack_WhileAnotherWritesTheFile_SaysSo()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        using var other = new FileStream(PackWriter.PartOf(Target), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        var fault = Assert.Throws<ConfigurationException>(() => Pack(new Source(count: 2), AsTheyAre));

        Assert.Contains("is in use: another 'parallax pack' writes it", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pack_Continued_CountsTheUnreadableOfBothCalls()
    {
        Assert.Throws<OperationCanceledException>(() => Pack(new Source(count: 200, unreadable: 3) { StopAt = 100 }, AsTheyAre));

        Assert.Equal(2, Pack(new Source(count: 200, unreadable: 3), AsTheyAre).Unreadable);
    }

    [Fact]
    public void Pack_LargeSamples_AreMadeFewAtATime()
    {
        var data = new FakeDataset(255) { Size = new(40, 40) };   // 4,800 bytes each

        var made = new SampleMaker(AsTheyAre, mostBytes: 10_000).Make(data, 0, CancellationToken.None);

        Assert.InRange(made.Count, 3, 2 + Environment.ProcessorCount);
    }

    [Fact]
    public void Verify_EveryByteOfTheSamples_IsCovered()
    {
        Pack(new Source(count: 2), AsTheyAre);
        var bytes = File.ReadAllBytes(Target);
        var start = bytes.AsSpan().IndexOf("class/0.png"u8) - PackRecord.Bytes;
        var end = bytes.Length - PackTail.Bytes - (4 * PackEntry.Bytes);

        Assert.Equal(4, Packer.Verify(Target, CancellationToken.None));
        for (var at = start; at < end; at++)
        {
            File.WriteAllBytes(Target, With(bytes, at, (byte)(bytes[at] ^ 0x40)));
            var fault = Assert.Throws<ConfigurationException>(() => Packer.Verify(Target, CancellationToken.None));
            Assert.Contains("its check sum is wrong: the packed file is damaged there", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Pack_PixelsThatBytesCannotHold_AreRefused()
    {
        var fault = Assert.Throws<ConfigurationException>(() => Pack(new Plain(new FakeDataset(7)), AsTheyAre));   // pixels of 1/7

        Assert.Contains("no whole 255th", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories));
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        byte[] changed = [.. bytes];
        changed[at] = value;

        return changed;
    }

    private static void AssertSame(IImageDataset expected, IImageDataset actual)
    {
        var (one, other) = (new ImageBuffer(), new ImageBuffer());
        for (var i = 0; i < expected.Info.Count; i++)
        {
            expected.Read(i, one);
            actual.Read(i, other);
            Assert.Equal(one.Size, other.Size);
            Assert.True(one.Pixels.SequenceEqual(other.Pixels));
            Assert.Equal(expected.Label(i), actual.Label(i));
        }
    }

    private IImageDataset Open() => new PackedImages(new ImageDecoder()).Open(Target, DatasetSplit.Train);

    private PackResult Pack(IDatasetSource source, PackSettings settings)
    {
        using var stop = new CancellationTokenSource();
        if (source is Source files)
        {
            files.Stop = stop;
        }

        return Packer.Pack(source, Target, settings, _ => { }, stop.Token);
    }

    /// <summary>PNG files of 6 x 8 pixels in memory, as many for the test split.</summary>
    private sealed class Source(int count, int unreadable = -1) : IDatasetSource
    {
        private int _read;

        public int FilesRead => _read;

        public int? StopAt { get; init; }

        public CancellationTokenSource? Stop { get; set; }

        public IImageDataset Open(DatasetSplit split) => new Files(this, split);

        private sealed class Files(Source source, DatasetSplit split) : IImageDataset, IEncodedImages
        {
            private readonly ImageDecoder _decoder = new();

            public DatasetInfo Info => new(
                "files", split, source.Count, ["even", "odd"], 3, new(6, 8), [0.5, 0.4, 0.3], [0.25, 0.2, 0.3], $"{source.Count:X8}", "memory");

            public int Label(long index) => (int)(index % 2);

            public string NameOf(long index) => $"class/{index}.png";

            public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null) => _decoder.Decode(Png(index), image);

            public void ReadFile(long index, IBufferWriter<byte> target)
            {
                if (index == source.Unreadable)
                {
                    throw new CorruptSampleException("class/3.png", "is gone");
                }

                if (Interlocked.Increment(ref source._read) == source.StopAt)
                {
                    source.Stop!.Cancel();
                }

                target.Write(Png(index));
            }

            public void Dispose()
            {
            }

            private byte[] Png(long index)
            {
                using var file = new MemoryStream();
                PngWriter.Write(file, [.. Enumerable.Range(0, 6 * 8 * 3).Select(i => (byte)(i + (index * 7) + (int)split))], 6, 8, 3);

                return file.ToArray();
            }
        }

        private int Count => count;

        private int Unreadable => unreadable;
    }

    /// <summary>Its test split cannot be opened.</summary>
    private sealed class OnlyTrain(bool has) : IDatasetSource
    {
        public IImageDataset Open(DatasetSplit split) =>
            split == DatasetSplit.Train ? new FakeDataset(255) : throw new ConfigurationException("The test split is damaged.");

        public bool Has(DatasetSplit split) => has || split == DatasetSplit.Train;
    }

    private sealed class Plain(IImageDataset data) : IDatasetSource
    {
        public IImageDataset Open(DatasetSplit split) => data;
    }
}
