namespace Parallax.Plugins.Tests;

/// <summary>How often a network looks at images.</summary>
internal static class Passes
{
    /// <summary>Calls of the layer that is called first.</summary>
    /// <param name="network">The network.</param>
    /// <param name="look">What is counted.</param>
    public static int Of(Module network, Action look)
    {
        List<string> called = [];
        foreach (var (name, module) in network.named_modules())
        {
            (module as Module<Tensor, Tensor>)?.register_forward_hook((_, _, output) =>
            {
                called.Add(name);
                return output;
            });
        }

        look();

        return called.Count(name => name == called[0]);
    }
}
