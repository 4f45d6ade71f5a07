using Parallax.Contracts;
using Parallax.Host.Experiments;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Backbones;

/// <summary>Whole state dictionaries of published networks against those of ours: what is written has their names and shapes, what they have is read.</summary>
public sealed class PublishedKeysTests : IDisposable
{
    private const string OwnNames = "own";

    private static readonly Dictionary<string, Func<Module>> _networks = new()
    {
        ["timm-vit-s16"] = () => ViT(new()),
        ["mae-vit-b16"] = () => ViT(new() { Size = ViTSize.Base, Positions = ViTPositions.SinCos, Init = ViTInit.Mae }),
        ["dino-vit-s16"] = () => ViT(new()),
        ["dinov2-vit-s14"] = () => ViT(new() { PatchSize = 14, LayerScale = 1e-5 }, 518),
        ["dinov2-vit-s14-reg4"] = () => ViT(new() { PatchSize = 14, LayerScale = 1e-5, RegisterTokens = 4 }, 518),
        ["beit-vit-b16"] = () => ViT(BEiT(ViTRelativePositions.Shared)),
        ["beit-vit-b16-finetuned"] = () => ViT(BEiT(ViTRelativePositions.PerBlock) with { Pooling = ViTPooling.Average }),
        ["ijepa-vit-s16"] = () => ViT(new() { ClassToken = false, Pooling = ViTPooling.PatchMean, Positions = ViTPositions.SinCos }),
        ["torchvision-vit-b16"] = () => ViT(new() { Size = ViTSize.Base }),
        ["convnextv2-atto"] = Atto,
        ["fcmae-atto"] = Atto,
        ["timm-convnextv2-atto"] = Atto,
        ["timm-convnextv2-tiny"] = () => new ConvNeXtV2(new(), Run(224)),
        ["timm-convnext-tiny"] = () => new ConvNeXt(new(), Run(224)),
        ["torchvision-convnext-tiny"] = () => new ConvNeXt(new(), Run(224)),
        ["torchvision-swin-t"] = () => new Swin(new(), Run(224)),
        ["swin-t"] = () => new Swin(new(), Run(224)),
    };

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");

    public static TheoryData<string> Small => [.. PublishedKeys.Networks.Where(name => !name.Contains("-b16", StringComparison.Ordinal))];

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Networks_OfTheLists_AreAllCompared() => Assert.Equal(PublishedKeys.Networks.Order(), _networks.Keys.Order());

    [Theory]
    [InlineData("timm-vit-s16", "timm")]
    [InlineData("mae-vit-b16", OwnNames)]
    [InlineData("dino-vit-s16", OwnNames, "teacher.backbone.")]
    [InlineData("dinov2-vit-s14", OwnNames)]
    [InlineData("dinov2-vit-s14-reg4", OwnNames)]
    [InlineData("ijepa-vit-s16", OwnNames, "target_encoder.module.")]
    [InlineData("torchvision-vit-b16", "torchvision")]
    [InlineData("convnextv2-atto", OwnNames)]
    [InlineData("timm-convnextv2-atto", "timm")]
    [InlineData("timm-convnextv2-tiny", "timm")]
    [InlineData("timm-convnext-tiny", "timm")]
    [InlineData("torchvision-convnext-tiny", "torchvision")]
    [InlineData("torchvision-swin-t", "torchvision")]
    public void Written_NamesAndShapes_AreThePublishedOnesAndNoOthers(string name, string layout, string prefix = "")
    {
        using var scope = NewDisposeScope();
        using var network = _networks[name]();

        var written = Written(network, layout).Select(entry => $"{prefix}{entry.Key} {string.Join(',', entry.Value.shape)}");

        Assert.Equal(Ordered(PublishedKeys.Of(name).Where(key => !key.IsBeside).Select(key => key.ToString())), Ordered(written));
    }

    [Theory]
    [InlineData("mae-vit-b16")]
    [InlineData("beit-vit-b16")]
    [InlineData("beit-vit-b16-finetuned")]
    [InlineData("torchvision-vit-b16")]
    [InlineData("swin-t")]
    public void OwnName_OfEveryPublishedTensor_LeadsToOneOfItsSize_AndToAllOfThem(string name)
    {
        using var scope = NewDisposeScope();
        using var network = _networks[name]();
        var (own, state) = ((IForeignWeights)network, network.state_dict());
        var (beside, keys) = (PublishedKeys.Of(name).Where(key => key.IsBeside), PublishedKeys.Of(name).Where(key => !key.IsBeside && !IsIndex(key.Name)));

        Assert.All(beside, key => Assert.Null(own.OwnName(key.Name)));
        Assert.Equal(Ordered(state.Keys.Where(key => !IsIndex(key))), Ordered(keys.Select(key => own.OwnName(key.Name)!)));
        Assert.All(keys, key => Assert.Equal(key.Shape, state[own.OwnName(key.Name)!].shape));
    }

    [Theory, MemberData(nameof(Small))]
    public void Load_AFileOfAllPublishedNames_GivesTheSameFeatures(string name)
    {
        using var scope = NewDisposeScope();
        using var source = _networks[name]();
        using var target = _networks[name]();
        Write(source, PublishedKeys.Of(name));
        using var weights = BackboneWeights.Read(new() { Weights = _file })!;

        var note = weights.Load((IBackbone)target);

        var taken = source.state_dict().Keys.Count(key => !IsIndex(key)) - (name == "fcmae-atto" ? 2 : 0);
        var images = Tensors.Normal(5, 2, 3, 56, 56);
        using var evaluation = no_grad();
        Assert.StartsWith($"backbone.weights: {taken} tensors from '{_file}'", note, StringComparison.Ordinal);
        Assert.DoesNotContain("resized", note, StringComparison.Ordinal);
        Assert.Equal(name == "fcmae-atto", note.Contains("as initialised: norm.bias, norm.weight", StringComparison.Ordinal));
        Tensors.AssertClose(Features(source, images), Features(target, images), tolerance: 0);
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Written(Module network, string library)
    {
        var layout = ((IForeignWeights)network).Layouts.SingleOrDefault(one => one.Library == library) ?? new(OwnNames, name => name);
        Assert.Equal(library, layout.Library);

        return network.state_dict().Select(entry => KeyValuePair.Create(layout.NameOf(entry.Key), layout.Shaped(entry.Key, entry.Value)));
    }

    private static Tensor Features(Module network, Tensor images)
    {
        network.eval();

        return ((IBackbone)network).call(images);
    }

    private static IEnumerable<string> Ordered(IEnumerable<string> names) => names.Order(StringComparer.Ordinal);

    // The rows of a table that two places take, which the network knows itself.
    private static bool IsIndex(string name) => name.EndsWith("relative_position_index", StringComparison.Ordinal);

    private static RunInfo Run(int side) => TestRuns.Of() with { ImageSize = side };

    private static ViT ViT(ViTOptions options, int side = 224) => new(options, Run(side));

    private static ViTOptions BEiT(ViTRelativePositions positions) => new()
    {
        Size = ViTSize.Base, Positions = ViTPositions.None, RelativePositions = positions, QkvBias = QkvBias.QueryValue, LayerScale = 0.1,
    };

    private static ConvNeXtV2 Atto() => new(new() { Size = ConvNeXtV2Size.Atto }, Run(224));

    // Weights of the network under the names of a list, in its shapes; one number for what is no part of it.
    private void Write(Module network, IReadOnlyList<PublishedKey> keys)
    {
        var state = network.state_dict();
        var prefix = keys[0].Name.StartsWith("encoder.", StringComparison.Ordinal) ? "encoder." : "";
        foreach (var start in (string[])["teacher.backbone.", "target_encoder.module."])
        {
            prefix = keys[0].Name.StartsWith(start, StringComparison.Ordinal) ? start : prefix;
        }

        using var stream = File.Create(_file);
        SafeTensors.Write(stream, keys.Select(key => KeyValuePair.Create(key.Name, key.IsBeside ? ones(1)
            : IsIndex(key.Name) ? zeros(key.Shape, dtype: int64)
            : Shaped(state[((IForeignWeights)network).OwnName(key.Name[prefix.Length..])!], key))));
    }

    // A kernel of sparse convolutions: places column by column, inputs unless there is one for each output, outputs.
    private static Tensor Shaped(Tensor value, PublishedKey key) =>
        key.Name.EndsWith(".kernel", StringComparison.Ordinal) ? value.permute(3, 2, 1, 0).reshape(key.Shape) : value.reshape(key.Shape);
}
