namespace Parallax.Host.Data;

/// <summary>Makes the views of a sample.</summary>
internal interface IViewWriter : ISampleWriter
{
    /// <summary>Shape of every view, from one sample.</summary>
    IReadOnlyList<ViewShape> Probe();
}

/// <summary>What can be wrong with a view.</summary>
internal static class ViewFaults
{
    /// <summary>Throws where an image of a view has another shape than the first one.</summary>
    /// <exception cref="ConfigurationException">It has: names view, sample and both shapes.</exception>
    public static void RequireShape(int view, long sample, ViewShape shape, ViewShape first)
    {
        if (shape != first)
        {
            throw new ConfigurationException(
                $"View {view + 1} gives {shape} pixels for sample {sample}, but {first} for the first one. "
                + "All images of a view need one size: let its augmentations begin with a crop or a resize to a fixed size.");
        }
    }
}
