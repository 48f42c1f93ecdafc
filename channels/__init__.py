"""One file per way to talk; each turns its format into a Turn and a Reply into its format."""
