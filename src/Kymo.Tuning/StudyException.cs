namespace Kymo.Tuning;

/// <summary>
/// What a person can put right about a study, its storage or its search space: the message says what is wrong, where, what was
/// expected and what to type instead.
/// </summary>
public class StudyException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What is wrong, where, and what to type instead.</param>
    /// <param name="inner">What caused it, where something did.</param>
    public StudyException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>A trial was asked to do what its state or its distributions do not allow.</summary>
public sealed class TrialException : StudyException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What is wrong, with which trial, and what to do instead.</param>
    public TrialException(string message) : base(message)
    {
    }
}
