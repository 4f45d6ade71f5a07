namespace Parallax.Plugins.Parts;

/// <summary>Encodes crops of several sizes: those of one size go through the network together, as multi-crop methods do.</summary>
/// <remarks>Caron et al., SwAV, NeurIPS 2020, section 3.2, https://arxiv.org/abs/2006.09882: batch statistics are those of all crops of one size.</remarks>
public static class CropGroups
{
    /// <summary>Encodes every view; one pass per image size.</summary>
    /// <param name="views">One [N, C, H, W] per view; sizes may differ.</param>
    /// <param name="encode">From images [M, C, H, W] to features [M, F].</param>
    /// <returns>One [N, F] per view, in the order of the views.</returns>
    public static IReadOnlyList<Tensor> Encode(IReadOnlyList<Tensor> views, Func<Tensor, Tensor> encode) =>
        [.. EncodeEach(views, images => [encode(images)]).Select(features => features[0])];

    /// <summary>As <see cref="Encode"/>, for an encoder that gives several tensors.</summary>
    /// <param name="views">One [N, C, H, W] per view; sizes may differ.</param>
    /// <param name="encode">From images [M, C, H, W] to tensors of M rows.</param>
    /// <returns>The tensors of every view, each of N rows, in the order of the views.</returns>
    public static IReadOnlyList<Tensor[]> EncodeEach(IReadOnlyList<Tensor> views, Func<Tensor, Tensor[]> encode)
    {
        var features = new Tensor[views.Count][];
        foreach (var group in Enumerable.Range(0, views.Count).GroupBy(view => (views[view].shape[2], views[view].shape[3])))
        {
            int[] members = [.. group];
            var outputs = encode(members.Length == 1 ? views[members[0]] : cat([.. members.Select(view => views[view])], 0));
            var parts = Array.ConvertAll(outputs, output => output.chunk(members.Length, 0));
            for (var i = 0; i < members.Length; i++)
            {
                features[members[i]] = Array.ConvertAll(parts, part => part[i]);
            }
        }

        return features;
    }
}
