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
    private const string Codec = "MJPG";

    /// <summary>Whether the frames of a file may be found here, by its first bytes.</summary>
    /// <param name="start">The bytes.</param>
    /// <param name="length">Bytes of the whole file.</param>
    /// <exception cref="CorruptSampleException">It is an AVI that is cut short.</exception>
    public static bool MayBeMotionJpeg(ReadOnlySpan<byte> start, long length) =>
        IsAvi(start) && EndOf(start, 0, length) > 0 && Encoding.ASCII.GetString(start).Contains(Codec, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the frames of a file.</summary>
    /// <returns>Null when the file is no AVI, its video is something else, or its parts do not fit into each other.</returns>
    /// <exception cref="CorruptSampleException">It is an AVI that is cut short or has no frames.</exception>
    public static AviIndex? Read(ReadOnlySpan<byte> file)
    {
        var reader = new Reader(file);

        return IsAvi(file) && reader.TryWalkFile() ? reader.Finish() : null;
    }

    private static bool IsAvi(ReadOnlySpan<byte> file) => file.Length >= ListHeader && file.StartsWith("RIFF"u8) && file[ChunkHeader..].StartsWith("AVI "u8);

    /// <summary>Where a RIFF chunk ends.</summary>
    private static long EndOf(ReadOnlySpan<byte> file, int at, long fileLength)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
        var end = IsOpen(length) ? fileLength : at + ChunkHeader + length;

        return end <= fileLength ? end : throw Fault($"the AVI file is cut short: its header promises {end} bytes, there are {fileLength}");
    }

    /// <summary>Whether a length was written by what could not go back to fill it in, as into a pipe: such a part goes on to the end.</summary>
    private static bool IsOpen(uint length) => length is 0 or uint.MaxValue;

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
        /// <returns>False when its video is something else, known by its headers, or a part is longer than the one around it.</returns>
        public bool TryWalkFile()
        {
            for (var at = 0L; at + ListHeader <= _file.Length && _file[(int)at..].StartsWith("RIFF"u8);)
            {
                var end = EndOf(_file, (int)at, _file.Length);
                if (!TryWalk(at + ListHeader, end))
                {
                    return false;
                }

                at = Even(end);
            }

            return _isMotionJpeg;
        }

        public readonly AviIndex Finish() =>
            _frames.Count == 0 ? throw Fault("the AVI file has no frames") : new(_frames.ToArray(), _framesPerSecond, _size);

        private bool TryWalk(long start, long end)
        {
            for (long next, at = start; at + ChunkHeader <= end; at = next)
            {
                var content = at + ChunkHeader;
                var length = LengthAt((int)at, end);
                next = Even(content + length);
                if (content + length > end || !TryTake((int)at, (int)length))
                {
                    return false;
                }
            }

            return true;
        }

        private readonly long LengthAt(int at, long end)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(_file[(at + 4)..]);
            var isOpenMovie = IsOpen(length) && at + ListHeader <= end && _file[at..].StartsWith("LIST"u8) && _file[(at + ChunkHeader)..].StartsWith("movi"u8);

            return isOpenMovie ? end - at - ChunkHeader : length;
        }

        private bool TryTake(int at, int length)
        {
            var name = _file.Slice(at, 4);
            var content = _file.Slice(at + ChunkHeader, length);
            if (name.SequenceEqual("LIST"u8))
            {
                return TryTakeList(content, at + ListHeader);
            }

            if (name.SequenceEqual("strh"u8))
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

            return true;
        }

        private bool TryTakeList(ReadOnlySpan<byte> list, int start)
        {
            var end = start - 4 + list.Length;   // the kind is part of the list
            if (list.StartsWith("hdrl"u8))
            {
                return TryWalk(start, end) && _isMotionJpeg;
            }

            var hasMore = list.StartsWith("strl"u8) || list.StartsWith("movi"u8) || list.StartsWith("rec "u8);

            return !hasMore || TryWalk(start, end);
        }

        private void TakeStream(ReadOnlySpan<byte> header)
        {
            const int scale = 20, rate = 24, enough = 28;
            if (_video < 0 && header.Length >= enough && header.StartsWith("vids"u8))
            {
                _video = _streams;
                _framesPerSecond = (double)BinaryPrimitives.ReadUInt32LittleEndian(header[rate..]) / BinaryPrimitives.ReadUInt32LittleEndian(header[scale..]);
            }

            _streams++;
        }

        private void TakeFormat(ReadOnlySpan<byte> header)
        {
            const int width = 4, height = 8, compression = 16, enough = 20;
            if (header.Length < enough)
            {
                return;
            }

            var rows = Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(header[height..]));   // below 0 from the top down
            if (rows <= int.MaxValue && _framesPerSecond > 0 && double.IsFinite(_framesPerSecond))
            {
                _isMotionJpeg = Encoding.ASCII.GetString(header.Slice(compression, 4)).Equals(Codec, StringComparison.OrdinalIgnoreCase);
                _size = new((int)rows, BinaryPrimitives.ReadInt32LittleEndian(header[width..]));
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

        private static int StreamOf(ReadOnlySpan<byte> name) => ((name[0] - '0') * 10) + name[1] - '0';

        private static long Even(long offset) => offset + (offset & 1);
    }
}
