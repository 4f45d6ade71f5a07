using System.Text;
using Parallax.Host.Embeddings;
using Parquet;
using Parquet.Schema;

namespace Parallax.Host.Tests.Embeddings;

/// <summary>What is written is read back, in every format.</summary>
public sealed class EmbeddingFormatTests : IDisposable
{
    private static readonly string[] Names = ["train/cat/1, \"a\".png", "zwei\nÄpfel\\n\r.png", "猫.png"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax embeddings ");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("a.parquet")]
    [InlineData("a.npy")]
    [InlineData("a.safetensors")]
    [InlineData("a.CSV")]
    public void Write_Table_IsReadBackBitForBit(string name)
    {
        var file = PathOf(name);
        var table = Table();

        EmbeddingFormats.Of(file, "--out").Write(file, table);
        using var set = EmbeddingSet.Read(file);

        Assert.Equal(Names, set.Names);
        Assert.Equal([3L, 2L], set.Features.shape);
        Assert.Equal([1.5f, -0.1f, 1e-20f, 3, float.MaxValue, 0.33333334f], set.Features.data<float>().ToArray());
        if (Path.GetExtension(name) != ".npy")
        {
            Assert.Equal(["cat", "", "dog"], set.Classes);
            Assert.Equal((ulong[])[1, ulong.MaxValue, 1], set.Contents!);
        }

        if (Path.GetExtension(name) is ".parquet" or ".safetensors")
        {
            Assert.Equal("42", set.Metadata["parallax.run"]);
        }
    }

    [Fact]
    public void Write_Npy_IsAnArrayOfNumPyWithNamesBesideIt()
    {
        var file = PathOf("a.npy");

        EmbeddingFormats.Of(file, "--out").Write(file, Table());

        var bytes = File.ReadAllBytes(file);
        Assert.Equal(128 + (6 * sizeof(float)), bytes.Length);   // ten bytes and the text, filled up to a multiple of 64
        Assert.Equal((byte[])[0x93, .. "NUMPY"u8, 1, 0, 118, 0], bytes[..10]);
        Assert.Equal("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }".PadRight(117) + "\n", Encoding.ASCII.GetString(bytes[10..128]));
        Assert.Equal(["train/cat/1, \"a\".png", "zwei\\nÄpfel\\\\n\\r.png", "猫.png"], File.ReadAllLines(PathOf("a.names.txt")));
    }

    [Fact]
    public void Write_Csv_HasAColumnForEachNumber()
    {
        var file = PathOf("a.csv");

        EmbeddingFormats.Of(file, "--out").Write(file, Table());

        Assert.StartsWith("name,class,content,f0,f1\n\"train/cat/1, \"\"a\"\".png\",cat,0000000000000001,1.5,-0.1\n", File.ReadAllText(file),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.parquet", "PAR1", "cannot be read as a Parquet table of embeddings")]
    [InlineData("a.npy", "name,class", "it does not begin as one")]
    [InlineData("a.safetensors", "short", "expected the tensors features, labels")]
    [InlineData("a.csv", "path,f0\n", "its first line names other columns")]
    [InlineData("a.csv", "name,class,content,f0\na,,0,1\nb,,0,one\n", "row 2 is none of it")]
    [InlineData("a.csv", "name,class,content,f0\na,,0,1\nb,,0\n", "row 2 is none of it")]
    [InlineData("a.csv", "name,class,content,f0\n", "it has no rows")]
    [InlineData("a.csv", "name,class,content,f0\na,,0,NaN\n", "no finite numbers, first for 'a'")]
    [InlineData("a.json", "{}", "it is one of .parquet, .npy, .safetensors, .csv")]
    public void Read_SomethingElse_SaysWhatWasExpected(string name, string content, string expected)
    {
        File.WriteAllText(PathOf(name), content);

        var fault = Assert.Throws<ConfigurationException>(() => EmbeddingSet.Read(PathOf(name)));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.npy")]
    [InlineData("a.csv")]
    public void Read_DiskThatDoesNotGiveIt_IsNoCrash(string name)
    {
        File.CreateSymbolicLink(PathOf(name), "/proc/self/mem");   // its first byte cannot be read

        var fault = Assert.Throws<ConfigurationException>(() => EmbeddingSet.Read(PathOf(name)));

        Assert.Contains($"{name} cannot be read: Input/output error. Check the disk", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SafeTensorsOfAnotherType_SaysWhatWasExpected()
    {
        using var features = torch.zeros(1, 2).DetachFromDisposeScope();
        using var labels = torch.zeros(1, dtype: torch.int32).DetachFromDisposeScope();
        using var contents = torch.zeros(1, dtype: torch.int64).DetachFromDisposeScope();
        using var ends = torch.ones(1, dtype: torch.int64).DetachFromDisposeScope();
        using var names = torch.full(1, 97, dtype: torch.uint8).DetachFromDisposeScope();
        using (var file = File.Create(PathOf("a.safetensors")))
        {
            SafeTensors.Write(file, new Dictionary<string, torch.Tensor>
            {
                ["features"] = features, ["labels"] = labels, ["contents"] = contents, ["name_ends"] = ends, ["names"] = names,
            });
        }

        var fault = Assert.Throws<ConfigurationException>(() => EmbeddingSet.Read(PathOf("a.safetensors")));

        Assert.Contains("expected the tensors features, labels", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10000000000000000", false)]   // one digit more than 64 bits have
    [InlineData("1", true)]
    public async Task Read_ParquetOfAnotherKind_SaysWhatWasExpected(string content, bool isDouble)
    {
        await WriteParquetAsync(PathOf("a.parquet"), content, isDouble);

        var fault = Assert.Throws<ConfigurationException>(() => EmbeddingSet.Read(PathOf("a.parquet")));

        Assert.Contains("cannot be read as a Parquet table of embeddings", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RequireFile_ThereAlready_IsRefusedWithoutForce()
    {
        File.WriteAllText(PathOf("a.names.txt"), "mine");

        var fault = Assert.Throws<ConfigurationException>(() => EmbeddingRun.RequireFile(PathOf("a.npy"), replaces: false));
        EmbeddingRun.RequireFile(PathOf("a.npy"), replaces: true);
        EmbeddingRun.RequireFile(PathOf("a.csv"), replaces: false);

        Assert.Contains("a.names.txt is a part of it. Add --force", fault.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(PathOf("a.names.txt")));
    }

    [Theory]
    [InlineData("image_size")]
    [InlineData("resize")]
    [InlineData("mean")]
    [InlineData("std")]
    [InlineData("clips")]
    [InlineData("precision")]
    [InlineData("features")]
    public void RequireSameSpace_OtherSetting_IsRefused(string key)
    {
        using var one = Set("one", width: 2, "aa", key, "1");
        using var other = Set("other", width: 2, "aa", key, "2");
        using var silent = Set("silent", width: 2, "aa");

        var fault = Assert.Throws<ConfigurationException>(() => one.RequireSameSpace(other));
        one.RequireSameSpace(silent);

        Assert.StartsWith($"parallax.{key} is 1 in one and 2 in other", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RequireSameSpace_OtherWidthOrWeights_IsRefused()
    {
        using var one = Set("one", width: 2, "aa");
        using var wider = Set("wider", width: 3, "aa");
        using var other = Set("other", width: 2, "bb");

        Assert.Contains("wider are 3 wide, those of one 2", Fault(wider), StringComparison.Ordinal);
        Assert.Contains("parallax.weights is bb in other and aa in one", Fault(other), StringComparison.Ordinal);
        one.RequireSameSpace(one);

        string Fault(EmbeddingSet set) => Assert.Throws<ConfigurationException>(() => set.RequireSameSpace(one)).Message;
    }

    private static EmbeddingSet Set(string name, long width, string weights, string key = "run", string value = "42") => new(
        name, ["a"], [""], null, torch.zeros(1, width).DetachFromDisposeScope(),
        new Dictionary<string, string> { [EmbeddingMetadata.Weights] = weights, [$"parallax.{key}"] = value });

    // One row, of two numbers.
    private static async Task WriteParquetAsync(string file, string content, bool isDouble)
    {
        DataField<string> name = new("name"), kind = new("class"), hash = new("content");
        var label = new DataField<int>("label");
        DataField number = isDouble ? new DataField<double>("element") : new DataField<float>("element");
        int[] labels = [0], starts = [0, 1];
        await using var stream = File.Create(file);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(name, label, kind, hash, new ListField("features", number)), stream);
        int[] levels = [number.MaxDefinitionLevel, number.MaxDefinitionLevel];
        using var group = writer.CreateRowGroup();
        await group.WriteAsync(name, ["a"]);
        await group.WriteAsync<int>(label, labels);
        await group.WriteAsync(kind, ["cat"]);
        await group.WriteAsync(hash, [content]);
        await (isDouble ? group.WriteAllPartsAsync<double>(number, new double[] { 1, 2 }, levels, starts, CancellationToken.None)
            : group.WriteAllPartsAsync<float>(number, new float[] { 1, 2 }, levels, starts, CancellationToken.None));
    }

    // Two blocks, between them one without a readable image.
    private static EmbeddingTable Table() => new(
        new Dictionary<string, string> { ["parallax.run"] = "42" }, ["cat", "dog"], 3, 2, () =>
        [
            new(2, [new(Names[0], 0, 1), new(Names[1], -1, ulong.MaxValue)], [1.5f, -0.1f, 1e-20f, 3], []),
            new(1, [], [], [new("broken.png", "is cut short")]),
            new(1, [new(Names[2], 1, 1)], [float.MaxValue, 0.33333334f], []),
        ]);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
