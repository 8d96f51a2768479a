namespace Kymo.Tuning.Storages.Sql;

/// <summary>Optuna's tables; the types that differ between databases are filled in.</summary>
/// <param name="Key">Type of an integer primary key that counts by itself.</param>
/// <param name="Real">Type of a double.</param>
/// <param name="Time">Type of a date and time without zone.</param>
/// <param name="Enumeration">Type of an enumeration, from its name and the length of its longest value.</param>
sealed record SqlTypes(string Key, string Real, string Time, Func<string, int, string> Enumeration);

/// <summary>How tables are made and which versions of them are known.</summary>
static class SqlSchema
{
    /// <summary>Number of the table layout in <c>version_info</c>; the same since Optuna 0.9.</summary>
    const int Layout = 12;

    static readonly (OptunaSchema Schema, string Head, string Library)[] s_heads =
        [(OptunaSchema.Version31, "v3.0.0.d", "3.1.0"), (OptunaSchema.Version32, "v3.2.0.a", "3.2.0")];

    static readonly string[] s_olderHeads =
        ["v0.9.0.a", "v1.2.0.a", "v1.3.0.a", "v2.4.0.a", "v2.6.0.a", "v3.0.0.a", "v3.0.0.b", "v3.0.0.c"];

    /// <summary>Statements that make all tables of a version.</summary>
    public static string Create(SqlTypes types, OptunaSchema schema) => $"""
        CREATE TABLE studies (
            study_id {types.Key}, study_name VARCHAR(512) NOT NULL, PRIMARY KEY (study_id));
        CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
        CREATE TABLE study_directions (
            study_direction_id {types.Key}, direction {types.Enumeration("studydirection", 8)} NOT NULL,
            study_id INTEGER NOT NULL, objective INTEGER NOT NULL, PRIMARY KEY (study_direction_id),
            UNIQUE (study_id, objective), FOREIGN KEY(study_id) REFERENCES studies (study_id));
        {Attributes(types, "study", "user", "studies")}
        {Attributes(types, "study", "system", "studies")}
        CREATE TABLE trials (
            trial_id {types.Key}, number INTEGER, study_id INTEGER, state {types.Enumeration("trialstate", 8)} NOT NULL,
            datetime_start {types.Time}, datetime_complete {types.Time}, PRIMARY KEY (trial_id),
            FOREIGN KEY(study_id) REFERENCES studies (study_id));
        {(schema == OptunaSchema.Version32 ? "CREATE INDEX ix_trials_study_id ON trials (study_id);" : "")}
        {Attributes(types, "trial", "user", "trials")}
        {Attributes(types, "trial", "system", "trials")}
        CREATE TABLE trial_params (
            param_id {types.Key}, trial_id INTEGER, param_name VARCHAR(512), param_value {types.Real}, distribution_json TEXT,
            PRIMARY KEY (param_id), UNIQUE (trial_id, param_name), FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
        CREATE TABLE trial_values (
            trial_value_id {types.Key}, trial_id INTEGER NOT NULL, objective INTEGER NOT NULL, value {types.Real},
            value_type {types.Enumeration("trialvaluetype", 7)} NOT NULL, PRIMARY KEY (trial_value_id),
            UNIQUE (trial_id, objective), FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
        CREATE TABLE trial_intermediate_values (
            trial_intermediate_value_id {types.Key}, trial_id INTEGER NOT NULL, step INTEGER NOT NULL,
            intermediate_value {types.Real},
            intermediate_value_type {types.Enumeration("trialintermediatevaluetype", 7)} NOT NULL,
            PRIMARY KEY (trial_intermediate_value_id), UNIQUE (trial_id, step),
            FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
        CREATE TABLE trial_heartbeats (
            trial_heartbeat_id {types.Key}, trial_id INTEGER NOT NULL, heartbeat {types.Time} NOT NULL,
            PRIMARY KEY (trial_heartbeat_id), UNIQUE (trial_id), FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
        CREATE TABLE version_info (
            version_info_id INTEGER NOT NULL, schema_version INTEGER, library_version VARCHAR(256),
            PRIMARY KEY (version_info_id), CHECK (version_info_id=1));
        CREATE TABLE alembic_version (
            version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
        INSERT INTO version_info VALUES (1, {Layout}, '{Entry(schema).Library}');
        INSERT INTO alembic_version VALUES ('{Entry(schema).Head}');
        """;

    /// <summary>Statements that turn tables of the other version into this one, as Optuna's own upgrade does, or back.</summary>
    public static string Change(OptunaSchema to) => $"""
        DROP INDEX IF EXISTS trials_study_id_key;
        DROP INDEX IF EXISTS ix_trials_study_id;
        {(to == OptunaSchema.Version32 ? "CREATE INDEX trials_study_id_key ON trials (study_id);" : "")}
        UPDATE version_info SET schema_version = {Layout}, library_version = '{Entry(to).Library}';
        UPDATE alembic_version SET version_num = '{Entry(to).Head}';
        """;

    /// <summary>The version that a stored head names.</summary>
    /// <exception cref="StudyException">The head is older or newer than those known.</exception>
    public static OptunaSchema Read(string? head, string location)
    {
        foreach (var known in s_heads)
            if (known.Head == head) return known.Schema;
        if (head is null || s_olderHeads.Contains(head))
        {
            throw new StudyException(
                $"{location} has tables of an old Optuna ({head ?? "before 0.9"}); upgrade a copy of it with Optuna 3 or 4: " +
                "optuna storage upgrade --storage URL");
        }
        var heads = string.Join(", ", s_heads.Select(known => known.Head));
        throw new StudyException(
            $"{location} has tables of version {head}, which is newer than those known here ({heads}); " +
            "export the study with the program that wrote it, or update this one");
    }

    static (OptunaSchema Schema, string Head, string Library) Entry(OptunaSchema schema) =>
        s_heads.First(entry => entry.Schema == schema);

    static string Attributes(SqlTypes types, string of, string owner, string parent) => $"""
        CREATE TABLE {of}_{owner}_attributes (
            {of}_{owner}_attribute_id {types.Key}, {of}_id INTEGER, key VARCHAR(512), value_json TEXT,
            PRIMARY KEY ({of}_{owner}_attribute_id), UNIQUE ({of}_id, key), FOREIGN KEY({of}_id) REFERENCES {parent} ({of}_id));
        """;
}
