namespace Parallax.Host.Verification;

/// <summary>Names modules of a method in sentences.</summary>
internal static class ModuleNames
{
    /// <summary>The method as a whole.</summary>
    public static string OfMethod(Module method) => $"the method itself ({method.GetType().FullName})";

    /// <summary>The module that a parameter, a buffer or another module belongs to.</summary>
    /// <param name="method">The method.</param>
    /// <param name="name">The full name of the parameter, buffer or module.</param>
    public static string OfOwner(Module method, string name) =>
        name.LastIndexOf('.') is > 0 and var end && method.named_modules().FirstOrDefault(entry => entry.Item1 == name[..end]).Item2 is { } module
            ? $"module '{name[..end]}' ({module.GetType().FullName})"
            : OfMethod(method);

    /// <summary>The module whose gradient is off.</summary>
    public static string OfDeviation(Module method, Deviation off) =>
        FormattableString.Invariant($"{OfOwner(method, off.Name)}, the gradient of '{off.Name}' is off by {off.Share:G3} of it");
}
