namespace Parallax.Plugins.Evaluators;

/// <summary>Why a protocol for videos cannot measure a backbone.</summary>
internal static class ClipFaults
{
    /// <summary>A fault for a backbone that takes single images.</summary>
    public static IEnumerable<string> Of(IBackbone backbone) => backbone.TakesClips ? []
        : [$"It learns from clips, and the backbone {backbone.GetType().Name} takes single images. Take a backbone for clips, or finetune or linear-sgd."];

    /// <summary>Stops where there is one.</summary>
    /// <exception cref="ConfigurationException">The backbone takes single images.</exception>
    public static void Require(IBackbone backbone)
    {
        if (Of(backbone).ToList() is { Count: > 0 } faults)
        {
            throw new ConfigurationException(faults);
        }
    }
}
