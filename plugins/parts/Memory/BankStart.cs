namespace Parallax.Plugins.Parts;

/// <summary>What stands in the rows of an <see cref="ImageBank"/> before an image was seen for the first time.</summary>
public enum BankStart
{
    /// <summary>Random numbers: a whole epoch draws images towards rows that say nothing about them.</summary>
    Random,

    /// <summary>The embedding of the image without augmentation, from one pass over the data before the first epoch.</summary>
    ForwardPass,
}
