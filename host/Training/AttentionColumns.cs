namespace Parallax.Host.Training;

/// <summary>Shows what a class token attends to: the image, the mean of all heads, then each head, the most attended patch of each white.</summary>
internal static class AttentionColumns
{
    /// <param name="backbone">Gives the maps.</param>
    /// <param name="images">[N, C, H, W], normalised.</param>
    public static IReadOnlyList<PictureColumn> Of(IAttentionMaps backbone, Tensor images)
    {
        var heads = backbone.ClassAttention(images);                                                     // [N, heads, h, w]
        var maps = torch.cat([heads.mean([1], keepdim: true), heads], 1);                                // [N, 1 + heads, h, w]
        var large = F.interpolate(maps / maps.amax([2, 3], keepdim: true), size: [images.shape[2], images.shape[3]]);   // [N, 1 + heads, H, W]

        return
        [
            new("original", images),
            .. large.split(1, 1).Select((map, head) => new PictureColumn(head == 0 ? "attention" : $"head{head}", map) { IsNormalised = false }),
        ];
    }
}
