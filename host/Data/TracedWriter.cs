using System.Diagnostics;

namespace Parallax.Host.Data;

/// <summary>Tells whoever listens to <see cref="Source"/> when an image is made, and by which thread; without a listener it costs nothing.</summary>
internal sealed class TracedWriter(ISampleWriter writer) : ISampleWriter
{
    /// <summary>Name of the source of activities.</summary>
    public const string Source = "Parallax.Data";

    private static readonly ActivitySource Activities = new(Source);

    /// <inheritdoc/>
    public void Write(long sample, long epoch, HostBatch batch, int position)
    {
        using var activity = Activities.StartActivity("image");
        writer.Write(sample, epoch, batch, position);
    }
}
