using System.Collections;

namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>The lengths of a tensor's dimensions.</summary>
    public readonly struct Size : IEnumerable<long>
    {
        private readonly long[]? _shape;

        public Size(long[] shape) => _shape = shape;

        public Size(IEnumerable<long> shape) => _shape = shape.ToArray();

        public long[] Shape => _shape ?? [];

        public int Length => Shape.Length;

        public bool IsEmpty => Length == 0;

        public long this[int index] => Shape[index < 0 ? index + Length : index];

        public static implicit operator Size(long size) => new([size]);

        public static implicit operator Size(long[] shape) => new(shape);

        public static implicit operator Size((long, long) size) => new([size.Item1, size.Item2]);

        public static implicit operator Size((long, long, long) size) => new([size.Item1, size.Item2, size.Item3]);

        public static implicit operator Size((long, long, long, long) size) => new([size.Item1, size.Item2, size.Item3, size.Item4]);

        public static implicit operator Size((long, long, long, long, long) size) => new([size.Item1, size.Item2, size.Item3, size.Item4, size.Item5]);

        public static implicit operator Size((long, long, long, long, long, long) size) =>
            new([size.Item1, size.Item2, size.Item3, size.Item4, size.Item5, size.Item6]);

        public long numel() => Shape.Aggregate(1L, (product, length) => product * length);

        public Size Slice(int first, int next) => new(Shape[first..next]);

        public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)Shape).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => Shape.GetEnumerator();

        public override string ToString() => $"[{string.Join(", ", Shape)}]";
    }
}
