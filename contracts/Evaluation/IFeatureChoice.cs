namespace Parallax.Contracts;

/// <summary>Declares that a protocol looks at other features than those that the backbone itself returns. The evaluator implements it.</summary>
public interface IFeatureChoice
{
    /// <summary>What it looks at.</summary>
    FeatureTokens Tokens { get; }
}

/// <summary>Which features of an image a protocol looks at. All but the first need a backbone that works on tokens, and look at its normalised ones.</summary>
public enum FeatureTokens
{
    /// <summary>What the backbone returns.</summary>
    Pooled,

    /// <summary>The class token.</summary>
    Class,

    /// <summary>The mean of the patch tokens.</summary>
    Mean,

    /// <summary>The class token and the mean of the patch tokens, one behind the other: twice as wide.</summary>
    Both,
}
