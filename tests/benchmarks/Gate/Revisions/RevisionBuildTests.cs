using Parallax.Contracts;

namespace Parallax.Benchmarks.Tests.Gate.Revisions;

public sealed class RevisionBuildTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax revisions ");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Resolve_NoRepository_SaysSo()
    {
        Assert.Contains("git rev-parse", FaultOf("main"), StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_UnknownRevision_NamesIt()
    {
        MakeRepository();

        Assert.Contains("'nowhere' is no revision", FaultOf("nowhere"), StringComparison.Ordinal);
        Assert.Contains("'--help' is no revision", FaultOf("--help"), StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_RevisionWithoutGate_SaysSo()
    {
        MakeRepository();

        Assert.Contains("from before the gate", FaultOf("HEAD"), StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_ChangedFiles_WantsThemCommittedOrDirty()
    {
        var git = MakeRepository("benchmarks/Gate/file");
        File.WriteAllText(Path.Combine(_folder.FullName, "benchmarks/Gate/file"), "changed");

        Assert.Contains("--dirty", FaultOf("HEAD"), StringComparison.Ordinal);
        Assert.Equal(git.Run("rev-parse", "HEAD"), RevisionBuild.Resolve(_folder.FullName, "HEAD", allowsChanges: true));
    }

    [Fact]
    public void Resolve_FileThatGitDoesNotKnow_WantsItCommittedOrDirty()
    {
        MakeRepository("benchmarks/Gate/file");
        File.WriteAllText(Path.Combine(_folder.FullName, "benchmarks/Gate/Another.cs"), "new");

        Assert.Contains("?? benchmarks/Gate/Another.cs", FaultOf("HEAD"), StringComparison.Ordinal);
    }

    [Fact]
    public void Make_RevisionThatCannotBeBuilt_LeavesNoWorktree()
    {
        var git = MakeRepository("benchmarks/Gate/file");
        var worktrees = Path.Combine(_folder.FullName, "worktrees");
        var commit = RevisionBuild.Resolve(_folder.FullName, "HEAD", allowsChanges: false);

        Directory.CreateDirectory(worktrees);
        File.WriteAllText(Path.Combine(worktrees, "0123456789ab-999999999.log"), "of a build before");

        var error = Assert.Throws<ConfigurationException>(() => RevisionBuild.Make(_folder.FullName, "HEAD", commit, worktrees, CancellationToken.None));

        Assert.Contains("cannot be built", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(worktrees));
        Assert.NotEqual("0123456789ab-999999999.log", Path.GetFileName(Assert.Single(Directory.EnumerateFiles(worktrees))));   // its own is kept to be read
        Assert.Single(git.Run("worktree", "list").Split('\n'));
    }

    private string FaultOf(string revision) =>
        Assert.Throws<ConfigurationException>(() => RevisionBuild.Resolve(_folder.FullName, revision, allowsChanges: false)).Message;

    private Git MakeRepository(string file = "a-file")
    {
        var git = new Git(_folder.FullName);
        Assert.SkipWhen(git.TryRun("--version") is null, "git is not installed.");
        var path = Path.Combine(_folder.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "text");
        git.Run("init", "--quiet");
        git.Run("add", "--all");
        git.Run("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "-m", "first");

        return git;
    }
}
