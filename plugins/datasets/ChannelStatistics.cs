namespace Parallax.Plugins.Datasets;

/// <summary>Mean and standard deviation of each channel over all pixels, in units of [0, 1].</summary>
internal sealed record ChannelStatistics(IReadOnlyList<double> Mean, IReadOnlyList<double> Std)
{
    /// <summary>Images looked at when decoding all would take too long.</summary>
    public const int SampleSize = 512;

    /// <summary>Exact statistics of byte planes, [N, C, H, W].</summary>
    /// <param name="pixels">All images.</param>
    /// <param name="channels">C.</param>
    /// <param name="plane">H * W.</param>
    public static ChannelStatistics OfBytes(ReadOnlySpan<byte> pixels, int channels, int plane)
    {
        var histograms = new long[channels, 256];
        for (var start = 0; start < pixels.Length; start += plane)
        {
            var channel = start / plane % channels;
            foreach (var value in pixels.Slice(start, plane))
            {
                histograms[channel, value]++;
            }
        }

        return FromSums(channels, channel =>
            Enumerable.Range(0, 256).Aggregate(default(Sums), (sums, value) => sums.Add(value / 255.0, histograms[channel, value])));
    }

    /// <summary>Statistics of a sample of images, evenly spaced over the data set, decoded on all cores. The same for any number of cores.</summary>
    /// <param name="count">Number of images.</param>
    /// <param name="channels">C.</param>
    /// <param name="read">Decodes one image; may throw <see cref="CorruptSampleException"/>, the image is then left out.</param>
    /// <param name="most">Images in the sample.</param>
    /// <exception cref="ConfigurationException">None of the sample can be read.</exception>
    public static ChannelStatistics OfSample(long count, int channels, Action<long, ImageBuffer> read, int most = SampleSize)
    {
        long[] sample = [.. Spread.Numbers(count, most)];
        var perImage = new Sums[sample.Length, channels];
        CorruptSampleException? fault = null;
        using var buffers = new ThreadLocal<ImageBuffer>(() => new ImageBuffer());
        Parallel.For(0, sample.Length, i =>
        {
            var image = buffers.Value!;
            try
            {
                read(sample[i], image);
            }
            catch (CorruptSampleException corrupt)
            {
                fault = corrupt;   // training meets it again and reports it; here it only must not count
                return;
            }

            for (var channel = 0; channel < channels; channel++)
            {
                perImage[i, channel] = Sums.Of(image.Plane(channel));
            }
        });

        var statistics = FromSums(channels, channel =>
            Enumerable.Range(0, sample.Length).Aggregate(default(Sums), (sums, i) => sums.Add(perImage[i, channel])));

        return double.IsFinite(statistics.Mean[0]) ? statistics : throw new ConfigurationException(
            $"None of {sample.Length} images of the training split can be read; one fault of them: {fault?.Message}. Check the files that "
                + "data.path points at.");
    }

    private static ChannelStatistics FromSums(int channels, Func<int, Sums> sumsOf)
    {
        Sums[] sums = [.. Enumerable.Range(0, channels).Select(sumsOf)];

        return new([.. sums.Select(s => s.Mean)], [.. sums.Select(s => s.Std)]);
    }

    private readonly record struct Sums(double Count, double Total, double Squares)
    {
        private const double SmallestStd = 1e-3;   // a constant channel must not divide by zero

        public double Mean => Total / Count;

        public double Std => Math.Max(SmallestStd, Math.Sqrt(Math.Max(0, (Squares / Count) - (Mean * Mean))));

        public static Sums Of(ReadOnlySpan<float> values)
        {
            double total = 0, squares = 0;
            foreach (var value in values)
            {
                total += value;
                squares += (double)value * value;
            }

            return new(values.Length, total, squares);
        }

        public Sums Add(double value, long times) => new(Count + times, Total + (times * value), Squares + (times * value * value));

        public Sums Add(Sums other) => new(Count + other.Count, Total + other.Total, Squares + other.Squares);
    }
}
