using Parallax.OpGen;
using Generator = Parallax.OpGen.Generator;

namespace Parallax.Engine.Tests.Operators;

public sealed class OperatorListTests
{
    private static string Folder { get; } = Find();

    [Fact]
    public void GeneratedFiles_MatchTheList()
    {
        var expected = Generator.Generate(File.ReadAllText(Path.Combine(Folder, "ops.txt")));

        Assert.Equal(expected.Keys.Order(), Directory.GetFiles(Folder, "Ops.*.g.cs").Select(Path.GetFileName).Order());
        Assert.All(expected, file => Assert.Equal(file.Value, File.ReadAllText(Path.Combine(Folder, file.Key))));
    }

    [Fact]
    public void EveryOperator_IsInThisLibtorch_OrSaysInWhich()
    {
        var running = Version.Parse(TorchRuntime.Version.Split('+', 'a')[0]);

        var missing = Generator.Read(File.ReadAllText(Path.Combine(Folder, "ops.txt")))
            .Where(entry => !new Operator("aten::" + entry.Schema.Name, entry.Schema.Overload).Exists())
            .Where(entry => entry.Schema.Since is null || Version.Parse(entry.Schema.Since) <= running)
            .Where(entry => entry.Schema.Before is null || Version.Parse(entry.Schema.Before) > running)
            .Select(entry => entry.Schema.Method);

        Assert.Empty(missing);
    }

    [Fact]
    public void MissingOperator_Called_NamesTheNeededVersion()
    {
        Assert.SkipWhen(Version.Parse(TorchRuntime.Version.Split('+', 'a')[0]) >= new Version(2, 4), "This libtorch has the operator.");
        using var scope = NewDisposeScope();
        var x = torch.ones(2, 4);

        var error = Assert.Throws<TorchException>(() => Ops.rms_norm(x, [4]));

        Assert.Equal(TorchErrorCode.MissingOperator, error.Code);
        Assert.Contains("needs libtorch 2.4 or newer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NotASchema_ShowsTheForm()
    {
        var error = Assert.Throws<FormatException>(() => Schema.Parse("aten::add(Tensor self"));

        Assert.Contains("aten::name[.overload]", error.Message, StringComparison.Ordinal);
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "engine", "Ops");
            if (File.Exists(Path.Combine(candidate, "ops.txt")))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException("engine/Ops/ops.txt is in no folder above the tests.");
    }
}
