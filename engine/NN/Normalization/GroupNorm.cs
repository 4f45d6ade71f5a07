namespace Parallax.Torch.Modules;

/// <summary>Normalises each sample over groups of channels.</summary>
/// <remarks>Wu and He, ECCV 2018, https://arxiv.org/abs/1803.08494.</remarks>
public sealed class GroupNorm : Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    internal GroupNorm(long num_groups, long num_channels, double eps, bool affine, Device? device, ScalarType? dtype)
        : base(nameof(GroupNorm))
    {
        if (num_groups < 1 || num_channels % num_groups != 0)
        {
            throw new ArgumentException($"num_channels ({num_channels}) must be a multiple of num_groups ({num_groups}).", nameof(num_groups));
        }

        this.num_groups = num_groups;
        this.eps = eps;
        this.affine = affine;
        if (affine)
        {
            weight = new Parameter(ones([num_channels], dtype, device));
            bias = new Parameter(zeros([num_channels], dtype, device));
        }
    }

    /// <summary>Number of groups.</summary>
    public long num_groups { get; set; }

    /// <summary>Added to the variance.</summary>
    public double eps { get; set; }

    /// <summary>Whether there are scale and shift.</summary>
    public bool affine { get; set; }

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

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.group_norm(input, num_groups, _weight, _bias, eps);
}
