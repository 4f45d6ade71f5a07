namespace Parallax.Plugins.Parts;

/// <summary>Takes networks out of training.</summary>
internal static class FrozenWeights
{
    /// <summary>Turns the gradients of all parameters off.</summary>
    /// <param name="module">Whose.</param>
    public static void Freeze(Module module)
    {
        foreach (var parameter in module.parameters())
        {
            parameter.requires_grad = false;
        }
    }
}
