using System.Text.RegularExpressions;

namespace Parallax.Host.Tests.Architecture;

/// <summary>Calls that compile and mean something else than they say.</summary>
public sealed partial class TensorCallTests
{
    private static readonly string[] Folders = ["contracts", "torch", "host", "plugins", "tests", "benchmarks"];

    // TorchSharp has no sum over one dimension that takes a number: the 0 is taken for the element type with that number, and
    // all elements are added up as bytes.
    [Fact]
    public void Sources_SumOverDimension0_IsWrittenWithBrackets()
    {
        var calls = from folder in Folders
                    from file in Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, folder), "*.cs", SearchOption.AllDirectories)
                    where Path.GetFileName(file) != $"{nameof(TensorCallTests)}.cs"
                    from line in File.ReadLines(file).Select((text, index) => (text, number: index + 1))
                    let code = line.text.Split("//")[0]
                    where SumOfZero().IsMatch(code)
                    select $"{file}:{line.number}: write sum([0]) for a sum over dimension 0: {code.Trim()}";

        Assert.Empty(calls);
    }

    [GeneratedRegex(@"\.(sum|prod)\(0[,)]")]
    private static partial Regex SumOfZero();
}
