using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax-checkpoints-");
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Load_OfASavedOne_GivesEverythingBack()
    {
        var state = State(step: 7) with { BestAccuracy = 0.75 };
        var path = Store().Save(state, "recipe: 1", new Dictionary<string, Tensor> { ["method.weight"] = torch.arange(3) });

        using var loaded = CheckpointStore.Load(path);

        Assert.Equal(state, loaded.State);
        Assert.Equal("recipe: 1", loaded.Recipe);
        Assert.Equal([0L, 1, 2], loaded.Tensors["method.weight"].data<long>().ToArray());
    }

    [Fact]
    public void Save_MoreThanKept_RemovesTheOldestAndKeepsTheBest()
    {
        var store = Store(keep: 2);
        store.MarkBest(Save(store, 9));
        foreach (var step in new long[] { 10, 99, 100 })
        {
            Save(store, step);
        }

        Assert.Equal(["best.safetensors", "step-00000099.safetensors", "step-00000100.safetensors"], Files());
        Assert.EndsWith("step-00000100.safetensors", store.Latest, StringComparison.Ordinal);
        using var best = CheckpointStore.Load(store.BestPath);
        Assert.Equal(9, best.State.Position.Step);
    }

    [Fact]
    public void Save_DiskRefuses_NamesTheFileAndKeepsTheOthers()
    {
        var store = Store();
        Save(store, 1);
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "step-00000002.safetensors"));   // what cannot be replaced by a file

        var fault = Assert.Throws<ConfigurationException>(() => Save(store, 2));

        Assert.StartsWith($"{Path.Combine(_folder.FullName, "step-00000002.safetensors")} cannot be written: ", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("a run goes on with --resume.", fault.Message, StringComparison.Ordinal);
        Assert.Equal(["step-00000001.safetensors"], Files());
    }

    [Fact]
    public void MarkBest_DiskRefuses_LeavesNothingHalfWritten()
    {
        var store = Store();
        var path = Save(store, 1);
        Directory.CreateDirectory(store.BestPath);

        Assert.Throws<ConfigurationException>(() => store.MarkBest(path));

        Assert.Equal(["step-00000001.safetensors"], Files());
    }

    [Fact]
    public void Latest_NoFolder_IsNull() => Assert.Null(new CheckpointStore(Path.Combine(_folder.FullName, "nowhere"), keep: 1).Latest);

    [Fact]
    public void Load_MissingFile_SaysSo()
    {
        var path = Path.Combine(_folder.FullName, "none.safetensors");

        Assert.Contains(path, Fault(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SafetensorsOfAnotherProgram_SaysWhatIsMissing()
    {
        var path = Path.Combine(_folder.FullName, "foreign.safetensors");
        using (var stream = File.Create(path))
        {
            SafeTensors.Write(stream, new Dictionary<string, Tensor> { ["w"] = torch.ones(2) });
        }


        Assert.Equal($"'{path}' is a safetensors file but no Parallax checkpoint: its metadata lacks 'parallax.state'. Give a file from a run's "
            + "checkpoints folder.", Fault(path));
    }

    [Fact]
    public void Load_OtherFormat_NamesBothFormats()
    {
        var path = Store().Save(State(step: 1) with { Format = 99 }, "recipe", new Dictionary<string, Tensor>());

        Assert.Equal($"'{path}' has checkpoint format 99; this version reads formats 1 and 2. Use the version of Parallax that wrote it.", Fault(path));
    }

    [Theory]
    [InlineData(0.2)]   // inside the header
    [InlineData(0.9)]   // inside the values
    public void Load_TruncatedFile_NamesItAndRefuses(double share)
    {
        var path = Store().Save(State(step: 1), "recipe", new Dictionary<string, Tensor> { ["w"] = torch.ones(500) });
        using (var file = File.OpenWrite(path))
        {
            file.SetLength((long)(file.Length * share));
        }

        var fault = Fault(path);

        Assert.StartsWith("The checkpoint cannot be read: ", fault, StringComparison.Ordinal);
        Assert.Contains(path, fault, StringComparison.Ordinal);
        Assert.EndsWith("Give another one; a run keeps several.", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0)]    // the length of the header
    [InlineData(0.1)]    // the header
    [InlineData(0.5)]    // the values
    [InlineData(0.999)]
    public void Load_OneBitIsWrong_IsNoticed(double share)
    {
        var path = Store().Save(State(step: 1), "recipe: of a run, long enough to matter", new Dictionary<string, Tensor> { ["w"] = torch.ones(500) });
        var bytes = File.ReadAllBytes(path);
        bytes[(int)(bytes.Length * share)] ^= 4;
        File.WriteAllBytes(path, bytes);

        Assert.Null(CheckpointStore.TryLoad(path, out var fault));
        Assert.StartsWith("The checkpoint cannot be read: ", fault, StringComparison.Ordinal);
        Assert.Contains(path, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AnyBitOfTheHeaderIsWrong_IsNoticed()
    {
        var path = Store().Save(State(step: 1), "recipe", new Dictionary<string, Tensor> { ["w"] = torch.ones(2) });
        var bytes = File.ReadAllBytes(path);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            File.WriteAllBytes(path, bytes);
            Assert.Null(CheckpointStore.TryLoad(path, out _));
            bytes[i] ^= 1;
        }

        File.WriteAllBytes(path, bytes);
        CheckpointStore.Load(path).Dispose();
    }

    [Fact]
    public void Save_AfterGoingBack_RemovesTheLaterOnesOfTheCourseThatWasGivenUp()
    {
        var store = Store(keep: 2);
        foreach (var step in new long[] { 8, 12, 16 })
        {
            Save(store, step);
        }

        Assert.Equal(["step-00000016.safetensors"], store.After(12).Select(Path.GetFileName));
        Save(store, 13);

        Assert.Equal(["step-00000012.safetensors", "step-00000013.safetensors"], Files());
    }

    [Fact]
    public void RemoveUnfinished_LeftOfAKilledProcess_IsGone()
    {
        var store = Store();
        Save(store, 4);
        File.WriteAllText(Path.Combine(_folder.FullName, ".step-00000005.safetensors.4711.abc"), "half");

        store.RemoveUnfinished();

        Assert.Equal(["step-00000004.safetensors"], Files());
    }

    [Fact]
    public void Load_AnyOtherFile_NamesIt()
    {
        var path = Path.Combine(_folder.FullName, "notes.safetensors");
        File.WriteAllText(path, "These are only some notes, no tensors at all.");

        Assert.Contains(path, Fault(path), StringComparison.Ordinal);
    }

    private static string Fault(string path) => Assert.Throws<ConfigurationException>(() => CheckpointStore.Load(path).Dispose()).Message;

    private static CheckpointState State(long step) => new(CheckpointState.CurrentFormat, "run", new(step, 1, 2), null);

    private static string Save(CheckpointStore store, long step) => store.Save(State(step), "recipe", new Dictionary<string, Tensor> { ["w"] = torch.ones(2) });

    private CheckpointStore Store(int keep = 3) => new(_folder.FullName, keep);

    private IEnumerable<string?> Files() => _folder.EnumerateFiles().Select(file => file.Name).Order(StringComparer.Ordinal);
}
