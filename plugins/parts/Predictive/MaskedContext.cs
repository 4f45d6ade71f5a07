namespace Parallax.Plugins.Parts;

/// <summary>Summarises what lies above each cell of a grid of codes: row r of the result depends on rows 0 to r only.</summary>
/// <remarks>
/// Hénaff et al., "Data-Efficient Image Recognition with Contrastive Predictive Coding", ICML 2020, https://arxiv.org/abs/1905.09272, pseudo-code of the
/// appendix: residual blocks, then one ReLU. lightning-bolts pads the missing upper row with ones; here it is zeros, as in the paper.
/// </remarks>
public sealed class MaskedContext : Module<Tensor, Tensor>
{
    private readonly ModuleList<Module<Tensor, Tensor>> blocks;

    /// <summary>Builds the blocks.</summary>
    /// <param name="channels">Width F of the codes.</param>
    /// <param name="hidden">Width inside of a block; the paper: 256.</param>
    /// <param name="depth">Number of blocks; the paper: 5.</param>
    public MaskedContext(long channels, long hidden, int depth)
        : base(nameof(MaskedContext))
    {
        blocks = ModuleList<Module<Tensor, Tensor>>([.. Enumerable.Range(0, depth).Select(_ => new MaskedContextBlock(channels, hidden))]);
        RegisterComponents();
    }

    /// <summary>The context of every cell.</summary>
    /// <param name="codes">[N, F, R, R].</param>
    /// <returns>[N, F, R, R], not negative.</returns>
    public override Tensor forward(Tensor codes)
    {
        using var scope = NewDisposeScope();

        return blocks.Aggregate(codes, (x, block) => x + block.call(x)).relu().MoveToOuterDisposeScope();   // [N, F, R, R]
    }
}

/// <summary>One residual branch of the context: neighbours beside a cell, then the cell above.</summary>
internal sealed class MaskedContextBlock : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> conv1, conv2, conv3, conv4;

    public MaskedContextBlock(long channels, long hidden)
        : base(nameof(MaskedContextBlock))
    {
        conv1 = Conv2d(channels, hidden, 1);
        conv2 = Conv2d(hidden, hidden, (1, 3), padding: (0, 1));
        conv3 = Conv2d(hidden, hidden, (2, 1));
        conv4 = Conv2d(hidden, channels, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)   // [N, F, R, R]
    {
        using var scope = NewDisposeScope();
        var x = conv2.call(conv1.call(input).relu_());       // [N, hidden, R, R]
        x = conv3.call(F.pad(x, [0, 0, 1, 0])).relu_();      // [N, hidden, R, R]: a row of zeros above, then each row with the one above it

        return conv4.call(x).MoveToOuterDisposeScope();      // [N, F, R, R]
    }
}
