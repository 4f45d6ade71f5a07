namespace Parallax.Plugins.Parts;

/// <summary>Clips as batches of frames, for what looks at one frame at a time.</summary>
internal static class FrameBatch
{
    /// <summary>The frames of all clips, clip by clip.</summary>
    /// <param name="clips">[N, C, T, H, W].</param>
    /// <returns>[N T, C, H, W].</returns>
    /// <exception cref="ArgumentException">The tensor has another number of dimensions.</exception>
    public static Tensor Of(Tensor clips)
    {
        if (clips.shape.Length != 5)
        {
            throw new ArgumentException($"'{nameof(clips)}' has the shape [{string.Join(", ", clips.shape)}]; expected clips, [N, C, T, H, W].", nameof(clips));
        }

        return clips.transpose(1, 2).flatten(0, 1);   // [N T, C, H, W]
    }

    /// <summary>The inverse of <see cref="Of"/>.</summary>
    /// <param name="frames">[N T, C, H, W].</param>
    /// <param name="perClip">Frames T of a clip.</param>
    /// <returns>[N, C, T, H, W].</returns>
    public static Tensor ToClips(Tensor frames, long perClip) => frames.unflatten(0, [-1, perClip]).transpose(1, 2);   // [N, C, T, H, W]
}
