"""From Chinese text to meaning."""
