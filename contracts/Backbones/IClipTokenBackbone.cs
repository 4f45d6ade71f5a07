namespace Parallax.Contracts;

/// <summary>Declares that a backbone works on tokens of clips, of which those of a moment form a map: <see cref="ITokenBackbone.EmbedPatches"/> gives
/// [N, t, h, w, <see cref="ITokenBackbone.PatchDim"/>], and encoded tokens stand moment by moment and row by row, t of them in time too.</summary>
public interface IClipTokenBackbone : ITokenBackbone
{
    /// <summary>Frames from one moment to the next: clips of T frames have t = T / <see cref="TokenFrames"/> moments, rounded up.</summary>
    int TokenFrames { get; }
}
