namespace Parallax.Plugins.Parts;

/// <summary>Predicts codes of a grid in one direction: from each row those some rows below, by linear maps of their context.</summary>
/// <remarks>
/// Hénaff et al., "Data-Efficient Image Recognition with Contrastive Predictive Coding", ICML 2020, https://arxiv.org/abs/1905.09272, pseudo-code of the
/// appendix. The other directions are the same on a turned grid, each with layers of its own.
/// </remarks>
public sealed class GridPredictor : Module
{
    private readonly MaskedContext context;
    private readonly Module<Tensor, Tensor> targets;
    private readonly ModuleList<Module<Tensor, Tensor>> predictors;

    /// <summary>Builds the layers.</summary>
    /// <param name="channels">Width F of the codes.</param>
    /// <param name="dimension">Width D of targets and predictions.</param>
    /// <param name="contextDim">Width inside of the context network's blocks.</param>
    /// <param name="contextBlocks">Blocks of the context network.</param>
    /// <param name="offsets">How many distances in rows are predicted.</param>
    public GridPredictor(long channels, long dimension, int contextDim, int contextBlocks, int offsets)
        : base(nameof(GridPredictor))
    {
        context = new(channels, contextDim, contextBlocks);
        targets = Conv2d(channels, dimension, 1);
        predictors = ModuleList<Module<Tensor, Tensor>>([.. Enumerable.Range(0, offsets).Select(_ => Conv2d(channels, dimension, 1))]);
        RegisterComponents();
    }

    /// <summary>A grid turned so that another direction points down.</summary>
    /// <param name="codes">[N, F, R, R].</param>
    /// <param name="turns">Quarter turns clockwise: 0 predicts downwards, 1 to the right, 2 upwards, 3 to the left.</param>
    /// <returns>[N, F, R, R].</returns>
    public static Tensor Turned(Tensor codes, int turns) => codes.rot90(-turns, (2, 3));

    /// <summary>What is predicted of each cell.</summary>
    /// <param name="codes">[N, F, R, R].</param>
    /// <returns>[N, D, R, R].</returns>
    public Tensor Targets(Tensor codes) => targets.call(codes);

    /// <summary>What each cell predicts, for each offset.</summary>
    /// <param name="codes">[N, F, R, R].</param>
    /// <returns>One of [N, D, R, R] for each offset.</returns>
    public IReadOnlyList<Tensor> Predictions(Tensor codes)
    {
        using var scope = NewDisposeScope();
        var c = context.call(codes);   // [N, F, R, R]

        return [.. predictors.Select(predictor => predictor.call(c).MoveToOuterDisposeScope())];   // [N, D, R, R] each
    }
}
