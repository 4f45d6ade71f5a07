using System.Buffers.Binary;
using System.Text;

namespace Parallax.Plugins.Datasets;

/// <summary>Where a frame lies in a file.</summary>
/// <param name="Offset">Its first byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct FramePlace(int Offset, int Length);

/// <summary>The frames of an AVI file whose video is Motion JPEG: each is a JPEG file of its own.</summary>
/// <param name="Frames">Where each frame lies, in order of time.</param>
/// <param name="FramesPerSecond">Rate of the stream.</param>
/// <param name="Size">Height and width by the header.</param>
/// <remarks>
/// Microsoft's AVI RIFF reference and the OpenDML extensions 1.02: frames are chunks <c>NNdc</c> or <c>NNdb</c> in lists <c>movi</c>, NN being the stream;
/// an empty one repeats the frame before. Indices in the file are not read: walking over the chunks takes no longer and cannot disagree with them.
/// </remarks>
internal sealed record AviIndex(FramePlace[] Frames, double FramesPerSecond, ImageSize Size)
{
    private const int ChunkHeader = 8, ListHeader = 12;   // name and length; and the kind of list

    /// <summary>Reads the frames of a file.</summary>
    /// <returns>Null when the file is no AVI, or its video is something else.</returns>
    /// <exception cref="CorruptSampleException">It is an AVI that is cut short or has no frames.</exception>
    public static AviIndex? Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < ListHeader || !file.StartsWith("RIFF"u8) || !file[ChunkHeader..].StartsWith("AVI "u8))
        {
            return null;
        }

        var reader = new Reader(file);
        reader.WalkFile();

        return reader.Finish();
    }

    private static CorruptSampleException Fault(string reason) => new("video", reason);

    private ref struct Reader(ReadOnlySpan<byte> file)
    {
        private readonly ReadOnlySpan<byte> _file = file;
        private readonly List<FramePlace> _frames = [];
        private int _streams, _video = -1;
        private bool _isMotionJpeg;
        private double _framesPerSecond;
        private ImageSize _size;

        /// <summary>A file is one RIFF chunk, or several one after the other where it is large.</summary>
        public void WalkFile()
        {
            for (var at = 0; at + ListHeader <= _file.Length && _file[at..].StartsWith("RIFF"u8);)
            {
                var length = LengthAt(at);
                var isOpen = length is 0 or uint.MaxValue;   // written by what could not go back to fill it in
                var end = isOpen ? _file.Length : at + ChunkHeader + length;
                if (end > _file.Length)
                {
                    throw Fault($"the AVI file is cut short: its header promises {end} bytes, there are {_file.Length}");
                }

                Walk(at + ListHeader, (int)end);
                at = (int)Even(end);
            }
        }

        public readonly AviIndex? Finish() =>
            !_isMotionJpeg ? null
            : _frames.Count == 0 ? throw Fault("the AVI file has no frames")
            : new(_frames.ToArray(), _framesPerSecond, _size);

        private void Walk(int start, int end)
        {
            for (long next, at = start; at + ChunkHeader <= end; at = next)
            {
                var (place, length) = ((int)at, LengthAt((int)at));
                next = Even(at + ChunkHeader + length);
                if (at + ChunkHeader + length > end)
                {
                    throw Fault($"the AVI file is damaged at byte {at}: a part of {length} bytes does not fit");
                }

                Take(place, (int)length);
            }
        }

        private void Take(int at, int length)
        {
            var name = _file.Slice(at, 4);
            var content = _file.Slice(at + ChunkHeader, length);
            if (name.SequenceEqual("LIST"u8) && length >= 4)
            {
                if (content.StartsWith("hdrl"u8) || content.StartsWith("strl"u8) || content.StartsWith("movi"u8) || content.StartsWith("rec "u8))
                {
                    Walk(at + ListHeader, at + ChunkHeader + length);
                }
            }
            else if (name.SequenceEqual("strh"u8))
            {
                TakeStream(content);
            }
            else if (name.SequenceEqual("strf"u8) && _video == _streams - 1)
            {
                TakeFormat(content);
            }
            else if (_video >= 0 && name[2] == 'd' && name[3] is (byte)'c' or (byte)'b' && StreamOf(name) == _video)
            {
                TakeFrame(at + ChunkHeader, length);
            }
        }

        private void TakeStream(ReadOnlySpan<byte> header)
        {
            const int scale = 20, rate = 24, enough = 28;
            if (_video < 0 && header.Length >= enough && header.StartsWith("vids"u8))
            {
                _video = _streams;
                _framesPerSecond = (double)BinaryPrimitives.ReadUInt32LittleEndian(header[rate..]) / BinaryPrimitives.ReadUInt32LittleEndian(header[scale..]);
                if (!(_framesPerSecond > 0 && double.IsFinite(_framesPerSecond)))
                {
                    throw Fault("the AVI file states no frame rate");
                }
            }

            _streams++;
        }

        private void TakeFormat(ReadOnlySpan<byte> header)
        {
            const int width = 4, height = 8, compression = 16, enough = 20;
            if (header.Length >= enough)
            {
                _isMotionJpeg = Encoding.ASCII.GetString(header.Slice(compression, 4)).Equals("MJPG", StringComparison.OrdinalIgnoreCase);
                _size = new(Math.Abs(BinaryPrimitives.ReadInt32LittleEndian(header[height..])), BinaryPrimitives.ReadInt32LittleEndian(header[width..]));
            }
        }

        private readonly void TakeFrame(int offset, int length)
        {
            if (length > 0)
            {
                _frames.Add(new(offset, length));
            }
            else if (_frames.Count > 0)
            {
                _frames.Add(_frames[^1]);
            }
        }

        private readonly uint LengthAt(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_file[(at + 4)..]);

        private static int StreamOf(ReadOnlySpan<byte> name) => ((name[0] - '0') * 10) + name[1] - '0';

        private static long Even(long offset) => offset + (offset & 1);
    }
}
