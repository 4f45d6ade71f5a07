namespace Parallax.Plugins.Tests.Parts.Motion;

/// <summary>Grey clips of a textured square before a textured background.</summary>
internal static class MovingSquares
{
    public const int Side = 40, Square = 12;
    private const int Column = 14, Row = 12;   // in the middle frame

    /// <summary>Three frames, [1, 3, 40, 40].</summary>
    /// <param name="seed">Of the textures.</param>
    /// <param name="square">Motion of the square from frame to frame, right and down in pixels; null for no square.</param>
    /// <param name="camera">Motion of the background.</param>
    public static Tensor Of(ulong seed, (int Right, int Down)? square, (int Right, int Down) camera)
    {
        var (background, inside) = (Texture(seed, 2 * Side), Texture(seed + 100, Square));
        var frames = new List<Tensor>();
        for (var t = -1; t <= 1; t++)
        {
            var frame = background.narrow(0, (Side / 2) - (camera.Down * t), Side).narrow(1, (Side / 2) - (camera.Right * t), Side).clone();
            if (square is { } motion)
            {
                frame.narrow(0, Row + (motion.Down * t), Square).narrow(1, Column + (motion.Right * t), Square).copy_(inside);
            }

            frames.Add(frame);
        }

        return stack(frames).unsqueeze(0);
    }

    /// <summary>Where the square is in the middle frame, [40, 40] bool.</summary>
    public static Tensor Truth()
    {
        var truth = zeros(Side, Side);
        truth.narrow(0, Row, Square).narrow(1, Column, Square).fill_(1);

        return truth.to(@bool);
    }

    // Patches of two pixels, in [0, 1].
    private static Tensor Texture(ulong seed, int side) =>
        Tensors.Normal(seed, side / 2, side / 2).sigmoid().repeat_interleave(2, 0).repeat_interleave(2, 1);
}
