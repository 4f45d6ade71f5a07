namespace Parallax.Torch.Modules;

/// <summary>Scale, shift and running statistics of a normalisation over channels.</summary>
public abstract class NormBase : Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    [ComponentName(Name = nameof(running_mean))]
    private Tensor? _runningMean;

    [ComponentName(Name = nameof(running_var))]
    private Tensor? _runningVariance;

    [ComponentName(Name = nameof(num_batches_tracked))]
    private Tensor? _batchesTracked;

    private protected NormBase(
        string name, long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(name)
    {
        this.num_features = num_features;
        this.eps = eps;
        this.momentum = momentum;
        this.affine = affine;
        this.track_running_stats = track_running_stats;
        if (affine)
        {
            weight = new Parameter(ones([num_features], dtype, device));
            bias = new Parameter(zeros([num_features], dtype, device));
        }

        if (track_running_stats)
        {
            running_mean = zeros([num_features], dtype, device);
            running_var = ones([num_features], dtype, device);
            num_batches_tracked = zeros(Array.Empty<long>(), ScalarType.Int64, device);
        }
    }

    /// <summary>Number of channels.</summary>
    public long num_features { get; }

    /// <summary>Added to the variance.</summary>
    public double eps { get; set; }

    /// <summary>Share of the new batch in the running statistics; null averages all batches.</summary>
    public double? momentum { get; set; }

    /// <summary>Whether there are scale and shift.</summary>
    public bool affine { get; }

    /// <summary>Whether statistics are kept for evaluation.</summary>
    public bool track_running_stats { get; }

    /// <summary>Scale, [C]; there is none when not affine.</summary>
    public Parameter weight
    {
        get => _weight!;   // TorchSharp promises it, so that plugin code reads alike
        set => _weight = ReplaceParameter(nameof(weight), _weight, value);
    }

    /// <summary>Shift, [C]; null when not affine.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => _bias = ReplaceParameter(nameof(bias), _bias, value);
    }

    /// <summary>Mean for evaluation, [C]; null when not tracked.</summary>
    public Tensor? running_mean
    {
        get => _runningMean;
        set => _runningMean = ReplaceBuffer(nameof(running_mean), _runningMean, value);
    }

    /// <summary>Unbiased variance for evaluation, [C]; null when not tracked.</summary>
    public Tensor? running_var
    {
        get => _runningVariance;
        set => _runningVariance = ReplaceBuffer(nameof(running_var), _runningVariance, value);
    }

    /// <summary>Batches seen in training, [] int64; null when not tracked.</summary>
    public Tensor? num_batches_tracked
    {
        get => _batchesTracked;
        set => _batchesTracked = ReplaceBuffer(nameof(num_batches_tracked), _batchesTracked, value);
    }

    /// <summary>Forgets the statistics.</summary>
    public void reset_running_stats()
    {
        _runningMean?.zero_();
        _runningVariance?.fill_(1);
        _batchesTracked?.zero_();
    }

    /// <summary>Forgets statistics, scale and shift.</summary>
    public void reset_parameters()
    {
        reset_running_stats();
        using var noGradient = no_grad();
        _weight?.fill_(1);
        _bias?.zero_();
    }
}
