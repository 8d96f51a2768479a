using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Training;

/// <summary>
/// The newest checkpoint of a training and the one before it: <c>state.pth</c> and <c>state.previous.pth</c>. A new one is written
/// under another name, read back, and only then renamed, so that a killed process or a full disk leaves the one before. They are
/// no evidence: no seal of a run covers them.
/// </summary>
/// <param name="folder">The folder of both; made when the first is saved.</param>
public sealed class CheckpointFiles(string folder)
{
    /// <summary>The names of all files that are made here.</summary>
    public static IReadOnlyList<string> Names { get; } = ["state.pth", "state.previous.pth", "state.next.pth"];

    string Newest => Path.Combine(folder, Names[0]);

    string Previous => Path.Combine(folder, Names[1]);

    /// <summary>Keeps a checkpoint.</summary>
    /// <exception cref="IOException">The disk is full or not writable; the older checkpoints are still there.</exception>
    public void Save(PickleValue checkpoint)
    {
        Directory.CreateDirectory(folder);
        var next = Path.Combine(folder, Names[2]);
        TorchFile.Write(next, checkpoint);
        TorchFile.Read(next);
        if (File.Exists(Newest)) File.Move(Newest, Previous, overwrite: true);
        File.Move(next, Newest);
    }

    /// <summary>The newest readable checkpoint, or null where there is none.</summary>
    /// <param name="parse">Makes a state of a file's path and content; a <see cref="CheckpointException"/> passes the file over.</param>
    /// <param name="warn">Told of a checkpoint that had to be passed over.</param>
    /// <exception cref="CheckpointException">There are checkpoints, and none can be read.</exception>
    public T? Load<T>(Func<string, PickleValue, T> parse, Action<string> warn) where T : class
    {
        CheckpointException? fault = null;
        foreach (var path in new[] { Newest, Previous })
        {
            if (!File.Exists(path)) continue;
            try
            {
                return parse(path, TorchFile.Read(path));
            }
            catch (CheckpointException error)
            {
                fault = error;
                warn($"{error.Message}; going back to the checkpoint before it");
            }
        }
        return fault is null ? null : throw fault;
    }

    /// <summary>Deletes the checkpoints of a finished training.</summary>
    public void Delete()
    {
        if (!Directory.Exists(folder)) return;
        foreach (var name in Names) File.Delete(Path.Combine(folder, name));
    }
}
