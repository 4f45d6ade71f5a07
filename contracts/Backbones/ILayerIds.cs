namespace Parallax.Contracts;

/// <summary>Declares in which order the parameters of a backbone lie from input to output: fine-tuning gives early layers smaller learning rates.</summary>
public interface ILayerIds : IBackbone
{
    /// <summary>The numbers of the layers.</summary>
    /// <param name="grouping">How fine they are.</param>
    LayerIds NumberLayers(LayerGrouping grouping);

    /// <summary>Whether weight decay applies to a parameter; biases, normalisation layers and tables are left out.</summary>
    /// <param name="parameter">Named as in the backbone's state dictionary.</param>
    bool IsDecayed(ParameterInfo parameter) => !parameter.IsNormOrBias;
}

/// <summary>Numbers of layers, from the input on.</summary>
/// <param name="Last">Number of the last: the final normalisation's, and that of a head on top.</param>
/// <param name="Of">Number of a parameter, named as in the backbone's state dictionary.</param>
public sealed record LayerIds(int Last, Func<string, int> Of);

/// <summary>How fine the layers of a backbone are numbered.</summary>
public enum LayerGrouping
{
    /// <summary>Every block is a layer.</summary>
    Block,

    /// <summary>Several blocks of a long stage are one layer, where the authors of the backbone do so; else as <see cref="Block"/>.</summary>
    Group,
}
