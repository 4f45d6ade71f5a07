namespace ForgetfulPlugins;

/// <summary>A backbone with a part whose state no checkpoint holds.</summary>
[Plugin("forgetful")]
public sealed class ForgetfulBackbone : Module<Tensor, Tensor>, IBackbone
{
    private readonly Conv2d stem = Conv2d(3, 8, kernel_size: 3);
    private readonly Drift drift = new();

    public ForgetfulBackbone()
        : base(nameof(ForgetfulBackbone)) => RegisterComponents();

    public int FeatureDim => 8;

    public override Tensor forward(Tensor input)   // [N, 3, H, W]
    {
        using var scope = NewDisposeScope();

        return drift.call(F.relu(stem.call(input)).mean([2, 3])).MoveToOuterDisposeScope();   // [N, 8]
    }
}

/// <summary>Counts in a field, which is neither a parameter nor a buffer, how often it was called in training, and lets its output follow.</summary>
public sealed class Drift() : Module<Tensor, Tensor>(nameof(Drift))
{
    private int _calls;

    public override Tensor forward(Tensor input)
    {
        _calls += training ? 1 : 0;

        return input * (1 + (0.01 * _calls));
    }
}
