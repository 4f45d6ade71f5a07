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

    /// <summary>The largest difference between two of them of equal shape; not a number where one is none.</summary>
    public static double Difference(Tensor one, Tensor other)
    {
        using var scope = torch.NewDisposeScope();

        return one.sub(other).abs().max().item<float>();
    }

    /// <summary>The largest standard deviation of a feature over the images, at least 0: how much a comparison can see.</summary>
    /// <param name="features">[N, F].</param>
    public static double Spread(Tensor features)
    {
        using var scope = torch.NewDisposeScope();
        var exact = features.to(torch.float64);                                                   // [N, F]

        return exact.sub(exact.mean([0])).square().mean([0]).sqrt().max().item<double>();
    }
}
