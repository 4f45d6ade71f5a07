using Parallax.Contracts;

namespace Parallax.Contracts.Tests;

/// <summary>Breaking a plugin outside this repository is a decision, not an accident.</summary>
public sealed class PublicApiTests
{
    private const string Approved = "PublicApi.approved.txt", Switch = "PARALLAX_APPROVE";

    [Fact]
    public void PublicApi_OfContracts_IsApproved()
    {
        var got = PublicSurface.Describe(typeof(IMethod).Assembly);
        var path = Path.Combine(RepositoryRoot(), "tests", "contracts", Approved);
        if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            File.WriteAllLines(path, got);
        }

        var approved = File.ReadAllLines(path);

        string[] differences = [.. approved.Except(got).Select(line => $"- {line}"), .. got.Except(approved).Select(line => $"+ {line}")];
        Assert.True(
            differences.Length == 0,
            $"""
            The public surface of contracts/ is not the approved one (- approved, + now):
            {string.Join(Environment.NewLine, differences)}
            A line with - breaks plugins that use it; a new member of an interface breaks its implementers unless it has a default.
            If the change is meant, accept it with: {Switch}=1 dotnet run --project tests/contracts
            and commit tests/contracts/{Approved}.
            """);
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Framework.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No Framework.sln above {AppContext.BaseDirectory}: run this test from its build output in the repository.");
    }
}
