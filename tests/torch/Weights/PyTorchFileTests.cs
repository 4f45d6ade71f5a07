namespace Parallax.Torch.Tests.Weights;

public sealed class PyTorchFileTests
{
    [Fact]
    public void Load_StateDict_GivesTensorsByName()
    {
        using var scope = NewDisposeScope();

        var weights = PyTorchFile.Load(Of("weights"));

        Assert.Equal(["bn.num_batches_tracked", "conv.weight", "half"], weights.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([1L, 1, 2, 2], weights["conv.weight"].shape);
        Assert.Equal([0f, 1, 2, 3], weights["conv.weight"].data<float>().ToArray());
        Assert.Equal(7, weights["bn.num_batches_tracked"].item<long>());
        Assert.Equal((ScalarType.Float16, -2f), (weights["half"].dtype, weights["half"][1].to(float32).item<float>()));
    }

    [Fact]
    public void Load_ViewOfALargerTensor_SaysWhatToDo()
    {
        var error = Assert.Throws<InvalidDataException>(() => PyTorchFile.Load(Of("views")));

        Assert.Contains("clone() first", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Dictionaries_BeginWithTheirNames()
    {
        using var scope = NewDisposeScope();

        var weights = PyTorchFile.Load(Of("two"));

        Assert.Contains("student.conv.weight", weights.Keys);
        Assert.Equal(ScalarType.BFloat16, weights["teacher.conv.weight"].dtype);
        Assert.Equal(3, PyTorchFile.Load(Of("checkpoint")).Count);
    }

    [Fact]
    public void Load_FileOfOldPyTorch_SaysWhatToDo() =>
        Assert.Contains("before 1.6", Assert.Throws<InvalidDataException>(() => PyTorchFile.Load(Of("legacy"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_TruncatedFile_NamesIt()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.pth");
        File.WriteAllBytes(path, File.ReadAllBytes(Of("weights"))[..900]);
        try
        {
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => PyTorchFile.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Of(string name) => Path.Combine(AppContext.BaseDirectory, "Weights", "files", $"{name}.pth");
}
