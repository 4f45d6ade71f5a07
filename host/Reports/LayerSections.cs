using Parallax.Host.Data;

namespace Parallax.Host.Reports;

/// <summary>What a report shows of the layers of a convolutional backbone.</summary>
internal static class LayerSections
{
    /// <summary>Kernels of the first convolution, and maps of some images.</summary>
    /// <param name="layers">The pictures.</param>
    /// <param name="areVideos">Whether the images are videos.</param>
    public static Html Render(LayerPictures layers, bool areVideos)
    {
        var noun = SampleNoun.Of(areVideos, count: 1);
        var kernels = layers.Kernels is { } png ? RunSections.Picture(
            png, "Kernels of the first convolution",
            $"{layers.KernelCount} kernels, each from its smallest weight to its largest{(areVideos ? ", in the middle of their time" : "")}.") : Html.Empty;
        var maps = layers.Maps is { } found ? RunSections.Picture(
            found, "Activation maps",
            $"One row for each {noun}: the {noun}, then the mean size of the activations of each layer, the largest of each map white. Layers: "
            + $"{string.Join(", ", layers.Layers)}.") : Html.Empty;

        return Html.Of($"""
            <h3>What the layers see</h3>
            <div class="grid">
            {kernels}
            {maps}
            </div>
            """);
    }
}
