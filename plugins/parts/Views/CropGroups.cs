namespace Parallax.Plugins.Parts;

/// <summary>Encodes crops of several sizes: those of one size go through the network together, as multi-crop methods do.</summary>
/// <remarks>Caron et al., SwAV, NeurIPS 2020, section 3.2, https://arxiv.org/abs/2006.09882: batch statistics are those of all crops of one size.</remarks>
public static class CropGroups
{
    /// <summary>Encodes every view; one pass per image size.</summary>
    /// <param name="views">One [N, C, H, W] per view; sizes may differ.</param>
    /// <param name="encode">From images [M, C, H, W] to features [M, F].</param>
    /// <returns>One [N, F] per view, in the order of the views.</returns>
    public static IReadOnlyList<Tensor> Encode(IReadOnlyList<Tensor> views, Func<Tensor, Tensor> encode)
    {
        var features = new Tensor[views.Count];
        foreach (var group in Enumerable.Range(0, views.Count).GroupBy(view => (views[view].shape[2], views[view].shape[3])))
        {
            int[] members = [.. group];
            var parts = encode(members.Length == 1 ? views[members[0]] : cat([.. members.Select(view => views[view])], 0)).chunk(members.Length, 0);
            for (var i = 0; i < members.Length; i++)
            {
                features[members[i]] = parts[i];
            }
        }

        return features;
    }
}
