namespace Parallax.Plugins.Backbones;

/// <summary>The two fully connected layers behind the convolutions of AlexNet and VGG. Linear layers are numbered as in torchvision.</summary>
/// <param name="Width">Width of both; 0 leaves them out.</param>
/// <param name="IsNormalised">Whether each is a linear layer without bias and a batch normalisation.</param>
/// <param name="Dropout">Probability of dropout beside each, a fraction in [0, 1).</param>
/// <param name="FinalRelu">Whether the second ends with a ReLU.</param>
internal sealed record DenseLayers(int Width, bool IsNormalised, double Dropout, bool FinalRelu)
{
    private const double InitialStd = 0.01;

    /// <summary>Which modules make each of them, for <see cref="LayerRules.Plain"/>; none where there are none.</summary>
    /// <param name="field">The name of what <see cref="Create"/> gave.</param>
    /// <param name="dropsFirst">As for <see cref="Create"/>.</param>
    public IReadOnlyList<string[]> Modules(string field, bool dropsFirst) => Width == 0 ? []
        : [[$"{field}.{(dropsFirst ? 1 : 0)}", $"{field}.norm1"], [$"{field}.{(dropsFirst ? 4 : 3)}", $"{field}.norm2"]];

    /// <summary>Makes them: 0 dropout, 1 linear, 2 ReLU, 3 dropout, 4 linear, 5 ReLU, as in AlexNet; or 0 linear, 1 ReLU, 2 dropout, 3 linear, 4 ReLU, as in
    /// VGG. Normalisations are <c>norm1</c> and <c>norm2</c>.</summary>
    /// <param name="inputs">Width of the flattened map.</param>
    /// <param name="dropsFirst">Whether dropout comes before each linear layer, as in AlexNet, or behind the first, as in VGG.</param>
    public Module<Tensor, Tensor> Create(long inputs, bool dropsFirst)
    {
        var modules = new List<(string, Module<Tensor, Tensor>)>();
        var place = 0;
        AddIf(dropsFirst, Drop);
        AddLayer(inputs, number: 1);
        Add(ReLU(inplace: true));
        Add(Drop());
        AddLayer(Width, number: 2);
        AddIf(FinalRelu, () => ReLU(inplace: true));

        return Sequential(modules);

        Module<Tensor, Tensor> Drop() => torch.nn.Dropout(Dropout);

        void Add(Module<Tensor, Tensor> module) => modules.Add(($"{place++}", module));

        void AddIf(bool condition, Func<Module<Tensor, Tensor>> create)
        {
            if (condition)
            {
                Add(create());
            }
        }

        void AddLayer(long width, int number)
        {
            var linear = Linear(width, Width, hasBias: !IsNormalised);
            init.normal_(linear.weight!, 0, InitialStd);
            if (linear.bias is { } bias)
            {
                init.zeros_(bias);
            }

            Add(linear);
            if (IsNormalised)
            {
                modules.Add(($"norm{number}", BatchNorm1d(Width)));
            }
        }
    }
}
