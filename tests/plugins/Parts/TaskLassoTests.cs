using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class TaskLassoTests
{
    private static readonly FeatureStage[] _stages = [new("first", 5, 2), new("second", 6, 4)];
    private static readonly Tensor[] _maps =
        [.. new[] { Tensors.Normal(1, 3, 5, 8, 8), Tensors.Normal(2, 3, 6, 4, 4) }.Select(map => map.DetachFromDisposeScope())];

    [Fact]
    public void Read_AtTheStart_IsTheMeanOfAllUnitsForEveryTask()
    {
        var lasso = new TaskLasso(_stages, width: 7, tasks: 3);

        var read = lasso.Read(_maps, 0);

        Assert.Equal([3, 7, 4, 4], read.shape);
        Tensors.AssertClose(read, lasso.Read(_maps, 2));
        Set(lasso, [1, 0], [0, 1], [0.5f, 0.5f]);
        Tensors.AssertClose((lasso.Read(_maps, 0) + lasso.Read(_maps, 1)) / 2, lasso.Read(_maps, 2));
        Tensors.AssertClose(read, lasso.Read(_maps, 2));
    }

    [Fact]
    public void Read_LargerMaps_ChangeNothing()
    {
        var lasso = new TaskLasso(_stages, width: 7, tasks: 1);
        Zero(lasso);
        var larger = lasso.Read([.. _maps.Select(map => 100 * map)], 0);

        Tensors.AssertClose(lasso.Read(_maps, 0), larger, 1e-3);   // so that weights of units compare
    }

    [Fact]
    public void Backward_Read_ReachesTheOwnRowOnly_ThePenaltyAll()
    {
        var lasso = new TaskLasso(_stages, width: 7, tasks: 2);
        var weights = lasso.parameters(recurse: false).Single();

        lasso.Read(_maps, 1).square().sum().backward();

        Assert.Equal(0, weights.grad![0].abs().max().item<float>());
        Assert.True(weights.grad[1].abs().min().item<float>() > 0);
        weights.grad.zero_();
        lasso.Penalty(0.3).backward();
        Assert.Equal([0.3f, 0.3f, 0.3f, 0.3f], Tensors.Values(weights.grad));
        Assert.Equal(0.3 * 2, lasso.Penalty(0.3).item<float>(), tolerance: 1e-6);   // four weights of a half
    }

    private static void Set(TaskLasso lasso, params float[][] rows)
    {
        using var noGradients = no_grad();
        lasso.parameters(recurse: false).Single().copy_(Tensors.Matrix(rows));
    }

    // without shifts units are proportional to their maps before they are normalised
    private static void Zero(TaskLasso lasso)
    {
        using var noGradients = no_grad();
        foreach (var (_, parameter) in lasso.named_parameters().Where(named => named.name.EndsWith("bias", StringComparison.Ordinal)))
        {
            parameter.zero_();
        }
    }
}
