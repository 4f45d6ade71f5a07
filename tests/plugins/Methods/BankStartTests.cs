using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Methods.Steps;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods;

/// <summary>How the banks of methods begin.</summary>
public sealed class BankStartTests
{
    private const int Dim = 6;

    private static readonly Dictionary<string, (Func<BankStart, Module> Create, string Head)> _methods = new()
    {
        ["instdisc"] = (start => new InstDisc(new NormBackbone(), new() { ProjectionDim = Dim, BankStart = start }, TestRuns.Of()), "projector"),
        ["instdisc-softmax"] = (
            start => new InstDiscSoftmax(new NormBackbone(), new() { ProjectionDim = Dim, BankStart = start }, TestRuns.Of()), "projector"),
        ["pirl"] = (start => new PIRL(new NormBackbone(), new() { ProjectionDim = Dim, BankStart = start }, TestRuns.Of()), "imageHead"),
        ["pirl-rotation"] = (
            start => new PIRLRotation(new NormBackbone(), new() { ProjectionDim = Dim, BankStart = start }, TestRuns.Of()), "imageHead"),
    };

    public static TheoryData<string> Names => [.. _methods.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void BeforeEpoch_ForwardPass_GivesRowsTheEmbeddingsOnce(string name)
    {
        var (create, head) = _methods[name];
        var (method, extractor) = (create(BankStart.ForwardPass), new ImageExtractor());
        method.eval();
        var networks = new Networks(method);

        Begin(method, 0, extractor);
        Begin(method, 1, extractor);

        var v = Unit(networks.Run(extractor.Images, "backbone", head));                           // [M, D]
        Assert.Equal(1, extractor.Passes);
        Tensors.AssertClose(v.to(float32), networks.State("bank.bank"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void BeforeEpoch_Random_LeavesTheRows(string name)
    {
        var (method, extractor) = (_methods[name].Create(BankStart.Random), new ImageExtractor());
        var before = Tensors.Values(method.state_dict()["bank.bank"]);

        Begin(method, 0, extractor);

        Assert.Equal(0, extractor.Passes);
        Assert.Equal(before, Tensors.Values(method.state_dict()["bank.bank"]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void IsNeeded_WorkBeforeEpochs_OnlyWhereTheBankBeginsWithEmbeddings(string name)
    {
        var (create, _) = _methods[name];

        Assert.True(((IEpochPhase)create(BankStart.ForwardPass)).IsNeeded);
        Assert.False(((IEpochPhase)create(BankStart.Random)).IsNeeded);
    }

    private static void Begin(Module method, int epoch, ImageExtractor extractor)
    {
        using var noGradients = no_grad();
        ((IEpochPhase)method).BeforeEpoch(new(epoch, extractor, NullLogger.Instance));
    }
}
