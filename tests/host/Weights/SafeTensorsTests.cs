using System.Text;
using System.Text.Json;

namespace Parallax.Host.Tests.Weights;

[Collection(GeneratorCollection.Name)]
public sealed class SafeTensorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safetensors").FullName;

    private string File1 => Path.Combine(_folder, "model.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Save_AllTypes_IndependentParserReadsTheSameBytes()
    {
        using var scope = NewDisposeScope();
        var tensors = Examples();

        Save(File1, tensors, new Dictionary<string, string> { ["step"] = "12", ["note"] = "ä \"quoted\"" });

        var (header, data) = ReadPlainly(File1);
        Assert.Equal("12", header.GetProperty("__metadata__").GetProperty("step").GetString());
        Assert.Equal("ä \"quoted\"", header.GetProperty("__metadata__").GetProperty("note").GetString());
        foreach (var (name, tensor) in tensors)
        {
            var entry = header.GetProperty(name);
            var offsets = entry.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt32()).ToArray();
            Assert.Equal(tensor.shape, entry.GetProperty("shape").EnumerateArray().Select(o => o.GetInt64()));
            Assert.Equal(tensor.numel() * tensor.element_size(), offsets[1] - offsets[0]);
            Assert.Equal(tensor.contiguous().bytes.ToArray(), data[offsets[0]..offsets[1]]);
        }
    }

    [Fact]
    public void Load_SavedFile_RestoresValuesTypesAndStrings()
    {
        using var scope = NewDisposeScope();
        var tensors = Examples();
        Save(File1, tensors, new Dictionary<string, string> { ["step"] = "12" });

        var loaded = SafeTensors.Load(File1);

        Assert.Equal(tensors.Keys.Order(), loaded.Keys.Order());
        Assert.All(tensors, t => Assert.Equal((t.Value.dtype, true), (loaded[t.Key].dtype, t.Value.shape.SequenceEqual(loaded[t.Key].shape))));
        Assert.All(tensors, t => Assert.Equal(t.Value.contiguous().bytes.ToArray(), loaded[t.Key].bytes.ToArray()));
        Assert.Equal("12", SafeTensors.ReadHeader(File1).Metadata["step"]);
    }

    [Fact]
    public void Load_ChangedTensor_LeavesTheFileAsItWas()
    {
        using var scope = NewDisposeScope();
        Save(File1, Examples());
        var before = File.ReadAllBytes(File1);

        SafeTensors.Load(File1)["float32"].fill_(7);

        Assert.Equal(before, File.ReadAllBytes(File1));
    }

    [Fact]
    public void Load_FileReplacedAndOthersDisposed_TheLastTensorStaysValid()
    {
        using var scope = NewDisposeScope();
        Save(File1, Examples());

        var loaded = SafeTensors.Load(File1);
        var kept = loaded["float32"];
        Save(File1, new Dictionary<string, Tensor> { ["other"] = torch.zeros(1) });
        foreach (var (_, tensor) in loaded.Where(t => !ReferenceEquals(t.Value, kept)))
        {
            tensor.Dispose();
        }

        Assert.Equal([0f, 1f, 2f, 3f, 4f, 5f], kept.reshape(-1).data<float>().ToArray());
    }

    [Fact]
    public void Load_FileCutAtAnyByte_NamesTheFile()
    {
        using var scope = NewDisposeScope();
        Save(File1, Examples());
        var whole = File.ReadAllBytes(File1);

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(File1, whole[..length]);

            var error = Assert.Throws<InvalidDataException>(() => SafeTensors.Load(File1));

            Assert.Contains(File1, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}""", "F99")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "needs 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,3],"data_offsets":[0,4]}}""", "needs -1 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "sizes from 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "overlap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", "appended")]
    [InlineData("""{"a":{"shape":[1]}}""", "JSON that safetensors defines")]
    [InlineData("""{"a":""", "JSON that safetensors defines")]
    [InlineData("[]", "JSON that safetensors defines")]
    public void Load_BadHeader_SaysWhatIsWrong(string header, string expected)
    {
        WriteFile(header, new byte[4]);

        var error = Assert.Throws<InvalidDataException>(() => SafeTensors.Load(File1));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(File1, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UnalignedTensor_IsCopiedAndRight()
    {
        using var scope = NewDisposeScope();
        WriteFile(
            """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}""",
            [9, .. BitConverter.GetBytes(2.5f)]);

        var loaded = SafeTensors.Load(File1);

        Assert.Equal(2.5f, loaded["b"].item<float>());
        Assert.Equal(9, loaded["a"].item<byte>());
    }

    [Fact]
    public void Load_NoFile_SaysSo() => Assert.Throws<FileNotFoundException>(() => SafeTensors.Load(Path.Combine(_folder, "none")));

    [Fact]
    public void Write_TypeWithoutName_IsRefusedAndWritesNothing()
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        var tensors = new Dictionary<string, Tensor> { ["c"] = torch.zeros([1], ScalarType.ComplexFloat32) };

        Assert.Throws<ArgumentException>(() => SafeTensors.Write(stream, tensors));

        Assert.Equal(0, stream.Length);
    }

    [Fact]
    public void Load_IntoAModule_RestoresItsOutput()
    {
        using var scope = NewDisposeScope();
        using var source = Sequential(Linear(3, 4), BatchNorm1d(4), Linear(4, 2));
        using var target = Sequential(Linear(3, 4), BatchNorm1d(4), Linear(4, 2));
        source.call(torch.randn(8, 3));
        Save(File1, source.state_dict());

        target.load_state_dict(SafeTensors.Load(File1));

        source.eval();
        target.eval();
        var input = torch.randn(5, 3);
        Assert.True(source.call(input).allclose(target.call(input), rtol: 0, atol: 0));
    }

    private static Dictionary<string, Tensor> Examples() => new()
    {
        ["float32"] = torch.arange(6, float32).reshape(2, 3),
        ["float64"] = torch.arange(3, float64),
        ["float16"] = torch.arange(3, float32).to(float16),
        ["bfloat16"] = torch.arange(5, float32).to(bfloat16),
        ["int64"] = torch.arange(3),
        ["int32"] = torch.arange(3, int32),
        ["int16"] = torch.arange(3, int16),
        ["int8"] = torch.arange(3, int8),
        ["uint8"] = torch.arange(3, uint8),
        ["bool"] = torch.tensor([true, false, true]),
        ["scalar"] = torch.tensor(4f),
        ["empty"] = torch.empty(0, 3),
        ["transposed"] = torch.arange(6, float32).reshape(2, 3).t(),
    };

    private static (JsonElement Header, byte[] Data) ReadPlainly(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var length = (int)BitConverter.ToInt64(bytes, 0);
        Assert.Equal(0, length % 8);
        return (JsonDocument.Parse(bytes.AsMemory(8, length)).RootElement, bytes[(8 + length)..]);
    }

    private void WriteFile(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(File1, [.. BitConverter.GetBytes((long)json.Length), .. json, .. data]);
    }

    private static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = File.Create(path);
        SafeTensors.Write(stream, tensors, metadata);
    }
}
