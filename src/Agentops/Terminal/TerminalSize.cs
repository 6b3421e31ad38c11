namespace Agentops.Terminal;

/// <summary>The size of a terminal in characters.</summary>
/// <param name="Columns">Across.</param>
/// <param name="Rows">Down.</param>
public readonly record struct TerminalSize(int Columns, int Rows);
