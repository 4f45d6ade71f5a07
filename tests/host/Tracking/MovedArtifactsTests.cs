using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>A tracking file that was moved finds its files again.</summary>
public sealed class MovedArtifactsTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TrackingWorkplace _place = new();

    public MovedArtifactsTests()
    {
        Directory.CreateDirectory(Old);
        Use(Old);
    }

    private string Old => Path.Combine(_place.Folder, "old place");

    private string New => Path.Combine(_place.Folder, "new place");

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Open_FolderMoved_EarlierFilesAreFoundAndLaterOnesLieBesideThem()
    {
        var earlier = WriteRun("earlier");
        Directory.Move(Old, New);
        Use(New);

        var later = WriteRun("later");

        using var store = new SqliteStore(Path.Combine(New, "mlflow.db"), _place.Time);
        Assert.Equal("earlier", await ReadAsync(store, earlier));
        Assert.Equal("later", await ReadAsync(store, later));
        Assert.Equal(new Uri(Path.Combine(New, "mlartifacts", "1", earlier, "artifacts")).AbsoluteUri, (await store.FindRunAsync(earlier, None))!.ArtifactUri);
        Assert.False(Directory.Exists(Old));
        Assert.Null(store.Open());   // told and done at the start before
        var notice = Assert.Single(_place.Logger.Lines, line => line.Contains("was moved", StringComparison.Ordinal));
        Assert.EndsWith($"were in {Path.Combine(Old, "mlartifacts")}, which is gone; the addresses of 1 run now lead to " +
            $"{Path.Combine(New, "mlartifacts")}.", notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FileMovedAlone_SaysWhereToCopyTheRestAndWritesThere()
    {
        var earlier = WriteRun("earlier");
        Directory.CreateDirectory(New);
        File.Move(Path.Combine(Old, "mlflow.db"), Path.Combine(New, "mlflow.db"));
        Directory.Delete(Old, recursive: true);
        Use(New);

        var later = WriteRun("later");

        using var store = new SqliteStore(Path.Combine(New, "mlflow.db"), _place.Time);
        Assert.Equal("later", await ReadAsync(store, later));
        Assert.False(Directory.Exists(Old));
        Assert.StartsWith(new Uri(New).AbsoluteUri, (await store.FindRunAsync(earlier, None))!.ArtifactUri, StringComparison.Ordinal);
        Assert.Contains("Not all of them are there: copy the rest to the same place.", Assert.Single(_place.Logger.Lines, line => line.Contains("was " +
            "moved", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NothingMoved_ChangesNothing()
    {
        var run = WriteRun("content");

        using var store = new SqliteStore(Path.Combine(Old, "mlflow.db"), _place.Time);

        Assert.Null(store.Open());
        Assert.Equal("content", await ReadAsync(store, run));
    }

    [Fact]
    public async Task Open_FilesElsewhereOnPurpose_StayThere()
    {
        var elsewhere = Path.Combine(_place.Folder, "elsewhere", "mlartifacts");
        var run = WriteRun("content");
        Directory.CreateDirectory(Path.GetDirectoryName(elsewhere)!);
        Directory.Move(Path.Combine(Old, "mlartifacts"), elsewhere);
        using (var store = SqliteDatabase.Open(Path.Combine(Old, "mlflow.db")))
        {
            store.Execute("UPDATE experiments SET artifact_location = $a || '/' || " +
                "experiment_id", elsewhere);   // a plain path, as MLflow's own programs write it
            store.Execute("UPDATE runs SET artifact_uri = $a || '/1/' || run_uuid || '/artifacts'", elsewhere);
        }

        Directory.Move(Old, New);
        using var moved = new SqliteStore(Path.Combine(New, "mlflow.db"), _place.Time);

        Assert.Null(moved.Open());
        Assert.Equal("content", await ReadAsync(moved, run));
    }

    [Theory]
    [InlineData("mlruns", false)]
    [InlineData("mlartifacts", true)]
    public async Task Open_MadeByMlflowAndMoved_KeepsTheFormOfItsAddresses(string folder, bool isUri)
    {
        var run = WriteRun("content");
        var root = Path.Combine(Old, folder);
        if (folder != "mlartifacts")
        {
            Directory.Move(Path.Combine(Old, "mlartifacts"), root);
        }

        string Form(string path) => isUri ? new Uri(path).AbsoluteUri : path;
        using (var store = SqliteDatabase.Open(Path.Combine(Old, "mlflow.db")))
        {
            store.Execute("UPDATE experiments SET artifact_location = $a || '/' || experiment_id", Form(root));
            store.Execute("UPDATE runs SET artifact_uri = $a || '/1/' || run_uuid || '/artifacts'", Form(root));
            store.Execute("INSERT INTO registered_models (name) VALUES ('m')");
            store.Execute("INSERT INTO model_versions (name, version, source) VALUES ('m', 1, $a)", Form(Path.Combine(root, "1", run, "artifacts", "model")));
        }

        Directory.Move(Old, New);
        using (var moved = new SqliteStore(Path.Combine(New, "mlflow.db"), _place.Time))
        {
            Assert.Equal("content", await ReadAsync(moved, run));
            Assert.Equal(Form(Path.Combine(New, folder, "1", run, "artifacts")), (await moved.FindRunAsync(run, None))!.ArtifactUri);
        }

        using var database = SqliteDatabase.Open(Path.Combine(New, "mlflow.db"));
        Assert.Equal(Form(Path.Combine(New, folder, "1", run, "artifacts", "model")), database.Scalar("SELECT source FROM model_versions"));
    }

    private void Use(string folder) => _place.Settings = _place.Settings with { Uri = $"sqlite:///{Path.Combine(folder, "mlflow.db")}" };

    private string WriteRun(string content)
    {
        var run = _place.Start();
        run.LogArtifact(_place.WriteFile("file", content), "dir/file.txt");
        run.End(RunOutcome.Finished);
        return run.RunId;
    }

    private static async Task<string> ReadAsync(SqliteStore store, string run) =>
        await File.ReadAllTextAsync(Path.Combine(LocalArtifacts.Folder((await store.FindRunAsync(run, None))!.ArtifactUri, "/")!, "dir", "file.txt"), None);
}
