using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Kymo.App.Web;

/// <summary>A file that was sent.</summary>
/// <param name="Field">The form's field; empty where the body is the file.</param>
/// <param name="Name">Its name as shown again: no folders, no control characters.</param>
/// <param name="Path">Where it lies now.</param>
sealed record UploadedFile(string Field, string Name, string Path);

/// <summary>Files that were sent, in a folder of their own that is deleted with them. Nothing of a name that was sent becomes a path.</summary>
sealed class Upload : IDisposable
{
    const int MostFiles = 16, LongestName = 100;

    readonly string _folder;

    Upload(string folder) => _folder = folder;

    /// <summary>The files, at least one.</summary>
    public List<UploadedFile> Files { get; } = [];

    /// <summary>Receives a body: a form with files, or the file itself. Answers and gives null where it cannot.</summary>
    /// <param name="context">The request.</param>
    /// <param name="service">Sizes and times.</param>
    /// <param name="ending">The ending of the files here, which tells readers what to expect.</param>
    public static async Task<Upload?> Read(HttpContext context, Service service, string ending)
    {
        var options = service.Options;
        if (context.Request.ContentLength > options.MaxUploadBytes) throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
        var type = context.Request.ContentType;
        var isForm = type?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true;
        if (type is not null && !isForm && !IsFile(type))
        {
            await context.Detail(StatusCodes.Status415UnsupportedMediaType,
                $"{(type.Length > LongestName ? type[..LongestName] : type)} is not read here; send the recording as audio/*, application/octet-stream or a form with a file");
            return null;
        }
        var folder = Directory.CreateTempSubdirectory("kymo-upload-").FullName;
        var upload = new Upload(folder);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(TimeSpan.FromSeconds(Math.Max(options.BodySeconds, options.RequestSeconds)));
        try
        {
            if (!isForm) await upload.Save("", "body", context.Request.Body, ending, options.MaxUploadBytes, patience.Token);
            else await upload.Form(context, ending, options.MaxUploadBytes, patience.Token);
            if (upload.Files.Count > 0 && upload.Files.Any(file => new FileInfo(file.Path).Length > 0)) return upload;
            upload.Dispose();
            await context.Faults([JsonBody.Missing(["file"], null)], options.Errors == "pydantic1");
            return null;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            upload.Dispose();
            throw new BadHttpRequestException("too slow", StatusCodes.Status408RequestTimeout);
        }
        catch (Exception error) when (error is InvalidDataException or FormatException || (error is IOException && error is not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested && isForm))
        {
            upload.Dispose();
            await context.Detail(StatusCodes.Status400BadRequest, "There was an error parsing the body");
            return null;
        }
        catch
        {
            upload.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static bool IsFile(string type) => type.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) || type.StartsWith("video/", StringComparison.OrdinalIgnoreCase)
        || type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase) || type.StartsWith("application/ogg", StringComparison.OrdinalIgnoreCase)
        || type.StartsWith("application/x-midi", StringComparison.OrdinalIgnoreCase) || type.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase);

    async Task Form(HttpContext context, string ending, long most, CancellationToken cancel)
    {
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(context.Request.ContentType).Boundary).Value;
        if (boundary is not { Length: > 0 and <= 200 }) throw new InvalidDataException("no boundary");
        var reader = new MultipartReader(boundary, context.Request.Body) { HeadersCountLimit = 16, HeadersLengthLimit = 8192 };
        while (await reader.ReadNextSectionAsync(cancel) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)) throw new InvalidDataException("a part without a name");
            if (Files.Count == MostFiles) throw new InvalidDataException("too many parts");
            var name = (disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value?.Trim('"') ?? "file";
            most -= await Save(disposition.Name.Value?.Trim('"') ?? "", name, section.Body, ending, most, cancel);
        }
    }

    async Task<long> Save(string field, string name, Stream body, string ending, long most, CancellationToken cancel)
    {
        var path = Path.Combine(_folder, $"file{Files.Count}{ending}");
        var total = 0L;
        await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true))
        {
            var buffer = new byte[1 << 16];
            int read;
            while ((read = await body.ReadAsync(buffer, cancel)) > 0)
            {
                total += read;
                if (total > most) throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            }
        }
        var shown = new string([.. name.Replace('\\', '/').Split('/')[^1].Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter)).Take(LongestName)]);
        Files.Add(new UploadedFile(field, shown == "" ? "file" : shown, path));
        return total;
    }
}
