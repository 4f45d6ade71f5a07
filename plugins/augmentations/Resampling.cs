using System.Runtime.InteropServices;

namespace Parallax.Plugins.Augmentations;

/// <summary>Crops a part and resizes it, in two one-dimensional passes with antialiasing windows, as PIL and torch's antialiased interpolation do.</summary>
internal static class Resampling
{
    /// <summary>Replaces the image by a part of it, resized. Pixels outside the part have no influence.</summary>
    public static void CropAndResize(ImageBuffer image, Part part, int height, int width, Interpolation interpolation)
    {
        if (part == new Part(0, 0, height, width) && image.Size == new ImageSize(height, width))
        {
            return;
        }

        var vertical = new Axis(part.Top, part.Height, height, interpolation);
        var horizontal = new Axis(part.Left, part.Width, width, interpolation);
        var rowLength = horizontal.Input + horizontal.Taps;   // room for the taps of the last windows, whose weights are zero there

        var memory = image.Scratch((vertical.Taps * height) + height + (horizontal.Taps * width) + width + rowLength + vertical.Taps);
        var rowTable = vertical.Fill(ref memory);
        var columnTable = horizontal.Fill(ref memory);
        var row = memory[..rowLength];
        row[horizontal.Input..].Clear();
        var rowStarts = MemoryMarshal.Cast<float, int>(memory.Slice(rowLength, vertical.Taps));

        var target = image.Back(image.Channels, height, width);
        for (var channel = 0; channel < image.Channels; channel++)
        {
            var source = image.Plane(channel)[((vertical.First * image.Width) + horizontal.First)..];
            for (var y = 0; y < height; y++)
            {
                var weights = rowTable.WeightsOf(y);
                var taps = Math.Min(weights.Length, vertical.Input - rowTable.Starts[y]);
                for (var tap = 0; tap < taps; tap++)
                {
                    rowStarts[tap] = (rowTable.Starts[y] + tap) * image.Width;
                }

                ShiftedSum.Compute(source, rowStarts, weights[..taps], row[..horizontal.Input]);
                SumColumns(row, columnTable, target.Slice(((channel * height) + y) * width, width));
            }
        }

        image.SwapBack();
    }

    private static void SumColumns(ReadOnlySpan<float> row, Table table, Span<float> result)
    {
        for (var x = 0; x < result.Length; x++)
        {
            var weights = table.WeightsOf(x);
            var pixels = row.Slice(table.Starts[x], weights.Length);
            var sum = 0f;
            for (var tap = 0; tap < weights.Length; tap++)
            {
                sum = MathF.FusedMultiplyAdd(weights[tap], pixels[tap], sum);
            }

            result[x] = Math.Clamp(sum, 0f, 1f);
        }
    }

    /// <summary>First pixel and weights of every output position along one axis.</summary>
    private readonly ref struct Table(Span<int> starts, Span<float> weights, int taps)
    {
        public readonly Span<int> Starts = starts;
        private readonly Span<float> _weights = weights;

        public Span<float> WeightsOf(int position) => _weights.Slice(position * taps, taps);
    }

    /// <summary>The geometry of one axis.</summary>
    private readonly struct Axis
    {
        private readonly int _output;
        private readonly double _offset, _scale, _filterScale, _support;
        private readonly Interpolation _interpolation;

        public Axis(float start, float length, int output, Interpolation interpolation)
        {
            (_output, _interpolation) = (output, interpolation);
            First = (int)start;
            Input = (int)MathF.Ceiling(start + length) - First;
            _offset = start - First;
            _scale = (double)length / output;
            _filterScale = Math.Max(_scale, 1);
            _support = (interpolation == Interpolation.Bicubic ? 2 : 1) * _filterScale;
            Taps = Math.Min(Input, ((int)Math.Ceiling(_support) * 2) + 1);
        }

        /// <summary>First pixel that the part touches.</summary>
        public int First { get; }

        /// <summary>How many pixels it touches.</summary>
        public int Input { get; }

        /// <summary>Length of the longest window.</summary>
        public int Taps { get; }

        /// <summary>Computes the windows into the front of the memory and advances it.</summary>
        public Table Fill(ref Span<float> memory)
        {
            var table = new Table(MemoryMarshal.Cast<float, int>(memory[.._output]), memory.Slice(_output, _output * Taps), Taps);
            memory = memory[(_output * (1 + Taps))..];
            for (var position = 0; position < _output; position++)
            {
                var center = _offset + (_scale * (position + 0.5));
                var start = Math.Max(0, (int)(center - _support + 0.5));
                var end = Math.Min(Input, (int)(center + _support + 0.5));
                var weights = table.WeightsOf(position);
                var total = 0.0;
                for (var tap = 0; tap < weights.Length; tap++)
                {
                    var weight = start + tap < end ? Weight((start + tap - center + 0.5) / _filterScale) : 0;
                    weights[tap] = (float)weight;
                    total += weight;
                }

                for (var tap = 0; tap < weights.Length; tap++)
                {
                    weights[tap] = (float)(weights[tap] / total);
                }

                table.Starts[position] = start;
            }

            return table;
        }

        private double Weight(double distance)
        {
            distance = Math.Abs(distance);
            if (_interpolation == Interpolation.Bilinear)
            {
                return Math.Max(0, 1 - distance);
            }

            return distance switch
            {
                < 1 => (((1.5 * distance) - 2.5) * distance * distance) + 1,
                < 2 => (((((-0.5 * distance) + 2.5) * distance) - 4) * distance) + 2,
                _ => 0,
            };
        }
    }
}
