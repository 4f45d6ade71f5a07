namespace Parallax.Plugins.Parts;

/// <summary>How a clip is cut out of larger frames: the part of every frame, mirrored or not, then turned.</summary>
/// <param name="Crop">The part.</param>
/// <param name="IsMirrored">Whether left and right change places.</param>
/// <param name="Turns">Quarter turns counter-clockwise, 0 to 3.</param>
internal readonly record struct ClipCut(OverlappingCrop Crop, bool IsMirrored, int Turns)
{
    /// <summary>Cuts a part out of every clip, on the device of the clips, and resizes it by bilinear interpolation.</summary>
    /// <param name="clips">[N, C, T, H, W].</param>
    /// <param name="cuts">One per clip, inside of its frames.</param>
    /// <param name="side">Side S of the result in pixels.</param>
    /// <returns>[N, C, T, S, S] float32, without gradients.</returns>
    public static Tensor Of(Tensor clips, IReadOnlyList<ClipCut> cuts, int side)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var (c, t, height, width) = (clips.shape[1], clips.shape[2], clips.shape[3], clips.shape[4]);
        var middles = (arange(side, dtype: float32, device: clips.device) + 0.5f) / side;                          // [S], of pixels, as shares of a side
        var columns = Places(Each(cut => cut.Crop.X), Each(cut => cut.Crop.Width), width);                         // [N, S]
        var rows = Places(Each(cut => cut.Crop.Y), Each(cut => cut.Crop.Height), height);                          // [N, S]
        var grid = stack([columns.unsqueeze(1).expand(-1, side, -1), rows.unsqueeze(2).expand(-1, -1, side)], 1);   // [N, 2, S, S], columns before rows
        var mirrored = tensor(cuts.Select(cut => cut.IsMirrored).ToArray(), device: clips.device).view(-1, 1, 1, 1);   // [N, 1, 1, 1]
        var turned = QuarterTurns.Of(where(mirrored, grid.flip(3), grid), [.. cuts.Select(cut => cut.Turns)]);     // [N, 2, S, S]: places move as pixels do
        var frames = clips.to(float32).flatten(1, 2);                                                              // [N, C T, H, W]
        var sampled = F.grid_sample(frames, turned.permute(0, 2, 3, 1), padding_mode: GridSamplePaddingMode.Border, align_corners: false);

        return sampled.view(-1, c, t, side, side).MoveToOuterDisposeScope();                                           // [N, C, T, S, S]

        Tensor Each(Func<ClipCut, int> value) => tensor(cuts.Select(one => (float)value(one)).ToArray(), device: clips.device).unsqueeze(1);   // [N, 1]

        // grid_sample counts from -1, the outer side of the first pixel, to 1, that of the last.
        Tensor Places(Tensor starts, Tensor lengths, long frame) => ((starts + (middles * lengths)) * 2 / frame) - 1;   // [N, S]
    }

    /// <summary>Draws the cuts of two clips whose parts overlap by one of the rates of <see cref="OverlapRates"/>.</summary>
    /// <param name="random">The generator; the draws are made on a copy.</param>
    /// <param name="frame">Size of the frames.</param>
    /// <remarks>Zhang et al., AAAI 2022, https://arxiv.org/abs/2112.08913, as in the authors' code: the first part has 20 % to 100 % of the frame and a shape
    /// of 3/4 to 4/3; it, the rate, the corner and the width of what is common are drawn until both parts lie in the frame.</remarks>
    public static (ClipCut First, ClipCut Second) Pair(CounterRandom random, ImageSize frame)
    {
        const int corners = 4;
        while (true)
        {
            var first = OverlappingCrop.Draw(ref random, frame);
            var overlapClass = random.NextInt(OverlapRates.Count);
            var corner = (SharedCorner)random.NextInt(corners);
            var (narrowest, widest) = first.SharedWidths(overlapClass);
            var second = first.Second(overlapClass, corner, narrowest + random.NextInt(widest - narrowest + 1));
            if (first.IsInside(frame.Width, frame.Height) && second.IsInside(frame.Width, frame.Height))
            {
                return (Draw(ref random, first), Draw(ref random, second));
            }
        }
    }

    private static ClipCut Draw(ref CounterRandom random, OverlappingCrop crop)
    {
        var isMirrored = random.Chance(0.5);

        return new(crop, isMirrored, random.NextInt(QuarterTurns.Count));
    }
}
