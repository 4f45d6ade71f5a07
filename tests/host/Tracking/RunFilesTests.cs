using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>Files of runs are read back from the file's folder and from a server.</summary>
public sealed class RunFilesTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly string[] Both = ["a.png", "b.png"];
    private readonly TrackingWorkplace _place = new();
    private readonly FakeMlflowServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _place.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Files_Stored_AreListedAndRead(bool isServer)
    {
        using var store = Open(isServer);
        var run = await store.CreateRunAsync(new("x", "n", Guid.NewGuid().ToString("N"), 1, "u", new Dictionary<string, string>()), None);
        await store.StoreArtifactAsync(run, _place.WriteFile("f", "first"), "pictures/a.png", None);
        await store.StoreArtifactAsync(run, _place.WriteFile("f", "second"), "pictures/b.png", None);
        await store.StoreArtifactAsync(run, _place.WriteFile("f", "third"), "pictures/below/c.png", None);

        var files = await store.ListArtifactsAsync(run, "pictures", None);
        var content = await store.ReadArtifactAsync(run, "pictures/b.png", None);

        Assert.Equal(Both, files.Order(StringComparer.Ordinal));
        Assert.Equal("second"u8.ToArray(), content);
        Assert.Empty(await store.ListArtifactsAsync(run, "images", None));
        Assert.Null(await store.ReadArtifactAsync(run, "images/b.png", None));
        Assert.Empty(_server.Violations);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Files_ElsewhereThanHere_AreNone(bool isServer)
    {
        using var store = Open(isServer);
        var run = new StoredRun("r", "1", "n", RunStatus.Running, 1, null, "s3://bucket/r/artifacts", IsDeleted: false);

        Assert.Empty(await store.ListArtifactsAsync(run, "pictures", None));
        Assert.Null(await store.ReadArtifactAsync(run, "pictures/b.png", None));
    }

    [Fact]
    public async Task Read_PathOutOfTheFolder_IsRefused()
    {
        using var store = Open(isServer: false);
        var run = await store.CreateRunAsync(new("x", "n", Guid.NewGuid().ToString("N"), 1, "u", new Dictionary<string, string>()), None);

        var fault = await Assert.ThrowsAsync<StoreException>(() => store.ReadArtifactAsync(run, "../../secret", None));

        Assert.Contains("leaves the folder of the run", fault.Message, StringComparison.Ordinal);
    }

    private ITrackingStore Open(bool isServer) =>
        isServer ? _place.Stores.At(TrackingAddress.Parse(_server.Address, "test")) : _place.OpenDatabase();
}
