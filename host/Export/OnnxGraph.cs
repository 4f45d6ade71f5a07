using System.Globalization;
using Google.Protobuf;
using Onnx;

namespace Parallax.Host.Export;

/// <summary>Writes a backbone as a graph of ONNX operators, module by module.</summary>
/// <remarks>Operator set 20, of ONNX 1.15: the first with GELU. https://onnx.ai/onnx/operators/.</remarks>
internal sealed class OnnxGraph : IOnnxGraph
{
    /// <summary>Names of what the graph takes and gives.</summary>
    public const string Input = "input", Features = "features";

    private const int OperatorSet = 20, Format = 9;
    private const long MostBytes = int.MaxValue;   // of a protobuf message

    private readonly GraphProto _graph = new();
    private readonly Dictionary<Module, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly string _backbone;
    private long _bytes;

    private OnnxGraph(Module backbone, string name)
    {
        (_backbone, _graph.Name) = (name, name);
        foreach (var (path, module) in backbone.named_modules())
        {
            _names.TryAdd(module, path);
        }
    }

    /// <summary>A model that gives the features of a backbone.</summary>
    /// <param name="backbone">The backbone; written as it is in evaluation.</param>
    /// <param name="name">Its name.</param>
    /// <param name="image">[C, H, W], or [C, T, H, W]; the batch is left open.</param>
    /// <param name="metadata">Strings to store in it.</param>
    /// <exception cref="ConfigurationException">A module of it cannot be written, or its weights are more than a file holds.</exception>
    public static ModelProto ModelOf(IBackbone backbone, string name, IReadOnlyList<long> image, IReadOnlyDictionary<string, string> metadata)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var graph = new OnnxGraph((Module)backbone, name);
        var input = new OnnxValue(Input, [OnnxValue.Batch, .. image]);
        var features = graph.Write((Module)backbone, input);
        graph._graph.Node.Add(new NodeProto { OpType = "Identity", Input = { features.Name }, Output = { Features } });
        graph._graph.Input.Add(Described(input));
        graph._graph.Output.Add(Described(new(Features, features.Shape)));
        var model = new ModelProto
        {
            IrVersion = Format,
            ProducerName = "parallax",
            ProducerVersion = typeof(OnnxGraph).Assembly.GetName().Version!.ToString(3),
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = OperatorSet } },
            Graph = graph._graph,
        };
        model.MetadataProps.AddRange(metadata.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }));

        return model;
    }

    public OnnxValue Write(Module module, OnnxValue input) => module is IOnnxModule own ? own.WriteOnnx(this, input)
        : OnnxLayers.Write(this, module, input) ?? throw new ConfigurationException(
            $"The backbone {_backbone} cannot be written as ONNX: the exporter does not know {Where(module)} ({module.GetType().FullName}) with these "
                + "settings. Declare IOnnxModule in its class, as docs/export.md shows, or take --format safetensors of 'parallax export'.");

    public OnnxValue Constant(Tensor value)
    {
        using var scope = torch.NewDisposeScope();
        var plain = value.detach().cpu().contiguous();
        var type = plain.dtype switch
        {
            ScalarType.Float32 => TensorProto.Types.DataType.Float,
            ScalarType.Int64 => TensorProto.Types.DataType.Int64,
            _ => throw new ArgumentException($"A constant of an ONNX graph is float32 or int64, not {plain.dtype}; convert it first.", nameof(value)),
        };
        var tensor = new TensorProto { Name = Next("constant"), DataType = (int)type, RawData = BytesOf(plain) };
        tensor.Dims.AddRange(plain.shape);
        _graph.Initializer.Add(tensor);

        return new(tensor.Name, plain.shape);
    }

    public OnnxValue Node(
        string operation, IReadOnlyList<OnnxValue> inputs, IReadOnlyList<long> shape, params IReadOnlyList<OnnxAttribute> attributes)
    {
        var output = Next(operation);
        var node = new NodeProto { OpType = operation, Name = output, Output = { output } };
        node.Input.AddRange(inputs.Select(input => input.Name));
        node.Attribute.AddRange(attributes.Select(Attribute));
        _graph.Node.Add(node);

        return new(output, shape);
    }

    private string Where(Module module) => _names.GetValueOrDefault(module) is { Length: > 0 } name ? $"its module '{name}'" : "a module";

    private string Next(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}_{_graph.Node.Count + _graph.Initializer.Count}");

    private unsafe ByteString BytesOf(Tensor tensor)
    {
        var length = tensor.numel() * tensor.element_size();
        _bytes += length;
        if (_bytes > MostBytes)
        {
            throw new ConfigurationException($"The backbone {_backbone} cannot be written as ONNX: it has more than 2 GB of weights, which one such file "
                + "cannot hold. Take --format safetensors of 'parallax export'.");
        }

        return ByteString.CopyFrom(new ReadOnlySpan<byte>((void*)TensorMemory.Address(tensor), (int)length));
    }

    private static AttributeProto Attribute(OnnxAttribute attribute)
    {
        var proto = new AttributeProto { Name = attribute.Name };
        if (attribute.Integer is { } integer)
        {
            (proto.Type, proto.I) = (AttributeProto.Types.AttributeType.Int, integer);
        }
        else if (attribute.Number is { } number)
        {
            (proto.Type, proto.F) = (AttributeProto.Types.AttributeType.Float, (float)number);
        }
        else if (attribute.Text is { } text)
        {
            (proto.Type, proto.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8(text));
        }
        else
        {
            proto.Type = AttributeProto.Types.AttributeType.Ints;
            proto.Ints.AddRange(attribute.Integers ?? []);
        }

        return proto;
    }

    private static ValueInfoProto Described(OnnxValue value)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(value.Shape.Select(side => side == OnnxValue.Batch
            ? new TensorShapeProto.Types.Dimension { DimParam = "N" } : new TensorShapeProto.Types.Dimension { DimValue = side }));

        return new()
        {
            Name = value.Name,
            Type = new() { TensorType = new() { ElemType = (int)TensorProto.Types.DataType.Float, Shape = shape } },
        };
    }
}
