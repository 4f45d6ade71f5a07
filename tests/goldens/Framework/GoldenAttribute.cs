namespace Parallax.Goldens;

/// <summary>Binds a static method <c>GoldenResult Run(GoldenCase)</c> to an operation of the golden files.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class GoldenAttribute(string operation) : Attribute
{
    /// <summary>The <c>op</c> of the files, for example <c>loss.nt_xent</c>.</summary>
    public string Operation { get; } = operation;
}
