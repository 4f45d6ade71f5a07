using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>What several tasks read of one trunk: each a linear combination of the trunk's units with weights of its own, which an L1 penalty makes
/// sparse.</summary>
/// <remarks>
/// <para>Doersch and Zisserman, "Multi-task Self-Supervised Visual Learning", ICCV 2017, section 3, https://arxiv.org/abs/1708.07860: Rep_t = sum over units
/// m of alpha[t, m] Unit_m, penalty lambda sum |alpha|.</para>
/// <para>The paper's units are the 23 blocks of ResNet-101's third stage, of one shape. Here they are the trunk's maps, made alike: averaged to the grid of the
/// coarsest one, through a 1x1 convolution that the tasks share, and normalised for each image by itself, so that weights of different units compare and the
/// penalty cannot be evaded by larger units.</para>
/// <para>The penalty does not bind the size of a task's weights where what reads them keeps no scale: a head that begins with a layer and batch normalisation,
/// or ends in rows of length one, says the same of weights that are all a tenth, whatever its own weight decay. It then draws all weights of the task towards
/// 0, each by the same amount, so that small ones get there first, until the small constants of the normalisations are seen. How many units are left does not
/// follow from the strength alone; what a task reads are the proportions of its weights.</para>
/// </remarks>
public sealed class TaskLasso : Module
{
    private readonly ModuleList<Module<Tensor, Tensor>> units;
    private readonly Parameter weights;   // [T, L]

    /// <summary>Builds the units; all weights begin as 1 / L.</summary>
    /// <param name="stages">The trunk's maps, L of them.</param>
    /// <param name="width">Channels D of a unit.</param>
    /// <param name="tasks">Number T of tasks.</param>
    public TaskLasso(IReadOnlyList<FeatureStage> stages, int width, int tasks)
        : base(nameof(TaskLasso))
    {
        units = ModuleList<Module<Tensor, Tensor>>([.. stages.Select(stage => Conv2d(stage.Channels, width, 1))]);
        weights = new(full([tasks, stages.Count], 1.0 / stages.Count));
        RegisterComponents();
    }

    /// <summary>What a task reads.</summary>
    /// <param name="maps">Maps of the trunk, coarsest last, each [N, C, h, w].</param>
    /// <param name="task">Which task, from 0.</param>
    /// <returns>[N, D, h, w] float32, of the size of the last map.</returns>
    public Tensor Read(IReadOnlyList<Tensor> maps, int task)
    {
        using var scope = NewDisposeScope();
        long[] grid = [.. maps[^1].shape.TakeLast(2)];
        var alike = units.Zip(maps, (unit, map) => F.group_norm(unit.call(F.adaptive_avg_pool2d(map, grid)).to(float32), 1));   // L of [N, D, h, w]

        return Combined(stack([.. alike]), weights.narrow(0, task, 1)).squeeze(0).MoveToOuterDisposeScope();   // [N, D, h, w]
    }

    /// <summary>The penalty on the weights of all tasks.</summary>
    /// <param name="strength">Lambda, not negative.</param>
    /// <returns>Scalar, [].</returns>
    public Tensor Penalty(double strength) => Penalty(weights, strength);

    /// <summary>Combines units for every task.</summary>
    /// <param name="units">[L, ...].</param>
    /// <param name="weights">Alpha, [T, L].</param>
    /// <returns>[T, ...].</returns>
    public static Tensor Combined(Tensor units, Tensor weights)
    {
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();

        return weights.matmul(units.flatten(1)).view([weights.shape[0], .. units.shape.Skip(1)]).MoveToOuterDisposeScope();   // [T, ...]
    }

    /// <summary>Lambda times the sum of all |alpha|.</summary>
    /// <param name="weights">Alpha, [T, L].</param>
    /// <param name="strength">Lambda.</param>
    /// <returns>Scalar, [].</returns>
    public static Tensor Penalty(Tensor weights, double strength)
    {
        using var scope = NewDisposeScope();

        return (strength * weights.abs().sum()).MoveToOuterDisposeScope();   // []
    }
}
