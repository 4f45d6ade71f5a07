using Parallax.Contracts;
using Parallax.Host.Experiments;
using Parallax.Plugins.Backbones;

namespace Parallax.Plugins.Tests.Backbones;

/// <summary>Files of others for networks for clips: weights for images, which are inflated, and PyTorchVideo's and SlowFast's names.</summary>
public sealed class VideoWeightsTests : IDisposable
{
    private static readonly RunInfo _run = TestRuns.Of() with { ImageSize = 32 };

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Load_ResNet50_IsInflatedIntoR3D50()
    {
        using var scope = NewDisposeScope();
        var (images, clips) = (new ResNet50(new() { Width = 0.125 }, _run), new R3D50(new() { Form = R3D50Form.Cvrl, Width = 0.125 }, _run));

        var note = Load(images.state_dict().Append(new("fc.weight", ones(2, 2))), clips);

        var (given, taken) = (images.state_dict(), clips.state_dict());
        Assert.Contains("resized: layer3.0.conv1.0.weight", note, StringComparison.Ordinal);
        Assert.Contains("left out: fc.weight", note, StringComparison.Ordinal);
        Tensors.AssertClose(given["conv1.weight"], taken["stem.0.weight"].sum([2]));
        Tensors.AssertClose(given["conv1.weight"] / 5, taken["stem.0.weight"].select(2, 3));
        Tensors.AssertClose(given["layer1.0.conv2.weight"], taken["layer1.0.conv2.0.weight"].squeeze(2));
        Tensors.AssertClose(given["layer3.1.conv1.weight"] / 3, taken["layer3.1.conv1.0.weight"].select(2, 0));
        Tensors.AssertClose(given["layer2.0.bn3.running_var"], taken["layer2.0.conv3.1.running_var"]);
        Tensors.AssertClose(given["layer2.0.downsample.0.weight"].flatten(), taken["layer2.0.downsample.0.weight"].flatten());
    }

    [Fact]
    public void Inflation_OfAClipOfEqualFrames_GivesWhatTheFrameGives()
    {
        using var scope = NewDisposeScope();
        var (weight, image) = (Tensors.Normal(1, 4, 3, 3, 3), Tensors.Normal(2, 1, 3, 8, 8));

        var inflated = Inflation.Of(weight, [4, 3, 5, 3, 3])!;
        var ofClip = F.conv3d(image.unsqueeze(2).expand(-1, -1, 7, -1, -1), inflated);   // [1, 4, 3, 6, 6]

        Assert.Null(Inflation.Of(weight, [4, 3, 5, 5, 5]));
        Assert.All(ofClip.unbind(2), frame => Tensors.AssertClose(F.conv2d(image, weight), frame));
    }

    [Fact]
    public void Load_ResNet18_IntoTheWrongNetwork_SaysWhatDoesNotFit()
    {
        using var scope = NewDisposeScope();
        using var images = new ResNet18(new() { Width = 0.125 }, _run);

        var fault = Assert.Throws<ConfigurationException>(() => Load(images.state_dict(), new R2Plus1D10(new() { Width = 0.125 }, _run)));

        Assert.Contains("layer1.0.conv1.weight", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ResNet18_GoesToEveryFrame()
    {
        using var scope = NewDisposeScope();
        var (images, clips) = (new ResNet18(new() { Width = 0.125 }, _run), new TimeDistributed(new() { Width = 0.125 }, _run));

        Load(images.state_dict().Append(new("fc.bias", ones(2))), clips);

        var taken = clips.state_dict();
        Assert.All(images.state_dict(), entry => Assert.True(entry.Value.eq(taken["frame." + entry.Key]).all().item<bool>(), entry.Key));
    }

    [Fact]
    public void Load_TimeDistributed_TakesItsOwnFile()
    {
        using var scope = NewDisposeScope();
        var (source, target) = (new TimeDistributed(new() { Width = 0.125 }, _run), new TimeDistributed(new() { Width = 0.125 }, _run));

        Load(source.state_dict(), target);

        AssertSame(source, target);
    }

    [Fact]
    public void Load_SlowR50_TakesPyTorchVideosNames()
    {
        using var scope = NewDisposeScope();
        var (source, target) = (new R3D50(new() { Width = 0.125 }, _run), new R3D50(new() { Width = 0.125 }, _run));

        Load(source.state_dict().Select(entry => KeyValuePair.Create(PyTorchVideo(entry.Key), entry.Value))
            .Append(new("blocks.5.proj.weight", ones(2, 2))), target);

        AssertSame(source, target);

        static string PyTorchVideo(string name)
        {
            var parts = name.Split('.');
            if (parts[0] == "stem")
            {
                return $"blocks.0.{(parts[1] == "0" ? "conv" : "norm")}.{parts[2]}";
            }

            var kind = parts[3] == "0" ? "conv" : "norm";

            return $"blocks.{parts[0]["layer".Length..]}.res_blocks.{parts[1]}."
                + (parts[2] == "downsample" ? $"branch1_{kind}" : $"branch2.{kind}_{"abc"[parts[2][^1] - '1']}") + $".{parts[4]}";
        }
    }

    [Fact]
    public void Load_MViT_TakesSlowFastsNames_AndResizesItsTables()
    {
        using var scope = NewDisposeScope();
        var options = new MViTOptions { Width = 8, Depth = 6, Frames = 4, Form = MViTForm.MaskFeat };
        var run = _run with { ImageSize = 64 };
        var (source, target) = (new MViTV2S(options with { PoolsLast = false }, run), new MViTV2S(options, run));

        var note = Load(source.state_dict().Select(entry => KeyValuePair.Create(SlowFast(entry.Key), entry.Value))
            .Append(new("mask_token", ones(1, 1, 8))).Append(new("pred_head.weight", ones(2, 2))), target);

        Assert.Contains("resized: blocks.5.attn.rel_pos_h [7, 8] to [3, 8]", note, StringComparison.Ordinal);
        Assert.Contains("left out: mask_token, pred_head.weight", note, StringComparison.Ordinal);
        var taken = target.state_dict();
        Assert.All(source.state_dict().Where(entry => !entry.Key.StartsWith("blocks.5.attn.rel_pos_", StringComparison.Ordinal)),
            entry => Assert.True(entry.Value.eq(taken[entry.Key]).all().item<bool>(), entry.Key));

        static string SlowFast(string name) => name
            .Replace("conv_proj.", "patch_embed.proj.", StringComparison.Ordinal).Replace("pos_encoding.class_token", "cls_token", StringComparison.Ordinal)
            .Replace("attn.project.0.", "attn.proj.", StringComparison.Ordinal).Replace(".pool.weight", ".weight", StringComparison.Ordinal)
            .Replace("pool_q.norm_act.0.", "norm_q.", StringComparison.Ordinal).Replace("pool_k.norm_act.0.", "norm_k.", StringComparison.Ordinal)
            .Replace("pool_v.norm_act.0.", "norm_v.", StringComparison.Ordinal).Replace("mlp.0.", "mlp.fc1.", StringComparison.Ordinal)
            .Replace("mlp.3.", "mlp.fc2.", StringComparison.Ordinal).Replace(".project.", ".proj.", StringComparison.Ordinal);
    }

    private static void AssertSame(Module expected, Module actual)
    {
        var state = actual.state_dict();
        Assert.All(expected.state_dict(), entry => Assert.True(entry.Value.eq(state[entry.Key]).all().item<bool>(), entry.Key));
    }

    private string Load(IEnumerable<KeyValuePair<string, Tensor>> tensors, IBackbone backbone)
    {
        using (var stream = File.Create(_file))
        {
            SafeTensors.Write(stream, tensors);
        }

        using var weights = BackboneWeights.Read(new() { Weights = _file })!;

        return weights.Load(backbone);
    }
}
