using Parallax.Host.Plugins;
using Parallax.Tests;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>N processes with B / N images each are one process with B images, for every method and some variants. A new plugin is tested by being
/// discovered.</summary>
/// <remarks>
/// Not bit by bit: sums over a batch are rounded in another order, a rectifier near zero turns such a difference into a gradient that is there or not, and
/// batch normalisation over 12 images spreads it (measured: up to 0.6 % of a gradient's norm). A gradient that is lost, doubled, of the wrong rows or of this
/// process's negatives only is off by far more.
/// </remarks>
public sealed class ProcessConformanceTests(RankRuns runs) : IClassFixture<RankRuns>
{
    private const double LossTolerance = 1e-3;      // of the loss, and as much in absolute terms
    private const double GradientTolerance = 0.02;  // of the norm of a parameter's gradient
    private const double StateTolerance = 0.05;     // of the norm of what training changed in a tensor

    /// <summary>Of the largest gradient: gradients that are zero in exact arithmetic, such as those of a bias before batch normalisation, are nothing but
    /// rounding.</summary>
    private const double GradientFloor = 1e-4;

    /// <summary>Of the norm of a tensor: some steps of rounding to float32.</summary>
    private const double StateFloor = 1e-6;

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            var variants = MethodVariant.All.Select(variant => variant.Name);
            foreach (var name in ConformanceHost.Catalog.Of(PluginKind.Method).Select(plugin => plugin.Name).Concat(variants))
            {
                foreach (var size in RankRuns.Worlds.Where(size => size > 1))
                {
                    cases.Add(name, size);
                }
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Train_InSeveralProcesses_IsTrainingInOne(string method, int processes)
    {
        using var scope = torch.NewDisposeScope();
        var expected = runs.Read(method, size: 1, rank: 0);

        for (var rank = 0; rank < processes; rank++)
        {
            var actual = runs.Read(method, processes, rank);

            Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
            var faults = expected.Keys.Where(name => !IsSame(name, expected, actual)).ToList();
            Assert.True(faults.Count == 0, $"rank {rank} of {processes}, {faults.Count} of {expected.Count} tensors: "
                + $"{string.Join("; ", faults.Take(5).Select(name => Describe(name, expected, actual)))}");
        }
    }

    [Fact]
    public void Train_OfAnyMethod_GivesGradientsAndChangesState()
    {
        Assert.All(Cases.Select(row => row.Data.Item1).Distinct(), method =>
        {
            using var scope = torch.NewDisposeScope();
            var tensors = runs.Read(method, size: 1, rank: 0);

            Assert.Equal(RankRuns.Steps, tensors["losses"].numel());
            Assert.True(LargestGradient(tensors) > 0);
            Assert.Contains(tensors, pair => pair.Key.StartsWith("moved.", StringComparison.Ordinal) && Norm(pair.Value) > 0);
        });
    }

    private static bool IsSame(string name, Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual)
    {
        var (kind, tensor) = (name.Split('.', 2)[0], expected[name]);
        if (!actual[name].shape.SequenceEqual(tensor.shape))
        {
            return false;
        }

        return kind switch
        {
            "losses" => actual[name].allclose(tensor, LossTolerance, LossTolerance),
            "gradient" => Distance(name, expected, actual) <= (GradientTolerance * Norm(tensor)) + (GradientFloor * LargestGradient(expected)),
            "moved" => Distance(name, expected, actual) <= (StateTolerance * Norm(tensor)) + (StateFloor * (1 + Norm(expected["state" + name[kind.Length..]]))),
            _ => tensor.is_floating_point() || actual[name].eq(tensor).all().item<bool>(),   // floating point: as "moved"
        };
    }

    private static double LargestGradient(Dictionary<string, Tensor> tensors) =>
        tensors.Where(pair => pair.Key.StartsWith("gradient.", StringComparison.Ordinal)).Max(pair => Norm(pair.Value));

    private static string Describe(string name, Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual) =>
        $"{name} is off by {Distance(name, expected, actual):G3} of {Norm(expected[name]):G3}";

    private static double Distance(string name, Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual) =>
        Norm(actual[name].to(float64) - expected[name].to(float64));

    private static double Norm(Tensor tensor) => tensor.to(float64).pow(2).sum().sqrt().item<double>();
}
