namespace Agentops.Terminal.Picking;

/// <summary>What kind of key was pressed.</summary>
internal enum KeyKind
{
    /// <summary>A letter, digit, sign or space: <see cref="Key.Text"/>.</summary>
    Text,

    /// <summary>The same, but pasted: meant as text, never as a command.</summary>
    Pasted,

    /// <summary>Enter, on the keypad too.</summary>
    Enter,

    /// <summary>Esc by itself.</summary>
    Escape,

    /// <summary>Ctrl+C.</summary>
    Interrupt,

    /// <summary>Backspace: takes the last letter back.</summary>
    Backspace,

    /// <summary>Ctrl+U: takes the whole text back.</summary>
    Erase,

    /// <summary>Arrow up.</summary>
    Up,

    /// <summary>Arrow down.</summary>
    Down,

    /// <summary>A screen up.</summary>
    PageUp,

    /// <summary>A screen down.</summary>
    PageDown,

    /// <summary>To the beginning.</summary>
    Home,

    /// <summary>To the end.</summary>
    End,
}

/// <summary>A key that was pressed.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Text">One Unicode scalar for <see cref="KeyKind.Text"/> and <see cref="KeyKind.Pasted"/>, never a control character; empty for the others.</param>
internal readonly record struct Key(KeyKind Kind, string Text = "");
