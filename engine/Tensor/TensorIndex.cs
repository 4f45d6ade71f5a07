namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>One position of an index expression: a number, a slice, a mask or index tensor, a new axis, or "all the rest".</summary>
    public readonly struct TensorIndex
    {
        internal enum Kind
        {
            Null,
            None,
            Ellipsis,
            Single,
            Slice,
            Bool,
            Tensor,
        }

        private TensorIndex(Kind type, long? start = null, long? stop = null, long? step = null, Tensor? tensor = null)
        {
            Type = type;
            Start = start;
            Stop = stop;
            Step = step;
            Index = tensor;
        }

        internal Kind Type { get; }

        internal long? Start { get; }

        internal long? Stop { get; }

        internal long? Step { get; }

        internal Tensor? Index { get; }

        /// <summary>All of this dimension.</summary>
        public static TensorIndex Colon { get; } = new(Kind.Slice);

        /// <summary>All of the dimensions that are not named.</summary>
        public static TensorIndex Ellipsis { get; } = new(Kind.Ellipsis);

        /// <summary>A new dimension of length 1.</summary>
        public static TensorIndex None { get; } = new(Kind.None);

        /// <summary>The same as <see cref="Colon"/>.</summary>
        public static TensorIndex Null { get; } = new(Kind.Slice);

        public static TensorIndex Single(long? index) => index is { } given ? new(Kind.Single, given) : Null;

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Kind.Slice, start, stop, step);

        public static TensorIndex Slice(Range range)
        {
            long? start = range.Start.IsFromEnd ? (range.Start.Value == 0 ? long.MaxValue : -range.Start.Value) : range.Start.Value;
            long? stop = range.End.IsFromEnd ? (range.End.Value == 0 ? null : -range.End.Value) : range.End.Value;
            return new(Kind.Slice, start, stop);
        }

        public static TensorIndex Bool(bool value) => new(Kind.Bool, value ? 1 : 0);

        public static TensorIndex Tensor(Tensor? tensor) => tensor is null ? Null : new(Kind.Tensor, tensor: tensor);

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range.start, range.end);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);
    }
}
