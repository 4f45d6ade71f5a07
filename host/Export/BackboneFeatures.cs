namespace Parallax.Host.Export;

/// <summary>Features of several batches.</summary>
internal static class BackboneFeatures
{
    /// <summary>Encodes them one after the other, without gradients.</summary>
    /// <param name="backbone">In evaluation mode.</param>
    /// <param name="batches">Images [N, C, H, W] or clips [N, C, T, H, W].</param>
    /// <returns>[all N, F] float32.</returns>
    public static Tensor Of(IBackbone backbone, IReadOnlyList<Tensor> batches)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();

        return torch.cat([.. batches.Select(backbone.call)]).to(torch.float32).MoveToOuterDisposeScope();   // [all N, F]
    }

    /// <summary>The largest difference between two of them; not a number where one is none.</summary>
    public static double Difference(Tensor one, Tensor other)
    {
        using var scope = torch.NewDisposeScope();

        return one.shape.SequenceEqual(other.shape) ? one.sub(other).abs().max().item<float>() : double.NaN;
    }
}
