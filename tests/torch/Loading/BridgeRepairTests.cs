namespace Parallax.Torch.Tests.Loading;

public sealed class BridgeRepairTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge");

    private static string Shipped => Path.Combine(TorchLibrary.Current.Folder, TorchLibrary.BridgeFile);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Repair_ShippedFile_ChangesOneVersionAndOneSymbol()
    {
        Assert.SkipUnless(File.Exists(Shipped), $"{Shipped} is not there: LIBTORCH names another folder.");
        var before = File.ReadAllBytes(Shipped);
        var after = (byte[])before.Clone();

        BridgeRepair.Repair(after);

        // Hash and name of a version, name and version index of a symbol: 4 + 4 + 4 + 2 bytes at most.
        Assert.InRange(before.Zip(after).Count(pair => pair.First != pair.Second), 4, 14);
        Assert.Equal(before, File.ReadAllBytes(Shipped));
    }

    [Fact]
    public void Fitting_AnotherFileOnAnOldSystem_IsRefused()
    {
        Assert.SkipUnless(File.Exists(Shipped), $"{Shipped} is not there: LIBTORCH names another folder.");
        Assert.SkipWhen(SystemCppLibrary.FitsShipped(), "This system takes the file as shipped; nothing is repaired.");
        var other = Path.Combine(_folder.FullName, TorchLibrary.BridgeFile);
        File.WriteAllBytes(other, [.. File.ReadAllBytes(Shipped), 0]);

        Assert.Contains("SHA-256", Assert.Throws<DllNotFoundException>(() => BridgeRepair.Fitting(other)).Message, StringComparison.Ordinal);
        Assert.Equal([other], Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories));
    }
}
