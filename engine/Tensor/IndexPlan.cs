using static Parallax.Torch.torch;

namespace Parallax.Torch;

/// <summary>Splits an index expression into views (numbers, slices, new axes) and what is left for advanced indexing (masks, index tensors).</summary>
internal static class IndexPlan
{
    internal static (Tensor View, Tensor?[]? Advanced) Apply(Tensor tensor, TensorIndex[] indices)
    {
        var named = indices.Count(i => i.Type is TensorIndex.Kind.Single or TensorIndex.Kind.Slice or TensorIndex.Kind.Null)
            + indices.Where(i => i.Type == TensorIndex.Kind.Tensor).Sum(Consumed);
        if (named > tensor.dim())
        {
            throw new ArgumentException($"The index names {named} dimensions, but the tensor has {tensor.dim()}: {Native.Describe(tensor.Live)}.", nameof(indices));
        }

        var view = tensor;
        var advanced = new List<Tensor?>();
        var hasTensors = false;
        var dim = 0L;
        foreach (var index in indices)
        {
            switch (index.Type)
            {
                case TensorIndex.Kind.Single:
                    view = Next(tensor, view, Ops.select_int(view, dim, index.Start!.Value));
                    break;
                case TensorIndex.Kind.Slice or TensorIndex.Kind.Null:
                    if (index.Start is not null || index.Stop is not null || index.Step is not null)
                    {
                        view = Next(tensor, view, Ops.slice_Tensor(view, dim, index.Start, index.Stop, index.Step ?? 1));
                    }

                    advanced.Add(null);
                    dim++;
                    break;
                case TensorIndex.Kind.None:
                    view = Next(tensor, view, Ops.unsqueeze(view, dim));
                    advanced.Add(null);
                    dim++;
                    break;
                case TensorIndex.Kind.Ellipsis:
                    for (var skipped = named; skipped < tensor.dim(); skipped++, dim++)
                    {
                        advanced.Add(null);
                    }

                    break;
                case TensorIndex.Kind.Bool:
                    view = Next(tensor, view, Ops.unsqueeze(view, dim));
                    advanced.Add(Ops.full([1], index.Start!.Value != 0, ScalarType.Bool, device: tensor.device));
                    hasTensors = true;
                    dim++;
                    break;
                default:
                    advanced.Add(index.Index);
                    hasTensors = true;
                    dim += Consumed(index);
                    break;
            }
        }

        if (!hasTensors)
        {
            return (ReferenceEquals(view, tensor) ? Ops.alias(tensor) : view, null);
        }

        return (view, advanced.ToArray());
    }

    /// <summary>A mask covers as many dimensions as it has itself, an index tensor one.</summary>
    private static int Consumed(TensorIndex index) => index.Index!.dtype is ScalarType.Bool or ScalarType.Byte ? (int)index.Index.dim() : 1;

    /// <summary>Views between the first and the last are freed at once.</summary>
    private static Tensor Next(Tensor original, Tensor previous, Tensor next)
    {
        if (!ReferenceEquals(previous, original))
        {
            previous.Dispose();
        }

        return next;
    }
}
