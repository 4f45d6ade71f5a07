namespace Parallax.Plugins.Parts;

/// <summary>
/// Batch normalisation in groups: a batch on one device behaves as if it were spread over S devices, each with its own statistics.
/// Sample n belongs to group n mod S. In evaluation it is ordinary batch normalisation.
/// </summary>
/// <remarks>
/// <c>SplitBatchNorm</c> of the authors' CIFAR-10 demo of He et al., "Momentum Contrast for Unsupervised Visual Representation Learning", CVPR 2020,
/// https://arxiv.org/abs/1911.05722. All groups share scale and shift; the running statistics are the mean of the groups'.
/// State-dictionary names are those of <c>BatchNorm2d</c>, so weights travel between the two.
/// </remarks>
public sealed class SplitBatchNorm2d : Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Tensor running_mean;
    private readonly Tensor running_var;
    private readonly Tensor num_batches_tracked;
    private readonly int _groups;
    private readonly double _eps;

    /// <summary>Makes the layer: scale 1, shift 0, running mean 0, running variance 1.</summary>
    /// <param name="channels">Channels C of the input.</param>
    /// <param name="groups">Groups S, at least 1; the batch must be a multiple of it.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="momentum">Weight of the newest batch in the running statistics, a fraction in [0, 1].</param>
    public SplitBatchNorm2d(long channels, int groups, double eps = 1e-5, double momentum = 0.1)
        : base(nameof(SplitBatchNorm2d))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        (_groups, _eps, Momentum) = (groups, eps, momentum);
        weight = new Parameter(ones([channels]));
        bias = new Parameter(zeros([channels]));
        running_mean = zeros([channels]);
        running_var = ones([channels]);
        num_batches_tracked = zeros(Array.Empty<long>(), dtype: int64);
        RegisterComponents();
    }

    /// <summary>Weight of the newest batch in the running statistics, a fraction in [0, 1]; at 0 they stay as they are, bit for bit.</summary>
    public double Momentum { get; set; }

    /// <summary>Normalises a batch.</summary>
    /// <param name="input">[N, C, H, W]; in training N is a multiple of the groups.</param>
    /// <returns>[N, C, H, W].</returns>
    /// <exception cref="ArgumentException">N is not a multiple of the groups.</exception>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        if (!training)
        {
            return F.batch_norm(input, running_mean, running_var, weight, bias, training: false, Momentum, _eps).MoveToOuterDisposeScope();
        }

        var (n, c, h, w) = (input.shape[0], input.shape[1], input.shape[2], input.shape[3]);
        if (n % _groups != 0)
        {
            throw new ArgumentException(
                $"A batch of {n} cannot be split into {_groups} equal groups; make trainer.batchSize a multiple of backbone.splits.", nameof(input));
        }

        var mean = running_mean.repeat(_groups);       // [S C]
        var variance = running_var.repeat(_groups);    // [S C]
        var grouped = input.reshape(n / _groups, _groups * c, h, w);   // [N/S, S C, H, W]: neighbours in the batch become channels of one sample
        var output = F.batch_norm(grouped, mean, variance, weight.repeat(_groups), bias.repeat(_groups), training: true, Momentum, _eps);
        using (no_grad())
        {
            num_batches_tracked.add_(1);
            if (Momentum > 0)
            {
                running_mean.copy_(mean.view(_groups, c).mean([0]));
                running_var.copy_(variance.view(_groups, c).mean([0]));
            }
        }

        return output.view(n, c, h, w).MoveToOuterDisposeScope();   // [N, C, H, W]
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input) => graph.BatchNorm(input, weight, bias, running_mean, running_var, _eps);
}
