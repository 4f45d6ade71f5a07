namespace Parallax.Engine;

/// <summary>Stochastic depth: in training, leaves out the whole branch of a sample with a probability and scales up the others.</summary>
/// <remarks>Huang et al., ECCV 2016, https://arxiv.org/abs/1603.09382. Not part of TorchSharp.</remarks>
public sealed class DropPath : nn.Module<Tensor, Tensor>
{
    /// <summary>A branch that is dropped with a probability.</summary>
    /// <param name="dropProbability">A fraction in [0, 1).</param>
    public DropPath(double dropProbability)
        : base(nameof(DropPath))
    {
        DropProbability = dropProbability is >= 0 and < 1
            ? dropProbability
            : throw new ArgumentOutOfRangeException(nameof(dropProbability), dropProbability, "A fraction in [0, 1).");
    }

    /// <summary>Probability that a sample loses the branch.</summary>
    public double DropProbability { get; }

    /// <summary>Drops the branch of some samples.</summary>
    /// <param name="input">The branch, [N, ...].</param>
    public override Tensor forward(Tensor input)
    {
        if (!training || DropProbability == 0)
        {
            return input.Twin();
        }

        long[] sizes = [input.size(0), .. Enumerable.Repeat(1L, (int)input.dim() - 1)];
        using var kept = input.new_empty(sizes);   // [N, 1, ...]
        kept.bernoulli_(1 - DropProbability).div_(1 - DropProbability);
        return input.mul(kept);
    }
}
