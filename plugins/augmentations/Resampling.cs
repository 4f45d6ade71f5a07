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
        var rowLength = horizontal.Input + horizontal.Taps + ColumnSum.Reach;   // room for the taps of the last windows, whose weights are zero there

        var memory = image.Scratch(vertical.Memory + horizontal.Memory + rowLength + (2 * vertical.Taps) + width + ColumnSum.Room);
        var rowTable = vertical.Fill(ref memory);
        var columns = new ColumnSum(horizontal.Fill(ref memory));
        var row = Take(ref memory, rowLength);
        row[horizontal.Input..].Clear();
        var rowStarts = MemoryMarshal.Cast<float, int>(Take(ref memory, vertical.Taps));
        var rowWeights = Take(ref memory, vertical.Taps);
        var line = Take(ref memory, width + ColumnSum.Room);

        var target = image.Back(image.Channels, height, width);
        for (var channel = 0; channel < image.Channels; channel++)
        {
            var source = image.Plane(channel)[((vertical.First * image.Width) + horizontal.First)..];
            for (var y = 0; y < height; y++)
            {
                var taps = Math.Min(vertical.Taps, vertical.Input - rowTable.Starts[y]);
                for (var tap = 0; tap < taps; tap++)
                {
                    rowStarts[tap] = (rowTable.Starts[y] + tap) * image.Width;
                    rowWeights[tap] = rowTable.Weight(tap, y);
                }

                ShiftedSum.Compute(source, rowStarts[..taps], rowWeights[..taps], row[..horizontal.Input]);
                columns.Compute(row, line);
                line[..width].CopyTo(target[(((channel * height) + y) * width)..]);
            }
        }

        image.SwapBack();
    }

    private static Span<float> Take(ref Span<float> memory, int length)
    {
        var taken = memory[..length];
        memory = memory[length..];

        return taken;
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

        /// <summary>Numbers that its windows take.</summary>
        public int Memory => (_output + ColumnSum.Room) * (1 + Taps);

        /// <summary>Computes the windows into the front of the memory and advances it.</summary>
        public WindowTable Fill(ref Span<float> memory)
        {
            var stride = _output + ColumnSum.Room;
            var starts = MemoryMarshal.Cast<float, int>(Take(ref memory, stride));
            var table = new WindowTable(starts, Take(ref memory, stride * Taps), Taps, _output);
            for (var position = 0; position < _output; position++)
            {
                var center = _offset + (_scale * (position + 0.5));
                var start = Math.Max(0, (int)(center - _support + 0.5));
                var end = Math.Min(Input, (int)(center + _support + 0.5));
                var total = 0.0;
                for (var tap = 0; tap < Taps; tap++)
                {
                    var weight = start + tap < end ? Weight((start + tap - center + 0.5) / _filterScale) : 0;
                    table.Weight(tap, position) = (float)weight;
                    total += weight;
                }

                for (var tap = 0; tap < Taps; tap++)
                {
                    ref var weight = ref table.Weight(tap, position);
                    weight = (float)(weight / total);
                }

                starts[position] = start;
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
