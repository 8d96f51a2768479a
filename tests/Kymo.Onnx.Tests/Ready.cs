namespace Kymo.Onnx.Tests;

/// <summary>What a test needs from outside this repository.</summary>
static class Ready
{
    /// <summary>Skips the test where ONNX Runtime's library is not installed.</summary>
    public static void Runtime()
    {
        try
        {
            RuntimeLibrary.Locate();
        }
        catch (OnnxException error)
        {
            Assert.Skip(error.Message);
        }
    }
}
