namespace Parallax.Plugins.Parts;

/// <summary>Which of queries, keys and values have a bias.</summary>
public enum QkvBias
{
    /// <summary>All three, in one layer: timm.</summary>
    All,

    /// <summary>None.</summary>
    None,

    /// <summary>Queries and values, as <c>q_bias</c> and <c>v_bias</c>: BEiT. A bias of the keys adds the same to all products of a query, which softmax
    /// ignores.</summary>
    QueryValue,
}
