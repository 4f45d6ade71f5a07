namespace Parallax.Contracts;

/// <summary>Declares how the forward pass of a module is written as an ONNX graph, as it is in evaluation.</summary>
/// <remarks>
/// TorchSharp's own layers and a <c>Sequential</c> of them need none: the graph knows them. What works on several modules writes them with
/// <see cref="IOnnxGraph.Write"/>, and what lies between with <see cref="OnnxOperators"/>.
/// </remarks>
public interface IOnnxModule
{
    /// <summary>Adds the module to a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input">What the module is given, of the size of the run's images.</param>
    /// <returns>What <c>forward</c> returns.</returns>
    OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input);
}
