using System.Globalization;
using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Experiments;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Backbones;

/// <summary>Files in the names of others: what a backbone had is written under them, and another backbone takes it.</summary>
public sealed class BackboneWeightsTests : IDisposable
{
    private static readonly RunInfo _run = TestRuns.Of() with { ImageSize = 32 };

    private static readonly ViTOptions _small = new() { Size = ViTSize.Tiny, Width = 32, Depth = 2, Heads = 4, PatchSize = 4 };

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("module.encoder.")]   // SimSiam
    [InlineData("module.base_encoder.")]   // MoCo v3
    [InlineData("")]   // torchvision
    [InlineData("state_dict.backbone.")]
    public void Load_ResNet_FindsItBehindAnyBeginning_AndLeavesHeadsOut(string prefix)
    {
        using var source = new ResNet18(new() { Width = 0.125 }, _run);
        var head = ($"{prefix}fc.0.weight", ones(2, 2));

        var note = AssertLoads(source, new ResNet18(new() { Width = 0.125 }, _run), name => prefix + name,
            prefix.Length == 0 ? [head] : [head, ("module.predictor.0.weight", ones(2, 2))]);

        Assert.Contains("120 tensors", note, StringComparison.Ordinal);
        Assert.Contains("left out: fc.0.weight", note, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TwoNetworksInAFile_AsksWhich()
    {
        var (source, other) = (new ResNet18(new() { Width = 0.125 }, _run), new ResNet18(new() { Width = 0.125 }, _run));
        Write(Named(source, name => $"student.{name}").Concat(Named(other, name => $"teacher.module.{name}")));

        var fault = Assert.Throws<ConfigurationException>(() => Load(new ResNet18(new() { Width = 0.125 }, _run)));
        using var loaded = new ResNet18(new() { Width = 0.125 }, _run);
        Load(loaded, "teacher");

        Assert.Contains("holds the backbone 2 times: 'student.', 'teacher.module.'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("backbone.weightsPrefix: teacher.module", fault.Message, StringComparison.Ordinal);
        AssertSame(other, loaded);
    }

    [Fact]
    public void Load_ConvNeXt_TakesTorchvisionsNames() => AssertLoads(
        new ConvNeXt(new(), _run), new ConvNeXt(new(), _run),
        name =>
        {
            var parts = name.Split('.');
            int Place(string word) => (2 * int.Parse(parts[1], CultureInfo.InvariantCulture)) + (word == "downsample_layers" ? 0 : 1);
            string[] layers = ["dwconv", "", "norm", "pwconv1", "", "pwconv2"];

            return parts[0] == "norm" ? $"classifier.0.{parts[1]}"
                : parts[0] == "downsample_layers" ? $"features.{Place(parts[0])}.{parts[2]}.{parts[3]}"
                : parts[3] == "gamma" ? $"features.{Place(parts[0])}.{parts[2]}.layer_scale"
                : $"features.{Place(parts[0])}.{parts[2]}.block.{Array.IndexOf(layers, parts[3])}.{parts[4]}";
        },
        [("classifier.2.weight", ones(5, 768)), ("classifier.2.bias", ones(5))],
        value => value.dim() == 1 && value.max().item<float>() < 1e-5 && value.min().item<float>() > 0 ? value.view(-1, 1, 1) : value);

    [Fact]
    public void Load_ConvNeXtV2_TakesTimmsNames() => AssertLoads(
        new ConvNeXtV2(new() { Size = ConvNeXtV2Size.Atto, PatchSize = 2 }, _run), new ConvNeXtV2(new() { Size = ConvNeXtV2Size.Atto, PatchSize = 2 }, _run),
        name =>
        {
            var parts = name.Split('.');
            var layers = new Dictionary<string, string> { ["dwconv"] = "conv_dw", ["norm"] = "norm", ["pwconv1"] = "mlp.fc1", ["pwconv2"] = "mlp.fc2",
                ["grn"] = "mlp.grn" };

            return parts[0] == "norm" ? $"head.norm.{parts[1]}"
                : parts[0] == "downsample_layers" ? (parts[1] == "0" ? $"stem.{parts[2]}.{parts[3]}" : $"stages.{parts[1]}.downsample.{parts[2]}.{parts[3]}")
                : $"stages.{parts[1]}.blocks.{parts[2]}.{layers[parts[3]]}.{parts[4].Replace("gamma", "weight").Replace("beta", "bias")}";
        },
        [("head.fc.weight", ones(5, 320)), ("head.fc.bias", ones(5))],
        value => value.dim() == 4 && value.shape[0] == 1 && value.shape[1] == 1 && value.shape[2] == 1 ? value.flatten() : value);

    [Fact]
    public void Load_Swin_TakesTheAuthorsNames() => AssertLoads(
        new Swin(new() { PatchSize = 2, Window = 4 }, _run), new Swin(new() { PatchSize = 2, Window = 4 }, _run),
        name =>
        {
            var parts = name.Split('.');
            var place = parts[0] == "features" ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;

            return parts[0] == "norm" ? name
                : place == 0 ? $"patch_embed.{(parts[2] == "0" ? "proj" : "norm")}.{parts[3]}"
                : place % 2 == 0 ? $"layers.{(place / 2) - 1}.downsample.{string.Join('.', parts[2..])}"
                : $"layers.{place / 2}.blocks.{string.Join('.', parts[2..]).Replace("mlp.0", "mlp.fc1").Replace("mlp.3", "mlp.fc2")}";
        },
        [("layers.0.blocks.1.attn_mask", ones(4, 49, 49)), ("head.weight", ones(5, 768))]);

    [Fact]
    public void Load_ViT_TakesTorchvisionsNames() => AssertLoads(
        new ViT(_small, _run), new ViT(_small, _run),
        name =>
        {
            var layers = new Dictionary<string, string> { ["norm1"] = "ln_1", ["norm2"] = "ln_2", ["attn.qkv"] = "self_attention.in_proj_",
                ["attn.proj"] = "self_attention.out_proj", ["mlp.fc1"] = "mlp.0", ["mlp.fc2"] = "mlp.3" };
            var parts = name.Split('.');
            var layer = parts[0] == "blocks" ? layers[string.Join('.', parts[2..^1])] : "";

            return name switch
            {
                "cls_token" => "class_token",
                "pos_embed" => "encoder.pos_embedding",
                _ when parts[0] == "patch_embed" => $"conv_proj.{parts[2]}",
                _ when parts[0] == "norm" => $"encoder.ln.{parts[1]}",
                _ => $"encoder.layers.encoder_layer_{parts[1]}.{layer}{(layer.EndsWith('_') ? "" : ".")}{parts[^1]}",
            };
        },
        [("heads.head.weight", ones(5, 32)), ("heads.head.bias", ones(5))]);

    [Fact]
    public void Load_ViT_TakesDINOv2sBlocksInChunks()
    {
        var options = _small with { RegisterTokens = 2, LayerScale = 1e-5, Mlp = ViTMlp.Swiglu };

        AssertLoads(new ViT(options, _run), new ViT(options, _run),
            name => name.Replace("blocks.0.", "blocks.0.0.", StringComparison.Ordinal).Replace("blocks.1.", "blocks.1.1.", StringComparison.Ordinal),
            [("mask_token", ones(1, 32))]);
    }

    [Fact]
    public void Load_ViT_TakesBEiTsFactors()
    {
        var options = _small with
        {
            RelativePositions = ViTRelativePositions.Shared, Positions = ViTPositions.None, QkvBias = QkvBias.QueryValue, LayerScale = 0.1,
        };

        AssertLoads(new ViT(options, _run), new ViT(options, _run),
            name => name.Replace("ls1.gamma", "gamma_1", StringComparison.Ordinal).Replace("ls2.gamma", "gamma_2", StringComparison.Ordinal),
            [("mask_token", ones(1, 1, 32)), ("lm_head.weight", ones(9, 32))]);
    }

    [Fact]
    public void Load_ViT_TakesMAEsEncoderForFineTuning()
    {
        var (source, target) = (new ViT(_small with { Positions = ViTPositions.SinCos }, _run), new ViT(_small with { Pooling = ViTPooling.Average }, _run));
        Write(Named(source, name => $"model.{name}").Concat(
            [new("model.decoder_pos_embed", ones(1, 65, 8)), new("model.decoder_blocks.0.norm1.weight", ones(8)), new("model.mask_token", ones(1, 1, 8))]));

        var note = Load(target);

        Assert.Contains("left out: decoder_blocks.0.norm1.weight, decoder_pos_embed, mask_token, norm.bias, norm.weight; as initialised: fc_norm.bias, "
            + "fc_norm.weight.", note, StringComparison.Ordinal);
        Assert.True(source.state_dict()["pos_embed"].eq(target.state_dict()["pos_embed"]).all().item<bool>());
    }

    [Fact]
    public void Load_ViT_TakesIJEPAsTargetEncoder()
    {
        var options = _small with { ClassToken = false, Pooling = ViTPooling.PatchMean, Positions = ViTPositions.SinCos };
        var (encoder, target, loaded) = (new ViT(options, _run), new ViT(options, _run), new ViT(options, _run));
        Write(Named(encoder, name => $"encoder.module.{name}").Concat(Named(target, name => $"target_encoder.module.{name}"))
            .Append(new("predictor.module.mask_token", ones(1, 1, 8))));

        Load(loaded, "target_encoder");

        AssertSame(target, loaded);
    }

    [Fact]
    public void Load_ViTOfAnotherGrid_ResizesItsPositions_AndSaysSo()
    {
        var (source, target) = (new ViT(_small, _run with { ImageSize = 64 }), new ViT(_small, _run));
        Write(Named(source, name => name));

        var note = Load(target);
        var images = Tensors.Normal(1, 2, 3, 32, 32);

        Assert.Contains("resized: pos_embed [1, 257, 32] to [1, 65, 32]", note, StringComparison.Ordinal);
        Tensors.AssertClose(source.call(images), target.call(images));   // the source resizes its table for every such image
    }

    [Theory]
    [InlineData(8, 4, "features.1.0.attn.relative_position_bias_table [225, 3] to [49, 3]")]
    [InlineData(4, 8, "features.1.0.attn.relative_position_bias_table [49, 3] to [225, 3]")]
    public void Load_SwinOfAnotherWindow_ResizesItsTables_AndSaysSo(int from, int to, string told)
    {
        using var source = new Swin(new() { PatchSize = 2, Window = from }, _run);
        using var target = new Swin(new() { PatchSize = 2, Window = to }, _run);
        Write(Named(source, name => name));

        var note = Load(target);

        var (before, after) = (source.state_dict(), target.state_dict());
        const string Table = "features.1.1.attn.relative_position_bias_table";
        Assert.Contains($"resized: {told}, ", note, StringComparison.Ordinal);
        Tensors.AssertClose(RelativePositions.Resize(before[Table], to, hasClassToken: false)!, after[Table], tolerance: 0);
        Assert.True(before["norm.weight"].eq(after["norm.weight"]).all().item<bool>());
    }

    [Theory]
    [InlineData(ViTRelativePositions.Shared, "rel_pos_bias.relative_position_bias_table [964, 4] to [228, 4]")]
    [InlineData(ViTRelativePositions.PerBlock, "blocks.0.attn.relative_position_bias_table [964, 4] to [228, 4], blocks.1.attn")]
    public void Load_RelativePositionsOfAnotherGrid_AreResized_AndTold(ViTRelativePositions positions, string told)
    {
        var options = _small with { RelativePositions = positions, Positions = ViTPositions.None };
        using var source = new ViT(options, _run with { ImageSize = 64 });
        using var target = new ViT(options, _run);
        Write(Named(source, name => name));

        var note = Load(target);

        Assert.Contains($"resized: {told}", note, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_RelativePositionsOfOtherHeads_IsAFault()
    {
        using var network = new Swin(new() { PatchSize = 2, Window = 4 }, _run);
        var source = network.state_dict();
        source["features.1.0.attn.relative_position_bias_table"] = zeros(169, 5);
        source["features.1.1.attn.relative_position_bias_table"] = zeros(36, 3);   // of no window
        Write(source);

        var faults = Assert.Throws<ConfigurationException>(() => Load(new Swin(new() { PatchSize = 2, Window = 4 }, _run))).Faults;

        Assert.Contains("has features.1.0.attn.relative_position_bias_table [169, 5], but the backbone's", faults[0], StringComparison.Ordinal);
        Assert.Contains("has features.1.1.attn.relative_position_bias_table [36, 3], but the backbone's", faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FCMAEsSparseKernels_CountPlacesColumnByColumn()
    {
        using var target = new ConvNeXtV2(new() { Size = ConvNeXtV2Size.Atto, PatchSize = 2 }, _run);
        using var network = new ConvNeXtV2(new() { Size = ConvNeXtV2Size.Atto, PatchSize = 2 }, _run);
        var state = network.state_dict();
        state.Remove("stages.0.0.dwconv.weight");
        state["stages.0.0.dwconv.kernel"] = arange(49, dtype: float32).unsqueeze(1).expand(49, 40).contiguous();
        Write(state.Select(entry => KeyValuePair.Create($"encoder.{entry.Key}", entry.Value)));

        Load(target);

        var kernel = target.state_dict()["stages.0.0.dwconv.weight"];   // [40, 1, 7, 7]
        Assert.Equal((2 * 7) + 5, kernel[11, 0, 5, 2].item<float>());   // row 5 of column 2
    }

    [Fact]
    public void Load_FileOfAnotherNetwork_TellsEveryTensor()
    {
        using var network = new ConvNeXtV2(new() { Size = ConvNeXtV2Size.Atto, PatchSize = 2 }, _run);
        var source = network.state_dict();
        source.Remove("stages.3.1.norm.bias");
        source["stages.0.0.pwconv1.bias"] = ones(3);
        Write(source.Append(new("stages.0.0.extra", ones(2))));

        var faults = Assert.Throws<ConfigurationException>(() => Load(new ConvNeXtV2(new() { Size = ConvNeXtV2Size.Atto, PatchSize = 2 }, _run))).Faults;

        Assert.Equal(
            [
                $"backbone.weights: '{_file}' has stages.0.0.extra [2], which the backbone has not.",
                $"backbone.weights: '{_file}' has stages.0.0.pwconv1.bias [3], but the backbone's stages.0.0.pwconv1.bias is [160].",
                $"backbone.weights: '{_file}' lacks stages.3.1.norm.bias [320].",
            ],
            faults.SkipLast(1));
        Assert.Contains("nothing was loaded", faults[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NothingFits_ShowsNamesOfBoth()
    {
        Write([new("a.b", ones(2))]);

        var fault = Assert.Throws<ConfigurationException>(() => Load(new ResNet18(new() { Width = 0.125 }, _run)));

        Assert.Contains($"'{_file}' has no tensor of the backbone. It has a.b, ...; the backbone has bn1.bias, ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoFileOrAnother_SaysWhatIsExpected()
    {
        var none = Assert.Throws<ConfigurationException>(() => BackboneWeights.Read(new() { Weights = "/none.pth" }));
        File.WriteAllText(_file, "no weights");
        var wrong = Assert.Throws<ConfigurationException>(() => BackboneWeights.Read(new() { Weights = _file }));
        var prefix = Assert.Throws<ConfigurationException>(() => BackboneWeights.Read(new() { WeightsPrefix = "teacher" }));

        Assert.StartsWith("backbone.weights is '/none.pth': There is no file", none.Message, StringComparison.Ordinal);
        Assert.EndsWith("Expected the folder of a run that has ended, a safetensors file, or one that torch.save wrote (.pth, .pt).", none.Message,
            StringComparison.Ordinal);
        Assert.Contains("a safetensors file, or one that torch.save wrote", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("backbone.weights names no file", prefix.Message, StringComparison.Ordinal);
        Assert.Null(BackboneWeights.Read(new() { WeightsPrefix = "" }));
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Named(Module source, Func<string, string> rename) =>
        source.state_dict().Select(entry => KeyValuePair.Create(rename(entry.Key), entry.Value));

    private string AssertLoads<T>(
        T source, T target, Func<string, string> rename, IEnumerable<(string Name, Tensor Value)> others, Func<Tensor, Tensor>? reshape = null)
        where T : Module, IBackbone
    {
        Write(Named(source, rename).Select(entry => KeyValuePair.Create(entry.Key, reshape is null ? entry.Value : reshape(entry.Value)))
            .Concat(others.Select(other => KeyValuePair.Create(other.Name, other.Value))));

        var note = Load(target);

        AssertSame(source, target);

        return note;
    }

    private static void AssertSame(Module expected, Module actual)
    {
        var state = actual.state_dict();
        Assert.All(expected.state_dict(), entry => Assert.True(entry.Value.eq(state[entry.Key]).all().item<bool>(), entry.Key));
    }

    private string Load(IBackbone backbone, string? prefix = null)
    {
        using var weights = BackboneWeights.Read(new() { Weights = _file, WeightsPrefix = prefix })!;

        return weights.Load(backbone);
    }

    private void Write(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using var stream = File.Create(_file);
        SafeTensors.Write(stream, tensors);
    }
}
