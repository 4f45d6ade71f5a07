using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Methods;

public sealed class BEiTTests
{
    private const int Side = 32, Patch = 4, Grid = 8, Images = 40;

    private static readonly RunInfo _run = TestRuns.Of() with { ImageSize = Side };
    private static readonly BEiTOptions _options = new() { VocabularySize = 7, MinBlockPatches = 4 };

    [Fact]
    public void Step_IsThePapers_OnHiddenPatchesAlone()
    {
        var (method, context) = (Ready(), TestRuns.Step());
        var (batch, state, backbone) = (Batch(), method.state_dict(), (ITokenBackbone)method.Backbone);
        var mask = Mask(batch, context);                                                                       // [4, 8, 8]

        var loss = method.Step(batch, context).Loss.item<float>();

        var patches = backbone.EmbedPatches(batch.Views[0]);
        var hidden = (patches * (1 - mask.unsqueeze(3))) + (state["mask_token"] * mask.unsqueeze(3));
        var encoded = backbone.Normalise(backbone.Encode(hidden)).narrow(1, backbone.PrefixTokens, Grid * Grid);
        var logs = F.linear(encoded, state["head.weight"], state["head.bias"]).log_softmax(2);                 // [4, 64, 7]
        var pixels = PatchPixels.Split(batch.Views[0], Patch);                                                 // [4, 64, 48]
        var tokens = (pixels.unsqueeze(2) - state["codebook"]).square().sum([3]).argmin(2);                    // [4, 64]
        var losses = -logs.gather(2, tokens.unsqueeze(2)).squeeze(2) * mask.flatten(1);
        Assert.Equal((losses.sum() / mask.sum()).item<float>(), loss, tolerance: 1e-5);
    }

    [Fact]
    public void BeforeEpoch_MakesTheCodebookOnce_OfPatchesOfTheImages()
    {
        var method = Create();
        var features = new PixelFeatures();

        method.BeforeEpoch(new(0, features, NullLogger.Instance));
        var codebook = method.state_dict()["codebook"].clone();
        method.BeforeEpoch(new(1, features, NullLogger.Instance));

        Assert.Equal(1, features.Extractions);
        Tensors.AssertClose(codebook, method.state_dict()["codebook"], tolerance: 0);
        Assert.True((cdist(codebook, codebook) + eye(7)).min().item<float>() > 0.1, "two visual tokens are the same");
        Assert.InRange(codebook.abs().max().item<float>(), 0.1, 4);
    }

    [Fact]
    public void Step_HiddenPixels_AreNotSeen()
    {
        var (method, batch, context) = (Ready(), Batch(), TestRuns.Step());
        var hidden = Mask(batch, context).repeat_interleave(Patch, 1).repeat_interleave(Patch, 2).unsqueeze(1);
        var logits = new List<Tensor>();
        ((Module<Tensor, Tensor>)method.named_modules().Single(part => part.name == "head").module).register_forward_hook((_, _, output) =>
        {
            logits.Add(output.detach());

            return output;
        });

        method.Step(batch, context);
        method.Step(batch with { Views = [batch.Views[0] + (5 * hidden)] }, context);

        Tensors.AssertClose(logits[0], logits[1], 1e-6);
        Assert.Equal(hidden.sum().item<float>() / (Patch * Patch), logits[0].shape[0]);
    }

    [Fact]
    public void Pictures_HiddenPatches_AreTheCentroidsOfTheLikeliestTokens()
    {
        var (method, batch, context) = (Ready(), Batch(), TestRuns.Step());
        var (state, backbone) = (method.state_dict(), (ITokenBackbone)method.Backbone);
        var hidden = Mask(batch, context);                                                                     // [4, 8, 8]

        var columns = method.Pictures(batch, context).ToDictionary(column => column.Title, column => PatchPixels.Split(column.Images, Patch));

        var patches = where(hidden.unsqueeze(3).eq(1), state["mask_token"], backbone.EmbedPatches(batch.Views[0]));
        var encoded = backbone.Normalise(backbone.Encode(patches)).narrow(1, backbone.PrefixTokens, Grid * Grid);
        var likeliest = F.linear(encoded, state["head.weight"], state["head.bias"]).argmax(2);                 // [4, 64]
        var isHidden = hidden.flatten(1).unsqueeze(2).eq(1);                                                   // [4, 64, 1]
        Tensors.AssertClose(where(isHidden, state["codebook"][likeliest], columns["original"]), columns["reconstruction"], tolerance: 0);
        Tensors.AssertClose(where(isHidden, 0, columns["original"]), columns["masked"], tolerance: 0);
    }

    [Fact]
    public void Constructor_HeadAndMaskToken_AreCutOffAtOneDeviation()
    {
        manual_seed(3);

        using var method = Create(new() { VocabularySize = 200, MinBlockPatches = 4 });
        var state = method.state_dict();

        Assert.Equal(0.0108, state["head.weight"].std().item<float>(), tolerance: 3e-4);
        Assert.Equal(0.0108, state["mask_token"].std().item<float>(), tolerance: 2e-3);   // of 192 values
        Assert.All(new[] { "head.weight", "mask_token" }, name => Assert.InRange(state[name].abs().max().item<float>(), 0.018, 0.02));
    }

    [Fact]
    public void Step_Masks_DependOnImageAndEpochAlone()
    {
        var (method, batch) = (Ready(), Batch());
        float Loss(int epoch, ulong seed) => method.Step(batch, TestRuns.Step(epoch, seed)).Loss.item<float>();

        Assert.Equal(Loss(0, seed: 1), Loss(0, seed: 2));
        Assert.NotEqual(Loss(0, seed: 1), Loss(1, seed: 1));
    }

    [Theory]
    [InlineData("codebook.npy")]
    [InlineData("codebook.safetensors")]
    public void Train_WithACodebookOfAFile_KeepsIt(string file)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var (path, codebook) = (Path.Combine(folder.Path, file), Tensors.Normal(4, 16, 8 * 8 * 3));
        Write(path, codebook);

        using var session = ConformanceHost.Session("beit", $"method.codebookFile={path}", "trainer.maxSteps=2");
        ConformanceHost.Train(session);

        Tensors.AssertClose(codebook, session.Experiment.Module.state_dict()["codebook"], tolerance: 0);
    }

    [Fact]
    public void Train_WithAFileThatDoesNotFit_SaysWhatItHas()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        string PathOf(string name) => Path.Combine(folder.Path, name);
        Write(PathOf("other.npy"), zeros(16, 48));
        Write(PathOf("two.safetensors"), zeros(16, 192), zeros(16, 192));
        File.WriteAllText(PathOf("text.npy"), "no numbers");
        string Fault(string name) =>
            Assert.Throws<ConfigurationException>(() => ConformanceHost.Session("beit", $"method.codebookFile={PathOf(name)}")).Message;

        Assert.Equal($"method.codebookFile is '{PathOf("other.npy")}', which has the array [16, 48]. Expected one tensor of [16, 192]: visual tokens "
            + "(method.vocabularySize), pixels of a patch (8 x 8, 3 channels).", Fault("other.npy"));
        Assert.Contains("which has 2 such tensors: 0, 1. Expected one", Fault("two.safetensors"), StringComparison.Ordinal);
        Assert.Contains("Expected a safetensors file, an array of NumPy (.npy), or", Fault("text.npy"), StringComparison.Ordinal);
        Assert.Contains("There is no file", Fault("none.npy"), StringComparison.Ordinal);
    }

    [Fact]
    public void BeforeEpoch_WithACodebookOfAFile_MakesNone()
    {
        var (method, features) = (Create(_options with { CodebookFile = "codebook.npy" }), new PixelFeatures());

        method.BeforeEpoch(new(0, features, NullLogger.Instance));

        Assert.Equal(0, features.Extractions);
        Assert.Empty((_options with { CodebookFile = "codebook.npy", VocabularySize = 81 }).Faults(_run));
    }

    [Fact]
    public void Faults_WhatDoesNotFitTheData_SaysWhatDoes()
    {
        var options = new BEiTOptions { VocabularySize = 81, PatchesPerImage = 2 };
        string Fault(BEiTOptions options, int side) => Assert.Single(Create(options).Faults(_run with { ImageSize = side }));

        Assert.StartsWith("method.vocabularySize is 81, but 40 training images give 80 patches", Assert.Single(options.Faults(_run)), StringComparison.Ordinal);
        Assert.StartsWith("data.imageSize is 30, but a token stands for 4 x 4 pixels", Fault(_options, 30), StringComparison.Ordinal);
        Assert.StartsWith("The smallest hidden rectangle has 26 patches (method.minBlockPatches), but 25 of 64",
            Fault(_options with { MinBlockPatches = 26 }, 32), StringComparison.Ordinal);
        Assert.StartsWith("method.patchesPerImage is 65, but images have 64", Fault(_options with { PatchesPerImage = 65 }, 32), StringComparison.Ordinal);
        Assert.Empty(Create().Faults(_run));
    }

    private static BEiT Create(BEiTOptions? options = null) =>
        new(() => new ViT(new() { Size = ViTSize.Tiny, PatchSize = Patch }, _run), options ?? _options, _run, NullLogger.Instance);

    private static BEiT Ready()
    {
        var method = Create();
        method.BeforeEpoch(new(0, new PixelFeatures(), NullLogger.Instance));

        return method;
    }

    private static void Write(string file, params Tensor[] tensors)
    {
        using var stream = File.Create(file);
        if (!file.EndsWith(".npy", StringComparison.Ordinal))
        {
            SafeTensors.Write(stream, tensors.Select((tensor, i) => KeyValuePair.Create($"{i}", tensor)));

            return;
        }

        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({tensors[0].shape[0]}, {tensors[0].shape[1]}), }}".PadRight(117) + "\n";
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header)]);
        stream.Write(MemoryMarshal.AsBytes(Tensors.Values(tensors[0]).AsSpan()));
    }

    private static Batch Batch() => new([Tensors.Normal(3, TestRuns.BatchSize, 3, Side, Side)], tensor(new long[] { 7, 3, 30, 12 }), null);

    private static Tensor Mask(Batch batch, StepContext context) =>
        new BlockMasking(Grid, Grid) { MinPatches = 4 }.Draw(new SampleRandom(_run).Of(batch, context), 25);   // int(64 * 0.4)

    private sealed class PixelFeatures : IFeatureExtractor
    {
        public int Extractions { get; private set; }

        public Tensor Extract(Func<Tensor, Tensor> encode)
        {
            Extractions++;

            return encode(Tensors.Normal(9, Images, 3, Side, Side));
        }
    }
}
