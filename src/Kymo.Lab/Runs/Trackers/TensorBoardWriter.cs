using System.Buffers.Binary;
using System.Globalization;

namespace Kymo.Lab.Runs.Trackers;

/// <summary>
/// Writes a TensorBoard event file, <c>events.out.tfevents.*</c>: framed records (length, masked CRC-32C of the length, data,
/// masked CRC-32C of the data) of <c>Event</c> messages. Scalars are rank-0 float tensors of plugin <c>scalars</c>, texts
/// string tensors of plugin <c>text</c>.
/// </summary>
public sealed class TensorBoardWriter : IEventSink
{
    const int FloatTensor = 1;
    const int StringTensor = 7;
    static readonly TimeSpan s_flushEvery = TimeSpan.FromSeconds(10);

    readonly FileStream _stream;
    readonly HashSet<string> _introduced = new(StringComparer.Ordinal);
    DateTimeOffset _flushed;

    /// <summary>
    /// Begins a file in a run folder. Files of an earlier attempt are deleted: the event log repeats what they held.
    /// </summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="started">
    /// When the run began (not when it was resumed), so that a resumed run writes a file of the same name.
    /// </param>
    /// <param name="host">Third part of the name, by convention the host; letters, digits, <c>-</c> and <c>_</c>.</param>
    public TensorBoardWriter(string folder, DateTimeOffset started, string host = "kymo")
    {
        foreach (var old in Directory.GetFiles(folder, "events.out.tfevents.*")) File.Delete(old);
        Path = System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture,
            $"events.out.tfevents.{started.ToUnixTimeSeconds()}.{host}.0.0"));
        _stream = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16);
        _flushed = started;
        Record(new ProtoMessage().Double(1, Seconds(started)).Text(3, "brain.Event:2"));
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Write(LoggedEvent logged)
    {
        if (logged.Value is { } value) Summary(logged, ScalarTensor((float)value), "scalars", dataClass: 1);
        else Summary(logged, TextTensor(logged.Text!), "text", dataClass: 2);
        if (logged.When - _flushed < s_flushEvery) return;
        _stream.Flush();
        _flushed = logged.When;
    }

    /// <summary>Adds a picture, which the event log does not hold; write it after the last event.</summary>
    /// <param name="when">When it was made.</param>
    /// <param name="step">Step it belongs to.</param>
    /// <param name="name">Its tag.</param>
    /// <param name="png">A PNG file.</param>
    /// <exception cref="ArgumentException">The bytes are no PNG file.</exception>
    public void Image(DateTimeOffset when, long step, string name, ReadOnlySpan<byte> png)
    {
        const int RedGreenBlue = 3;
        ReadOnlySpan<byte> signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];
        if (png.Length < 24 || !png.StartsWith(signature)) throw new ArgumentException($"'{name}' is no PNG file");
        var image = new ProtoMessage()
            .Integer(1, BinaryPrimitives.ReadUInt32BigEndian(png[20..]))
            .Integer(2, BinaryPrimitives.ReadUInt32BigEndian(png[16..]))
            .Integer(3, RedGreenBlue)
            .Bytes(4, png);
        var value = new ProtoMessage().Text(1, name).Message(4, image);
        Record(Event(when, step).Message(5, new ProtoMessage().Message(1, value)));
    }

    /// <inheritdoc/>
    public void Flush() => _stream.Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    void Summary(LoggedEvent logged, ProtoMessage tensor, string plugin, int dataClass)
    {
        var value = new ProtoMessage().Text(1, logged.Name).Message(8, tensor);
        if (_introduced.Add(logged.Name))
            value.Message(9, new ProtoMessage().Message(1, new ProtoMessage().Text(1, plugin)).Integer(4, dataClass));
        Record(Event(logged.When, logged.Step).Message(5, new ProtoMessage().Message(1, value)));
    }

    static ProtoMessage Event(DateTimeOffset when, long step) => new ProtoMessage().Double(1, Seconds(when)).Integer(2, step);

    static ProtoMessage ScalarTensor(float value)
    {
        var packed = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(packed, value);
        return new ProtoMessage().Integer(1, FloatTensor).Message(2, new ProtoMessage()).Bytes(5, packed);
    }

    static ProtoMessage TextTensor(string text)
    {
        var shape = new ProtoMessage().Message(2, new ProtoMessage().Integer(1, 1)); // one dimension of size 1
        return new ProtoMessage().Integer(1, StringTensor).Message(2, shape).Bytes(8, AtomicFile.Utf8.GetBytes(text));
    }

    void Record(ProtoMessage message) => _stream.Write(Frame(message.ToArray()));

    /// <summary>One record of the file.</summary>
    internal static byte[] Frame(ReadOnlySpan<byte> data)
    {
        var record = new byte[TensorBoardFile.HeaderSize + data.Length + TensorBoardFile.FooterSize];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Checksums.MaskedCrc32C(record.AsSpan(0, 8)));
        data.CopyTo(record.AsSpan(TensorBoardFile.HeaderSize));
        BinaryPrimitives.WriteUInt32LittleEndian(
            record.AsSpan(TensorBoardFile.HeaderSize + data.Length), Checksums.MaskedCrc32C(data));
        return record;
    }

    static double Seconds(DateTimeOffset when) => when.ToUnixTimeMilliseconds() / 1000.0;
}
