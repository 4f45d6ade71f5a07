using System.Text.Json;

namespace Parallax.Engine.Tests.NN;

/// <summary>Every module against PyTorch: first values, state names, output, gradients.</summary>
public sealed class ModuleReferenceTests
{
    private static readonly Dictionary<string, Func<Module>> Cases = new()
    {
        ["Linear"] = () => Linear(5, 3),
        ["Linear_no_bias"] = () => Linear(5, 3, hasBias: false),
        ["Conv1d"] = () => Conv1d(3, 4, 3, stride: 2, padding: 1, dilation: 2),
        ["Conv2d"] = () => Conv2d(2, 4, 3, stride: 2, padding: 1, groups: 2),
        ["Conv2d_same"] = () => Conv2d(2, 2, (2, 3), Padding.Same, bias: false),
        ["Conv2d_reflect"] = () => Conv2d(1, 2, 3, padding: 1, padding_mode: PaddingModes.Reflect),
        ["Conv2d_circular"] = () => Conv2d(1, 2, (3, 3), padding: (1, 2), padding_mode: PaddingModes.Circular),
        ["Conv3d"] = () => Conv3d(1, 2, (1, 2, 2), stride: (1, 2, 2), padding: (0, 1, 1)),
        ["ConvTranspose1d"] = () => ConvTranspose1d(2, 3, 3, stride: 2),
        ["ConvTranspose2d"] = () => ConvTranspose2d(2, 2, 3, stride: 2, padding: 1, output_padding: 1),
        ["BatchNorm1d"] = () => BatchNorm1d(3),
        ["BatchNorm2d"] = () => BatchNorm2d(2),
        ["BatchNorm2d_eval"] = () => BatchNorm2d(2),
        ["BatchNorm2d_plain"] = () => BatchNorm2d(2, affine: false, track_running_stats: false),
        ["BatchNorm3d"] = () => BatchNorm3d(2, momentum: 0.3, eps: 1e-3),
        ["LayerNorm"] = () => LayerNorm(6),
        ["LayerNorm_2d"] = () => LayerNorm([3, 4], elementwise_affine: false),
        ["GroupNorm"] = () => GroupNorm(2, 4),
        ["Embedding"] = () => Embedding(4, 3, padding_idx: 2),
        ["PReLU"] = () => PReLU(2),
        ["MaxPool1d"] = () => MaxPool1d(3, 2, 1),
        ["MaxPool2d"] = () => MaxPool2d(3, 2, 1),
        ["MaxPool3d"] = () => MaxPool3d(2),
        ["AvgPool1d"] = () => AvgPool1d(3, 2, 1),
        ["AvgPool2d"] = () => AvgPool2d((3, 2), (2, 2), (1, 0), count_include_pad: false),
        ["AvgPool3d"] = () => AvgPool3d(2, ceil_mode: true),
        ["AdaptiveAvgPool1d"] = () => AdaptiveAvgPool1d(3),
        ["AdaptiveAvgPool2d"] = () => AdaptiveAvgPool2d((1, 1)),
        ["AdaptiveAvgPool3d"] = () => AdaptiveAvgPool3d(2),
        ["AdaptiveMaxPool2d"] = () => AdaptiveMaxPool2d([2, 3]),
        ["ReLU"] = () => ReLU(),
        ["ReLU6"] = () => ReLU6(),
        ["GELU"] = () => GELU(),
        ["GELU_tanh"] = () => GELU(Torch.Modules.GELU.Approximate.tanh),
        ["SiLU"] = () => SiLU(),
        ["Hardswish"] = () => Hardswish(),
        ["Hardsigmoid"] = () => Hardsigmoid(),
        ["Sigmoid"] = () => Sigmoid(),
        ["Tanh"] = () => Tanh(),
        ["Softplus"] = () => Softplus(beta: 2),
        ["Softmax"] = () => Softmax(1),
        ["LogSoftmax"] = () => LogSoftmax(1),
        ["LeakyReLU"] = () => LeakyReLU(0.2),
        ["ELU"] = () => ELU(1.5),
        ["Dropout"] = () => Dropout(0.4),
        ["Dropout2d"] = () => Dropout2d(0.4),
        ["Dropout_eval"] = () => Dropout(0.4),
        ["Flatten"] = () => Flatten(),
        ["Unflatten"] = () => Unflatten(1, [2, 3]),
        ["Upsample"] = () => Upsample(scale_factor: [1.5], mode: UpsampleMode.Bilinear, align_corners: false),
        ["PixelShuffle"] = () => PixelShuffle(2),
        ["CosineSimilarity"] = () => CosineSimilarity(),
        ["Sequential"] = () => Sequential(Conv2d(1, 2, 3, bias: false), BatchNorm2d(2), ReLU(), Flatten(), Linear(8, 3)),
        ["MultiheadAttention"] = () => MultiheadAttention(4, 2),
        ["MultiheadAttention_weights"] = () => MultiheadAttention(4, 2, bias: false),
        ["MultiheadAttention_kdim"] = () => MultiheadAttention(4, 2, kdim: 3, vdim: 5, add_bias_kv: true, add_zero_attn: true),
    };

    public static TheoryData<string> Names => [.. References.Modules.EnumerateObject().Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Module_SameSeed_MatchesPyTorch(string name)
    {
        using var scope = NewDisposeScope();
        torch.set_num_threads(1);
        var expected = References.Modules.GetProperty(name);
        torch.manual_seed(1);

        using var module = Cases[name]();
        module.train(!IsEvaluation(name));
        AssertSameState(expected.GetProperty("state"), module);
        var inputs = References.Tensors(expected.GetProperty("inputs"));
        var output = Call(name, module, Array.ConvertAll(inputs, RequireGradient));

        References.AssertClose(expected.GetProperty("output"), output, "output");
        (output * References.ToTensor(expected.GetProperty("weights"))).sum().backward();
        AssertGradients(expected, inputs, module);
        foreach (var buffer in expected.GetProperty("state_after").EnumerateObject())
        {
            References.AssertClose(buffer.Value, module.get_buffer(buffer.Name), buffer.Name);
        }
    }

    private static bool IsEvaluation(string name) => name.EndsWith("_eval", StringComparison.Ordinal) || name.EndsWith("_plain", StringComparison.Ordinal);

    private static Tensor RequireGradient(Tensor tensor) => tensor.is_floating_point() ? tensor.requires_grad_() : tensor;

    private static Tensor Call(string name, Module module, Tensor[] inputs) => (name, module) switch
    {
        ("MultiheadAttention_weights", MultiheadAttention m) =>
            m.call(inputs[0], inputs[1], inputs[2], attn_mask: Mask([false, true, false, false, false, true])).Item2,
        ("MultiheadAttention_kdim", MultiheadAttention m) =>
            m.call(inputs[0], inputs[1], inputs[2], key_padding_mask: Mask([false, true, false, false, false, false]), need_weights: false).Item1,
        (_, MultiheadAttention m) => m.call(inputs[0], inputs[1], inputs[2]).Item1,
        (_, IModule<Tensor, Tensor, Tensor> m) => m.call(inputs[0], inputs[1]),
        _ => ((IModule<Tensor, Tensor>)module).call(inputs[0]),
    };

    private static Tensor Mask(bool[] values) => torch.tensor(values).reshape(2, 3);

    private static void AssertSameState(JsonElement expected, Module module)
    {
        var state = module.state_dict();

        Assert.Equal(expected.EnumerateObject().Select(p => p.Name).Order(), state.Keys.Order());
        foreach (var entry in expected.EnumerateObject())
        {
            References.AssertClose(entry.Value, state[entry.Name], entry.Name, tolerance: 0);   // same seed, same bits
        }
    }

    private static void AssertGradients(JsonElement expected, Tensor[] inputs, Module module)
    {
        var gradients = expected.GetProperty("input_gradients").EnumerateArray().ToArray();
        for (var i = 0; i < inputs.Length; i++)
        {
            if (gradients[i].ValueKind != JsonValueKind.Null)
            {
                References.AssertClose(gradients[i], inputs[i].grad, $"gradient of input {i}");
            }
        }

        foreach (var entry in expected.GetProperty("parameter_gradients").EnumerateObject())
        {
            References.AssertClose(entry.Value, module.get_parameter(entry.Name)!.grad, $"gradient of {entry.Name}");
        }
    }
}
