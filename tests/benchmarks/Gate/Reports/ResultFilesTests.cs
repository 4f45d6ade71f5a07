using Parallax.Contracts;

namespace Parallax.Benchmarks.Tests.Gate.Reports;

public sealed class ResultFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax results ");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Require_FilesThatCanBeWritten_LeavesThemAsTheyAre()
    {
        var table = Path.Combine(_folder.FullName, "table.md");
        File.WriteAllText(table, "before");

        ResultFiles.Require(new() { Json = Path.Combine(_folder.FullName, "new/results.json"), Markdown = table });

        Assert.Equal("before", File.ReadAllText(table));
        Assert.Empty(_folder.EnumerateFiles("*.json", SearchOption.AllDirectories));
        Assert.Empty(_folder.EnumerateDirectories("new").Single().EnumerateFiles());
    }

    [Fact]
    public void Require_WhatCannotBeWritten_NamesTheOption()
    {
        var file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "");

        Assert.Contains("--json", FaultOf(new() { Json = Path.Combine(file, "results.json") }), StringComparison.Ordinal);
        Assert.Contains("--markdown", FaultOf(new() { Markdown = _folder.FullName }), StringComparison.Ordinal);
        Assert.Contains("--tracking", FaultOf(new() { Tracking = "nowhere" }), StringComparison.Ordinal);
    }

    private static string FaultOf(GateOptions options) => Assert.Throws<ConfigurationException>(() => ResultFiles.Require(options)).Message;
}
