namespace Parallax.Contracts;

/// <summary>How a library stores the weights of a backbone.</summary>
/// <param name="Library">Its name, for example <c>timm</c>.</param>
/// <param name="NameOf">From a name in the backbone's state dictionary to the library's; <see cref="IForeignWeights.OwnName"/> leads back.</param>
public sealed record WeightLayout(string Library, Func<string, string> NameOf)
{
    /// <summary>A tensor in the shape that the library gives it, by its name in the backbone's state dictionary: the two may differ in sides of 1.</summary>
    public Func<string, Tensor, Tensor> Shaped { get; init; } = (_, value) => value;
}
