namespace Parallax.Plugins.Parts;

/// <summary>Smaller learning rates for early layers: factor decay^(last - layer), which is 1 for the last layer and for a head.</summary>
/// <remarks>
/// Clark et al., ELECTRA, ICLR 2020; Bao et al., BEiT, ICLR 2022, https://arxiv.org/abs/2106.08254, and the fine-tuning of MAE.
/// </remarks>
public static class LayerDecay
{
    /// <summary>Factor on the learning rate of a layer.</summary>
    /// <param name="layer">Its number.</param>
    /// <param name="last">Number of the last layer.</param>
    /// <param name="decay">Factor from one layer to that before it, a fraction in (0, 1].</param>
    public static double Scale(int layer, int last, double decay) => Math.Pow(decay, last - layer);

    /// <summary>Rules for a backbone that is stored under a field of a method: learning rates by layer, and no weight decay where it has none.</summary>
    /// <param name="backbone">Names its layers.</param>
    /// <param name="field">Where it is stored: names begin with it and a point.</param>
    /// <param name="decay">Factor from one layer to that before it, a fraction in (0, 1].</param>
    /// <param name="grouping">How fine its layers are numbered.</param>
    public static IReadOnlyList<ParameterRule> Rules(ILayerIds backbone, string field, double decay, LayerGrouping grouping)
    {
        var ids = backbone.NumberLayers(grouping);
        string Own(ParameterInfo parameter) => parameter.Name[(field.Length + 1)..];

        return
        [
            .. from layer in Enumerable.Range(0, ids.Last + 1)
               from decays in new[] { true, false }
               select new ParameterRule(
                   parameter => parameter.IsIn(field) && ids.Of(Own(parameter)) == layer
                       && backbone.IsDecayed(parameter with { Name = Own(parameter) }) == decays,
                   Scale(layer, ids.Last, decay), decays ? 1 : 0),
        ];
    }
}
