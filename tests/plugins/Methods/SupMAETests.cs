using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

public sealed class SupMAETests
{
    private static readonly SupMAEOptions _small = new() { DecoderWidth = 16, DecoderHeads = 2, HiddenDim = 8 };

    [Fact]
    public void Step_Loss_IsTheReconstructionAndAShareOfTheClasses()
    {
        var output = Create(_small with { ClassLossWeight = 0.25 }).Step(TestRuns.Batch(0, 1, 2, 1), TestRuns.Step());

        var parts = output.Diagnostics.ToDictionary(diagnostic => diagnostic.Name, diagnostic => diagnostic.Value.item<float>());
        Assert.Equal(parts["reconstruction_loss"] + (0.25 * parts["class_loss"]), output.Loss.item<float>(), tolerance: 1e-5);
        Assert.True(parts["class_loss"] > 0);
    }

    [Fact]
    public void Step_ImagesOfUnknownClass_AddNothingAndCount()
    {
        var known = Classes(1, 1, 1, 1);

        Assert.Equal(0, Classes(-1, -1, -1, -1), tolerance: 1e-6);
        Assert.InRange(Classes(1, -1, -1, -1), 1e-3, known);
    }

    [Fact]
    public void Constructor_Classifier_HasTheNamesOfTheAuthorsCode_AndTheDecoderOneBlock()
    {
        var state = Create(new()).state_dict();

        Assert.Equal([4 * 32, 32], state["cls_head.0.weight"].shape);
        Assert.Equal([3, 4 * 32], state["cls_head.3.weight"].shape);
        Assert.Contains("cls_head.1.running_mean", state.Keys);
        Assert.Contains("decoder.decoder_blocks.0.attn.qkv.weight", state.Keys);
        Assert.DoesNotContain("decoder.decoder_blocks.1.attn.qkv.weight", state.Keys);
    }

    [Fact]
    public void Constructor_DataWithoutLabels_IsRefused()
    {
        var fault = Assert.Throws<ConfigurationException>(() => new SupMAE(Tiny, _small, TestRuns.Of(classes: 0)));

        Assert.Contains("'supmae' learns from labels", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_NeedNoLabels() => Assert.Equal(3, Create(_small).Pictures(TestRuns.Batch() with { Labels = null }, TestRuns.Step()).Count);

    private static float Classes(params long[] labels) => Create(_small).Step(TestRuns.Batch(labels), TestRuns.Step()).Diagnostics
        .Single(diagnostic => diagnostic.Name == "class_loss").Value.item<float>();

    private static SupMAE Create(SupMAEOptions options)
    {
        manual_seed(3);

        return new(Tiny, options, TestRuns.Of());
    }

    private static ViT Tiny() => new(new() { Width = 32, Depth = 1, Heads = 2, PatchSize = 2 }, TestRuns.Of());
}
