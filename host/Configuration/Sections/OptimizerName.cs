using System.Runtime.Serialization;

namespace Parallax.Host.Configuration;

/// <summary>Rule that turns gradients into updates.</summary>
public enum OptimizerName
{
    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>Kingma and Ba, Adam, 2015; weight decay is part of the gradient.</summary>
    Adam,

    /// <summary>Loshchilov and Hutter, 2019: Adam with weight decay apart from the gradient.</summary>
    [EnumMember(Value = "adamw")]
    AdamW,

    /// <summary>You et al., 2017: SGD with a step per layer in proportion to its weights; see <c>larsVariant</c>.</summary>
    Lars,

    /// <summary>You et al., 2020: AdamW with a step per layer in proportion to its weights.</summary>
    Lamb,
}
