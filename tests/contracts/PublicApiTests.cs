using Parallax.Contracts;
using PublicApiGenerator;

namespace Parallax.Contracts.Tests;

/// <summary>Breaking a plugin outside this repository is a decision, not an accident.</summary>
public sealed class PublicApiTests
{
    private const string Approved = "PublicApi.approved.txt", Switch = "PARALLAX_APPROVE";

    // The attributes of the assembly say nothing about how it is used.
    private static readonly ApiGeneratorOptions Surface = new() { IncludeAssemblyAttributes = false };

    [Fact]
    public void PublicApi_OfContracts_IsApproved()
    {
        var got = typeof(IMethod).Assembly.GeneratePublicApi(Surface).ReplaceLineEndings("\n").Split('\n');
        var path = Path.Combine(RepositoryRoot(), "tests", "contracts", Approved);
        if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            File.WriteAllText(path, string.Join('\n', got) + "\n");
        }

        var approved = File.ReadAllLines(path);

        string[] differences =
            [.. Named(approved).Except(Named(got)).Select(line => $"- {line}"), .. Named(got).Except(Named(approved)).Select(line => $"+ {line}")];
        Assert.True(
            approved.SequenceEqual(got),
            $"""
            The public surface of contracts/ is not the approved one (- approved, + now):
            {string.Join(Environment.NewLine, differences)}
            A line with - breaks plugins that use it; a new member of an interface breaks its implementers unless it has a default.
            If the change is meant, accept it with: {Switch}=1 dotnet run --project tests/contracts
            and commit tests/contracts/{Approved}.
            """);
    }

    /// <summary>Each line after its type: two types may have members of the same name.</summary>
    private static IEnumerable<string> Named(IEnumerable<string> lines)
    {
        var type = "";
        foreach (var line in lines)
        {
            var isType = line.StartsWith("    p", StringComparison.Ordinal);
            type = isType ? line.Trim() : type;
            yield return isType ? type : $"{type} {line.Trim()}";
        }
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Framework.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No Framework.sln above {AppContext.BaseDirectory}: run this test from its build "
            + "output in the repository.");
    }
}
