namespace Parallax.Contracts;

/// <summary>A backbone that a method builds around those of the <see cref="ChannelBackboneFactory"/>: with a fixed front end before it, or of two
/// halves.</summary>
public interface IDerivedBackbone : IBackbone
{
    /// <summary>Builds another one of the same structure, freshly initialised: the host copies weights into it, for fine-tuning.</summary>
    /// <param name="backbones">Makes the backbones in it.</param>
    IBackbone Again(ChannelBackboneFactory backbones);
}
