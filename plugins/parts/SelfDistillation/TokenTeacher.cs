namespace Parallax.Plugins.Parts;

/// <summary>The slow moving average of <see cref="TokenNetworks"/>: declares its momentum pairs and gives outputs without gradients.</summary>
/// <remarks>As <see cref="MomentumEncoder"/>, for views and their patches. Only the target is stored here; the online side stays with the method.</remarks>
public sealed class TokenTeacher : Module, IMomentumPairs
{
    private readonly IRegionBackbone backbone;
    private readonly DINOHead head;
    private readonly DINOHead? patch_head;
    private readonly TokenNetworks _target;

    /// <summary>Pairs a student with its teacher.</summary>
    /// <param name="student">What the optimizer trains.</param>
    /// <param name="teacher">The same structure, freshly made; registered here.</param>
    /// <param name="momentum">Share of the teacher kept at each step; it moves after the optimizer step.</param>
    public TokenTeacher(TokenNetworks student, TokenNetworks teacher, MomentumSchedule momentum)
        : base(nameof(TokenTeacher))
    {
        (_target, backbone, head, patch_head) = (teacher, teacher.Backbone, teacher.Head, teacher.PatchHead);
        MomentumPairs =
        [
            Pair((Module)student.Backbone, (Module)teacher.Backbone), Pair(student.Head, teacher.Head),
            .. student.PatchHead is null ? Array.Empty<MomentumPair>() : [Pair(student.PatchHead, teacher.PatchHead!)],
        ];
        RegisterComponents();

        MomentumPair Pair(Module online, Module target) => new(online, target, momentum, MomentumUpdate.AfterOptimizerStep);
    }

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs { get; }

    /// <summary>Encodes images without gradients.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>Tokens of the patches, [N, L, D], and outputs of the heads for the views, [N, K].</returns>
    public (ViewTokens Tokens, Tensor Views) Encode(Tensor images)
    {
        using var noGradients = no_grad();
        var tokens = _target.Encode(images);

        return (tokens, _target.Head.call(tokens.Views));
    }

    /// <summary>Outputs of the head for patches, without gradients.</summary>
    /// <param name="tokens">Normalised tokens, [..., D].</param>
    /// <returns>[..., K].</returns>
    public Tensor OfPatches(Tensor tokens)
    {
        using var noGradients = no_grad();

        return _target.OfPatches(tokens);
    }
}
