namespace Parallax.Plugins.Evaluators;

/// <summary>What stands between the features of clips and the scores of their classes.</summary>
internal sealed class ClipHead : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor>? norm;
    private readonly Module<Tensor, Tensor>? dropout;
    private readonly Module<Tensor, Tensor> linear;
    private readonly bool _normalise;

    /// <param name="width">Width F of the features.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="normalise">Whether features are given the length 1.</param>
    /// <param name="batchNorm">Whether a batch normalisation with scale and shift follows.</param>
    /// <param name="dropped">Share of the numbers that are left out in training, a fraction in [0, 1).</param>
    /// <param name="std">Standard deviation of the first weights.</param>
    public ClipHead(int width, int classes, bool normalise, bool batchNorm, double dropped, double std)
        : base(nameof(ClipHead))
    {
        _normalise = normalise;
        norm = batchNorm ? BatchNorm1d(width) : null;
        dropout = dropped > 0 ? Dropout(dropped) : null;
        var layer = Linear(width, classes);
        init.normal_(layer.weight!, 0, std);
        init.zeros_(layer.bias!);
        linear = layer;
        RegisterComponents();
    }

    /// <param name="input">Features, [N, F] float32.</param>
    /// <returns>[N, classes] float32.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var h = _normalise ? F.normalize(input) : input;    // [N, F]
        h = norm is null ? h : norm.call(h);
        h = dropout is null ? h : dropout.call(h);

        return linear.call(h).MoveToOuterDisposeScope();    // [N, classes]
    }
}
