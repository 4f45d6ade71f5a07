namespace Parallax.Contracts;

/// <summary>An ONNX graph that is being written, of operator set 20.</summary>
public interface IOnnxGraph
{
    /// <summary>Adds a module: a layer of TorchSharp, or one that is an <see cref="IOnnxModule"/>.</summary>
    /// <param name="module">A part of the backbone.</param>
    /// <param name="input">What it is given.</param>
    /// <returns>What it returns.</returns>
    /// <exception cref="ConfigurationException">It is neither: names the module and what to do.</exception>
    OnnxValue Write(Module module, OnnxValue input);

    /// <summary>Adds a tensor: weights, a table, indices.</summary>
    /// <param name="value">float32 or int64, on any device; copied at once.</param>
    OnnxValue Constant(Tensor value);

    /// <summary>Adds an operator of one result.</summary>
    /// <param name="operation">Its name, for example <c>Relu</c>.</param>
    /// <param name="inputs">What it is given.</param>
    /// <param name="shape">Shape of the result.</param>
    /// <param name="attributes">Its settings.</param>
    /// <returns>The result.</returns>
    OnnxValue Node(string operation, IReadOnlyList<OnnxValue> inputs, IReadOnlyList<long> shape, params IReadOnlyList<OnnxAttribute> attributes);
}
